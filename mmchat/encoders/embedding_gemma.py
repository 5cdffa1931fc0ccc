"""Words, pictures and sounds -> one space, by EmbeddingGemma 2 through sentence-transformers.

It takes the kinds for which the settings name it, and only the towers for these are loaded: the text model has 270 M
weights, pictures add 170 M and sounds 300 M (its model card). Its vectors may be cut to 512, 256 or 128 numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mmchat.encoders.hub_model import HubEncoder, configuration, expect_kind, kinds_of, mean_of_both, own_parts, plain
from mmchat.encoders.sentence_text import open_sentence_transformer, runtime_of, sentence_vectors
from mmchat.errors import MissingDependency, SettingsError
from mmchat.models import runtime
from mmchat.settings import Settings
from mmchat.types import (
    SAMPLE_RATE_HZ,
    SPOKEN_OR_WRITTEN,
    Pixels,
    Query,
    SegmentInput,
    SegmentKind,
    Vector,
    Vectors,
    Waveform,
)

DIMS = (768, 512, 256, 128)
MODEL_TYPE = "embedding_gemma2"
_KINDS = {
    "text": SPOKEN_OR_WRITTEN,
    "image": frozenset({SegmentKind.WHOLE_IMAGE}),
    "sound": frozenset({SegmentKind.SOUND}),
}
_TOWERS = {"image": "vision_config", "sound": "audio_config"}
_MEDIA_AT_ONCE = 8


class EmbeddingGemmaEncoder(HubEncoder):
    """One space for text, pictures and sounds, in over 100 languages."""

    kind = "embedding-gemma"
    default_model = "google/embeddinggemma-2"
    batch_size = 32

    def __init__(self, model: str, settings: Settings) -> None:
        if settings.embedding_dim not in (0, *DIMS):
            raise SettingsError(
                f"MMCHAT_EMBEDDING_DIM is {settings.embedding_dim}; EmbeddingGemma's vectors can be "
                f"{', '.join(map(str, DIMS[:-1]))} or {DIMS[-1]} long."
            )
        names = [f"{self.kind}:{model}", *([self.kind] if model == self.default_model else [])]
        self.parts = own_parts(names, settings)
        self.segment_kinds = kinds_of(self.parts, _KINDS)
        super().__init__(model, settings)

    def accepts(self, query: Query) -> bool:
        """Any words, and a picture or a recording where its tower is loaded."""
        return bool(query.words.strip()) or self._media(query) is not None

    def _encode_query(self, query: Query) -> Vector:
        """A picture or a recording with words is the mean of both."""
        media = self._media(query)
        if media is None:
            vector: Vector = self._texts([query.words], "query")[0]
            return vector
        shown: Vector = self._shown([media])[0]
        return mean_of_both(shown, self._texts([query.text], "query")[0]) if query.text.strip() else shown

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        out = np.empty((len(inputs), self.space.dim), dtype=np.float32)
        written = [at for at, each in enumerate(inputs) if each.segment.kind in SPOKEN_OR_WRITTEN]
        shown = [at for at in range(len(inputs)) if at not in set(written)]
        if written:
            out[written] = self._texts([inputs[at].segment.text for at in written], "document")
        for kind in (SegmentKind.WHOLE_IMAGE, SegmentKind.SOUND):
            places = [at for at in shown if inputs[at].segment.kind is kind]
            for start in range(0, len(places), _MEDIA_AT_ONCE):
                chosen = places[start : start + _MEDIA_AT_ONCE]
                out[chosen] = self._shown([_media_of(inputs[at]) for at in chosen])
        return out

    def _media(self, query: Query) -> Any:
        if query.pixels is not None and "image" in self.parts:
            return _picture(query.pixels)
        if query.waveform is not None and "sound" in self.parts:
            return _sound(query.waveform)
        return None

    def _texts(self, texts: Sequence[str], task: str) -> Vectors:
        with self._calls:
            model = self._ready()
            return sentence_vectors(model, [plain(text, model.tokenizer) for text in texts], task, self.model)

    def _shown(self, media: Sequence[Any]) -> Vectors:
        """Pictures and sounds go without a prompt, as in most of the model's published picture retrieval (mteb)."""
        with self._calls:
            encode: Callable[..., Any] = self._ready().encode
            rows = encode(list(media), prompt="", batch_size=len(media), show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)

    def _open(self, folder: Path) -> Any:
        device, dtype = runtime_of(self, half=False)
        _known_here()
        # Its processor reads videos too, and does not start without the package that would.
        runtime.need(f"The encoder {self.kind!r}", "torchvision")
        expect_kind(folder, self.name, frozenset({MODEL_TYPE}), MODEL_TYPE)
        left_out = {config: None for part, config in _TOWERS.items() if part not in self.parts}
        return open_sentence_transformer(
            folder, self.name, device, dtype, config_kwargs=left_out, truncate_dim=self._settings.embedding_dim or None
        )

    def _dim_of(self, folder: Path) -> int:
        text = configuration(folder, "config.json").get("text_config", {})
        return self._settings.embedding_dim or int(text.get("embedding_dim", DIMS[0]))

    def _key(self) -> tuple[object, ...]:
        return (*super()._key(), self.parts, self._settings.embedding_dim)


def _known_here() -> None:
    """Make sure that this version of transformers has the model.

    Raises:
        MissingDependency: it is older than the model.
    """
    import transformers
    from transformers import CONFIG_MAPPING

    if MODEL_TYPE not in CONFIG_MAPPING:
        raise MissingDependency(
            f"EmbeddingGemma 2 is not known to transformers {transformers.__version__}. Run: pip install "
            f"'transformers>=5.23' 'sentence-transformers>=6.2'"
        )


def _picture(pixels: Pixels) -> Any:
    return Image.fromarray(pixels)


def _sound(waveform: Waveform) -> Any:
    return {"array": waveform, "sampling_rate": SAMPLE_RATE_HZ}


def _media_of(each: SegmentInput) -> Any:
    if each.segment.kind is SegmentKind.SOUND:
        if each.waveform is None:
            raise ValueError("a stretch of sound came without its waveform")
        return _sound(each.waveform)
    if each.pixels is None:
        raise ValueError("a whole image came without its pixels")
    return _picture(each.pixels)
