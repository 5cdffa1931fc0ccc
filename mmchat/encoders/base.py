"""The encoder contract: Segment or Query in, unit vector in one named space out. It knows no store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from mmchat.types import Concept, Query, SegmentInput, SegmentKind, Space, Vector, Vectors


class Encoder(ABC):
    """Base of every encoder: checks, batches and normalises, so that a leaf writes two short methods.

    A leaf sets the four attributes below in its class or constructor and implements ``_encode_query`` and
    ``_encode_batch``. Weights load on first use or in :meth:`load`, once per process.
    """

    space: Space
    segment_kinds: frozenset[SegmentKind]
    """Kinds of Segment this encoder takes."""
    batch_size: int = 32
    least_cosine: float = -1.0
    """Below it a picture or sound is nothing like the words. Only a leaf that measured where that is sets it."""

    @abstractmethod
    def load(self) -> None:
        """Load the weights now. Calling it again does nothing; it may be called from any thread."""

    @abstractmethod
    def accepts(self, query: Query) -> bool:
        """Whether this query holds anything that this encoder can place in its space."""

    @abstractmethod
    def _encode_query(self, query: Query) -> Vector:
        """float32, shape (dim,); any length, the base normalises."""

    @abstractmethod
    def _encode_batch(self, inputs: Sequence[SegmentInput]) -> Vectors:
        """float32, shape (len(inputs), dim); at most ``batch_size`` inputs; any length."""

    def knows(self, query: Query) -> float:
        """How much of what the query's words name this space can hold, 0..1; 1 for a space that takes any words.

        A space over a fixed list of names places any words somewhere; retrieval asks here whether to believe it.
        """
        return 1.0

    def describe(self, vectors: Vectors) -> list[tuple[Concept, ...]]:
        """What each vector says in words, for encoders whose axes have names; otherwise nothing."""
        return [() for _ in range(len(vectors))]

    def encode_query(self, query: Query) -> Vector:
        """The query's unit vector: float32, shape (dim,).

        Raises:
            ValueError: when :meth:`accepts` is false for it.
        """
        if not self.accepts(query):
            raise ValueError(f"{self.space.name} cannot encode this query; ask accepts() first")
        unit: Vector = normalise(self._encode_query(query)[None, :])[0]
        return unit

    def encode_segments(self, inputs: Sequence[SegmentInput]) -> Vectors:
        """Unit vectors in the order given: float32, shape (len(inputs), dim)."""
        wrong = {i.segment.kind for i in inputs} - self.segment_kinds
        if wrong:
            raise ValueError(f"{self.space.name} does not take segments of kind {sorted(wrong)}")
        if not inputs:
            return np.zeros((0, self.space.dim), dtype=np.float32)
        order = sorted(range(len(inputs)), key=lambda i: len(inputs[i].segment.text))  # equal lengths pad least
        out = np.empty((len(inputs), self.space.dim), dtype=np.float32)
        for at in range(0, len(order), self.batch_size):
            chosen = order[at : at + self.batch_size]
            out[chosen] = self._encode_batch([inputs[i] for i in chosen])
        return normalise(out)


def normalise(vectors: Vectors) -> Vectors:
    """Rows scaled to unit length, float32; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
    return unit
