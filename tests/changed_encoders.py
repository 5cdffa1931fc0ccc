"""Encoders of tests that change: another revision and dim, one that can be held or fails, one of pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mmchat.encoders.base import Encoder
from mmchat.encoders.hashing import HashingEncoder
from mmchat.encoders.hub_model import NOT_FETCHED
from mmchat.settings import Settings
from mmchat.types import Concept, Query, SegmentInput, SegmentKind, Space, Vector, Vectors

TABLE = {
    "hashing-new": "tests.changed_encoders:NewHashing",
    "colour": "tests.changed_encoders:Colour",
    "unfetched": "tests.changed_encoders:Unfetched",
    "everything": "tests.changed_encoders:Everything",
    "brightness": "tests.changed_encoders:Brightness",
}


class NewHashing(HashingEncoder):
    """``before`` is called with each batch of texts; it may wait, or raise."""

    before: Callable[[list[str]], None] = staticmethod(lambda _: None)
    taken: list[str] = []
    batch_size = 64

    def __init__(self) -> None:
        super().__init__("2", 384)

    @classmethod
    def from_settings(cls, settings: Settings) -> NewHashing:
        return cls()

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        type(self).before([each.segment.text for each in inputs])
        vectors = super()._encode_batch(inputs)
        self.taken.extend(each.segment.id for each in inputs)
        return vectors


class Colour(Encoder):
    """A picture's mean colour; it names the strongest."""

    space = Space("colour", "1", 3)
    segment_kinds = frozenset({SegmentKind.WHOLE_IMAGE})
    names = ("red", "green", "blue")

    @classmethod
    def from_settings(cls, settings: Settings) -> Colour:
        return cls()

    def load(self) -> None: ...

    def accepts(self, query: Query) -> bool:
        return query.pixels is not None or any(name in query.words for name in self.names)

    def describe(self, vectors: Vectors) -> list[tuple[Concept, ...]]:
        return [(Concept(self.names[int(row.argmax())], 0.9),) for row in vectors]

    def _encode_query(self, query: Query) -> Vector:
        return np.array([0.01 + (name in query.words) for name in self.names], dtype=np.float32)

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        return np.stack([i.pixels.mean(axis=(0, 1)) for i in inputs if i.pixels is not None]).astype(np.float32) + 0.01


class Brightness(Colour):
    """Whether a picture is light or dark."""

    space = Space("brightness", "1", 2)
    names = ("light", "dark")  # type: ignore[assignment]

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        light = np.array([i.pixels.mean() / 255 for i in inputs if i.pixels is not None], dtype=np.float32)
        return np.stack([light, 1 - light], axis=1)


class Unfetched(HashingEncoder):
    """Its space is known only once it is loaded, as of a model that is still to be fetched."""

    def __init__(self) -> None:
        super().__init__(NOT_FETCHED, 0)

    @classmethod
    def from_settings(cls, settings: Settings) -> Unfetched:
        return cls()

    def load(self) -> None:
        self.space = Space("unfetched", "1", 64)


class Everything(Colour):
    """It could take words as well, whatever it is chosen for."""

    space = Space("everything", "1", 3)
    segment_kinds = frozenset(SegmentKind)
