"""A stand-in for tests: hashed bags of words; texts that share words lie near each other. No profile chooses it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from mmchat.encoders.base import Encoder, normalise
from mmchat.settings import Settings
from mmchat.types import SPOKEN_OR_WRITTEN, Query, SegmentInput, Space, Vector, Vectors

DIM = 256


class HashingEncoder(Encoder):
    """Each word adds 1 to the axis that its hash chooses, of 256 or as many as wanted; the same on every machine."""

    segment_kinds = SPOKEN_OR_WRITTEN

    def __init__(self, revision: str = "1", dim: int = DIM) -> None:
        self.space = Space("hashing", revision, dim)

    @classmethod
    def from_settings(cls, settings: Settings) -> HashingEncoder:
        """Nothing in ``settings`` changes it."""
        return cls()

    def load(self) -> None:
        """There is nothing to load."""

    def accepts(self, query: Query) -> bool:
        """Any words will do."""
        return bool(query.words.strip())

    def encode_texts(self, texts: Sequence[str], prefix: str = "") -> Vectors:
        """Unit vectors, float32, shape (len(texts), dim); the prefix is left out, since every text would share it."""
        bags = [self._bag(text) for text in texts]
        return normalise(np.stack(bags)) if bags else np.zeros((0, self.space.dim), dtype=np.float32)

    def _encode_query(self, query: Query) -> Vector:
        return self._bag(query.words)

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        return self.encode_texts([each.segment.text for each in inputs])

    def _bag(self, text: str) -> Vector:
        bag = np.zeros(self.space.dim, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [text]:
            digest = hashlib.sha256(word.encode("utf-8", "replace")).digest()
            bag[int.from_bytes(digest[:4], "little") % self.space.dim] += 1.0
        return bag
