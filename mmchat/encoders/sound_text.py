"""Stretches of sound, and words or a recording to find them by -> one space, by CLAP through transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np

from mmchat.encoders.base import normalise
from mmchat.encoders.hub_model import HubEncoder, configuration, expect_kind, mean_of_both, plain
from mmchat.encoders.image_text import pooled
from mmchat.models import runtime
from mmchat.perception.words import ends_as_question
from mmchat.types import SAMPLE_RATE_HZ, Query, SegmentInput, SegmentKind, Vector, Vectors, Waveform

_NAME_WORDS = 3
_MOST_TOKENS = 512


@dataclass(frozen=True, slots=True)
class _Opened:
    model: Any
    tokenizer: Any
    sounds: Any
    device: str
    dtype: Any


class ClapEncoder(HubEncoder):
    """CLAP: English words. It hears 10 s at once; what is longer is the mean of its equal parts."""

    kind = "clap"
    default_model = "laion/clap-htsat-unfused"
    segment_kinds = frozenset({SegmentKind.SOUND})
    batch_size = 8

    def accepts(self, query: Query) -> bool:
        """A recording, or any words."""
        return query.waveform is not None or bool(query.words.strip())

    @staticmethod
    def worded(words: str) -> str:
        """A bare name of up to three words becomes "this is a sound of ...", as in arXiv 2211.06687, section 4.2."""
        bare = words.strip()
        pieces = bare.lower().split()
        named = 0 < len(pieces) <= _NAME_WORDS and not ends_as_question(bare)
        return f"this is a sound of {bare}" if named and not {"sound", "noise"} & set(pieces) else bare

    def _encode_query(self, query: Query) -> Vector:
        """A recording with words is the mean of both; what was perceived in it is in its own vector already."""
        if query.waveform is None:
            return self._words(query.words)
        heard: Vector = self._sounds([query.waveform])[0]
        return mean_of_both(heard, self._words(query.text)) if query.text.strip() else heard

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        sounds = [each.waveform for each in inputs if each.waveform is not None]
        if len(sounds) != len(inputs):
            raise ValueError("a stretch of sound came without its waveform")
        return self._sounds(sounds)

    def _words(self, words: str) -> Vector:
        import torch

        with self._calls, torch.inference_mode():
            opened = self._ready()
            text = self.worded(plain(words, opened.tokenizer))
            inputs = opened.tokenizer([text], truncation=True, max_length=_MOST_TOKENS, return_tensors="pt")
            vector: Vector = pooled(opened.model.get_text_features(**inputs.to(opened.device)))[0]
            return vector

    def _sounds(self, sounds: Sequence[Waveform]) -> Vectors:
        with self._calls:
            opened = self._ready()
            rate_hz, longest = int(opened.sounds.sampling_rate), int(opened.sounds.nb_max_samples)
            parts = [equal_parts(resampled(sound, rate_hz), longest) for sound in sounds]
            flat = [part for whole in parts for part in whole]
            rows = [self._heard(opened, flat[at : at + self.batch_size]) for at in range(0, len(flat), self.batch_size)]
        units, at = normalise(np.concatenate(rows)), 0
        means = np.empty((len(sounds), units.shape[1]), dtype=np.float32)
        for number, whole in enumerate(parts):
            means[number] = units[at : at + len(whole)].mean(axis=0)
            at += len(whole)
        return means

    @staticmethod
    def _heard(opened: _Opened, sounds: Sequence[Waveform]) -> Vectors:
        import torch

        made = opened.sounds(list(sounds), sampling_rate=opened.sounds.sampling_rate, return_tensors="pt")
        # The package marks a sound at random as longer than 10 s when none is; none ever is, see equal_parts.
        longer = torch.zeros((len(sounds), 1), dtype=torch.bool, device=opened.device)
        features = made["input_features"].to(opened.device, dtype=opened.dtype)
        with torch.inference_mode():
            return pooled(opened.model.get_audio_features(input_features=features, is_longer=longer))

    def _open(self, folder: Path) -> Any:
        runtime.need(f"The encoder {self.kind!r}", "torch", "transformers", "scipy")
        expect_kind(folder, self.name, frozenset({"clap"}), "clap")
        device, dtype = runtime.choose(self._settings)
        import transformers

        transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        model: Any = transformers.AutoModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=dtype
        )
        kind: Any = transformers.AutoFeatureExtractor
        sounds = kind.from_pretrained(folder, local_files_only=True)
        return _Opened(
            model.to(device).eval(),
            transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True),
            sounds,
            device,
            dtype,
        )

    def _dim_of(self, folder: Path) -> int:
        return int(configuration(folder, "config.json").get("projection_dim", 512))


def resampled(sound: Waveform, rate_hz: int) -> Waveform:
    """At another rate than ours, by a polyphase filter; what was never recorded above 8 kHz stays silent."""
    if rate_hz == SAMPLE_RATE_HZ:
        return sound
    from scipy.signal import resample_poly

    common = gcd(rate_hz, SAMPLE_RATE_HZ)
    out: Waveform = resample_poly(sound, rate_hz // common, SAMPLE_RATE_HZ // common).astype(np.float32)
    return out


def equal_parts(sound: Waveform, longest: int) -> list[Waveform]:
    """The sound in as few equal parts as fit: beyond its length the package would choose a piece at random."""
    count = max(1, -(-len(sound) // longest))
    edges = [len(sound) * part // count for part in range(count + 1)]
    return [sound[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True)]
