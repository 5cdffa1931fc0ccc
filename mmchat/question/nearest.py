"""A question -> which of a few acts it is, by the examples that lie nearest in the multilingual text space.

For choices inside one kind of request, with too few examples to fit: "delete the receipt" among what people ask of
their library. The mean of all examples is taken away first, since e5's vectors share most of their direction.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from mmchat.types import Vector, Vectors

_ACTS = Path(__file__).parent / "acts.json"
NEAREST = 3
"""The mean likeness to so many of an act's nearest examples counts: one alone may be a chance."""


class NearestActs:
    """The acts of one kind of request; the examples' vectors are made when first needed."""

    def __init__(self, kind: str, embed: Callable[[Sequence[str]], Vectors]) -> None:
        """``kind`` is a key of acts.json; ``embed`` gives unit vectors of texts, as queries."""
        self._examples = _examples()[kind]
        self._embed = embed
        self._lock = threading.Lock()
        self._vectors: dict[str, Vectors] = {}
        self._mean: Vector = np.zeros(1, dtype=np.float32)

    def load(self) -> None:
        """Embed the examples, unless they are."""
        with self._lock:
            if self._vectors:
                return
            texts = [text for examples in self._examples.values() for text in examples]
            vectors = self._embed(texts)
            self._mean = vectors.mean(axis=0)
            at = 0
            for act, examples in self._examples.items():
                self._vectors[act] = _centred(vectors[at : at + len(examples)], self._mean)
                at += len(examples)

    def likeness(self, question: str) -> dict[str, float]:
        """How like each act's nearest examples the question is, -1..1."""
        self.load()
        asked = _centred(self._embed([question]), self._mean)[0]
        return {act: float(np.sort(vectors @ asked)[-NEAREST:].mean()) for act, vectors in self._vectors.items()}

    def act(self, question: str, *, least: float = -1.0) -> str:
        """The act it is most like; "" where it is less like it than ``least``."""
        likeness = self.likeness(question)
        best = max(likeness, key=lambda act: likeness[act])
        return best if likeness[best] >= least else ""


@cache
def _examples() -> Mapping[str, Mapping[str, list[str]]]:
    found: Mapping[str, Mapping[str, list[str]]] = json.loads(_ACTS.read_text("utf-8"))
    return found


def _centred(vectors: Vectors, mean: Vector) -> Vectors:
    moved = vectors - mean
    unit: Vectors = (moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return unit
