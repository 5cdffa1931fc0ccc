"""A stand-in for tests: hashed bags of words, so that texts sharing words lie near each other. No profile chooses it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from mmchat.encoders.base import Encoder
from mmchat.settings import Settings
from mmchat.types import SPOKEN_OR_WRITTEN, Query, SegmentInput, Space, Vector, Vectors

DIM = 256


class HashingEncoder(Encoder):
    """Each word adds 1 or -1 to one of 256 axes, both chosen by its hash; the same on every machine."""

    segment_kinds = SPOKEN_OR_WRITTEN
    space = Space("hashing", "1", DIM)

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
        """float32, shape (len(texts), 256), any length; the prefix is left out, since every text would share it."""
        return np.stack([self._bag(text) for text in texts]) if texts else np.zeros((0, DIM), dtype=np.float32)

    def _encode_query(self, query: Query) -> Vector:
        return self._bag(query.words)

    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        return self.encode_texts([each.segment.text for each in inputs])

    @staticmethod
    def _bag(text: str) -> Vector:
        bag = np.zeros(DIM, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()) or [text]:
            digest = hashlib.sha256(word.encode("utf-8", "replace")).digest()
            bag[digest[0]] += 1.0 if digest[1] % 2 else -1.0
        return bag
