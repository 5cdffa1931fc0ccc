"""Exact search in a numpy array per library and space: the readable reference, used by tests and measurements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mmchat.settings import Settings
from mmchat.stores.base import VectorStore
from mmchat.types import Hit, Space, Vector, Vectors


class MemoryStore(VectorStore):
    """Keeps every vector in a dictionary and compares the query with all of them."""

    def __init__(self) -> None:
        self._collections: dict[tuple[str, Space], dict[str, Vector]] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> MemoryStore:
        """An empty store; nothing of ``settings`` applies to it."""
        return cls()

    def upsert(self, library: str, space: Space, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace."""
        collection = self._collections.setdefault((library, space), {})
        collection.update(zip(ids, np.asarray(vectors, dtype=np.float32), strict=True))

    def search(self, library: str, space: Space, vector: Vector, k: int) -> list[Hit]:
        """Cosine similarity with every vector, best first, ties by id."""
        collection = self._collections.get((library, space), {})
        hits = [Hit(id, float(stored @ vector)) for id, stored in collection.items()]
        return sorted(hits, key=lambda hit: (-hit.score, hit.segment_id))[:k]

    def get(self, library: str, space: Space, ids: Sequence[str]) -> dict[str, Vector]:
        """The stored vectors of those ids that are here."""
        collection = self._collections.get((library, space), {})
        return {id: collection[id] for id in ids if id in collection}

    def ids(self, library: str, space: Space) -> set[str]:
        """Those that are kept."""
        return set(self._collections.get((library, space), {}))

    def delete(self, library: str, ids: Sequence[str]) -> None:
        """Forget these ids in every space."""
        for (owner, _), collection in self._collections.items():
            for id in ids if owner == library else ():
                collection.pop(id, None)

    def count(self, library: str, space: Space) -> int:
        """How many vectors this library has in this space."""
        return len(self._collections.get((library, space), {}))

    def spaces(self, library: str) -> list[Space]:
        """Every space it was given vectors in."""
        return sorted((space for owner, space in self._collections if owner == library), key=lambda s: (s.name, s.dim))

    def drop_space(self, library: str, space: Space) -> None:
        """Forget one collection."""
        self._collections.pop((library, space), None)

    def drop(self, library: str) -> None:
        """Forget every vector of this library."""
        self._collections = {key: value for key, value in self._collections.items() if key[0] != library}

    def close(self) -> None:
        """Nothing to release."""
