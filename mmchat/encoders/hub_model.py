"""What every encoder of a model on the hub shares: its folder, its space, loading once, and one call at a time.

A leaf says what it opens and how it encodes; nothing is fetched or imported before the first use or :meth:`load`.
"""

from __future__ import annotations

import json
import os
import re
import threading
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from mmchat.encoders.base import Encoder, normalise
from mmchat.errors import MmchatError, ModelUnavailable, SettingsError
from mmchat.models import hub, zero_gpu
from mmchat.settings import Settings
from mmchat.types import Query, SegmentInput, SegmentKind, Space, Vector, Vectors

NOT_FETCHED = "not-fetched"
"""The revision of a space whose model is neither here nor in our table: no collection has it."""

_VOCABULARIES = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")

_opened: dict[tuple[object, ...], Any] = {}
_one_at_a_time: dict[tuple[str, str], threading.Lock] = {}
_opening = threading.Lock()


class HubEncoder(Encoder):
    """Base of the encoders that are named ``kind:model``."""

    kind: ClassVar[str]
    default_model: ClassVar[str] = ""
    recipe: ClassVar[str] = "1"
    """Changes whenever the same weights would give other vectors: another template, another way of cutting."""

    vocabulary: ClassVar[bool] = True
    """Whether the model reads words."""

    def __init__(self, model: str, settings: Settings) -> None:
        if not model:
            raise SettingsError(
                f"The encoder {self.kind!r} names no model. Write it as {self.kind}:MODEL, a folder or OWNER/NAME as "
                f"on the hub."
            )
        self.model = model
        self._settings = settings
        self._model: Any = None
        with _opening:  # the packages' tokenizers serve one thread at a time, and a model may have several encoders
            self._calls = _one_at_a_time.setdefault((self.kind, model), threading.Lock())
        folder = hub.find(model, settings)
        card = hub.card_of(model)
        self.space = self._space_of(self._dim_of(folder) if folder else card.dim if card else 0)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With the model that is meant when none is named."""
        return cls(cls.default_model, settings)

    @classmethod
    def from_model(cls, model: str, settings: Settings) -> Self:
        """With this model: a folder, OWNER/NAME or OWNER/NAME@REVISION."""
        return cls(model, settings)

    @property
    def name(self) -> str:
        """As it is written in a setting."""
        return f"{self.kind}:{self.model}"

    def load(self) -> None:
        """Fetch the model where that is wanted, and load its weights, once per process.

        Raises:
            MissingDependency: a package is not installed.
            ModelUnavailable: the model is not here, or is another kind of model.
            SettingsError: the device or the precision is not to be had.
        """
        with self._calls:
            self._ready()

    def encode_query(self, query: Query) -> Vector:
        """See :meth:`Encoder.encode_query`; loads the model first, since its space is only sure then."""
        self.load()
        if _query_on_gpu is not _query_encoded:
            return _query_on_gpu(type(self), self.model, self._settings, query)
        return super().encode_query(query)

    def encode_segments(self, inputs: Sequence[SegmentInput]) -> Vectors:
        """See :meth:`Encoder.encode_segments`; loads the model first, since its space is only sure then."""
        if inputs:
            self.load()
            if _segments_on_gpu is not _segments_encoded:
                return _segments_on_gpu(type(self), self.model, self._settings, inputs)
        return super().encode_segments(inputs)

    @abstractmethod
    def _open(self, folder: Path) -> Any:
        """The loaded model with what goes with it; whatever a library raises is told as a damaged model."""

    @abstractmethod
    def _dim_of(self, folder: Path) -> int:
        """The length of the vectors, read from the folder without the weights; 0 where it does not say."""

    def _key(self) -> tuple[object, ...]:
        """What a loaded model must agree in to be shared within the process, beside the folder."""
        return (self.kind, self._settings.device, self._settings.dtype)

    def _revision(self) -> str:
        revision = hub.revision_of(self.model, self._settings)
        return f"{revision[:16]}.{self.recipe}" if revision else NOT_FETCHED

    def _ready(self) -> Any:
        """The loaded model; to be called while holding ``_calls``."""
        if self._model is None:
            folder = hub.locate(self.model, self._settings)
            key = (folder, *self._key())
            with _opening:
                if key not in _opened:
                    _opened[key] = self._guarded(folder)
                self._model = _opened[key]
            self.space = self._space_of(self._dim_of(folder))
        return self._model

    def _guarded(self, folder: Path) -> Any:
        # Without these files transformers 5 goes on with an empty vocabulary, and every text becomes the same.
        if self.vocabulary and not any(next(folder.rglob(name), None) for name in _VOCABULARIES):
            raise ModelUnavailable(
                f"The model of {self.name} could not be loaded: it has no vocabulary. Fetch it again, or choose "
                f"another one."
            )
        try:
            return self._open(folder)
        except (MmchatError, MemoryError):
            raise
        except Exception as error:  # each model class of transformers raises kinds of its own
            said = next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")[:200]
            raise ModelUnavailable(
                f"The model of {self.name} could not be loaded: {said}. Fetch it again, or choose another one."
            ) from error

    def _space_of(self, dim: int) -> Space:
        return Space(self.name, self._revision(), dim)


def _query_encoded(kind: type[HubEncoder], model: str, settings: Settings, query: Query) -> Vector:
    encoder = kind(model, settings)
    encoder.load()
    return Encoder.encode_query(encoder, query)


def _segments_encoded(
    kind: type[HubEncoder], model: str, settings: Settings, inputs: Sequence[SegmentInput]
) -> Vectors:
    encoder = kind(model, settings)
    encoder.load()
    return Encoder.encode_segments(encoder, inputs)


_query_on_gpu = zero_gpu.on_gpu(_query_encoded)
_segments_on_gpu = zero_gpu.on_gpu(_segments_encoded)


def _unlocked() -> None:
    """A forked process has the loaded models, and none of the threads that held a lock when it was made."""
    global _opening
    _opening = threading.Lock()
    _one_at_a_time.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_unlocked)


def own_parts(names: Sequence[str], settings: Settings) -> frozenset[str]:
    """For which of text, image and sound the settings name this encoder; all of them when for none."""
    chosen = {"text": settings.text_encoder, "image": settings.image_encoder, "sound": settings.sound_encoder}
    return frozenset(part for part, encoder in chosen.items() if encoder in names) or frozenset(chosen)


def configuration(folder: Path, name: str) -> dict[str, Any]:
    """A folder's JSON file, or nothing when it is not there or not JSON."""
    try:
        read = json.loads((folder / name).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def expect_kind(folder: Path, name: str, accepted: frozenset[str], wanted: str) -> None:
    """Make sure that a folder holds the kind of model that an encoder opens.

    Raises:
        ModelUnavailable: it is another kind.
    """
    found = configuration(folder, "config.json").get("model_type", "")
    if found not in accepted:
        raise ModelUnavailable(
            f"{name}: the model there is of the kind {found or 'unknown'!r}, and {wanted} is expected. Choose another "
            f"model, or the encoder that opens this one."
        )


def plain(text: str, tokenizer: Any) -> str:
    """The text with nothing in it that means something to the tokenizer: "end of text" in a file stays words."""
    whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text
    added = getattr(tokenizer, "added_tokens_decoder", {})
    special = sorted((t.content for t in added.values() if t.special and len(t.content) > 1), key=len, reverse=True)
    if not special:
        return whole
    return re.sub("|".join(map(re.escape, special)), lambda found: f"{found[0][0]} {found[0][1:]}", whole)


def mean_of_both(first: Vector, second: Vector) -> Vector:
    """Half way between two directions, for words that come with a picture or a sound."""
    both: Vector = normalise(first[None, :])[0] + normalise(second[None, :])[0]
    return both


def kinds_of(parts: frozenset[str], by_part: Mapping[str, frozenset[SegmentKind]]) -> frozenset[SegmentKind]:
    """All kinds of segment of these parts."""
    return frozenset(kind for part in parts for kind in by_part[part])
