"""Search in one vector space, within a set of segments or in all of them."""

from __future__ import annotations

import numpy as np

from mmchat.stores.base import VectorStore
from mmchat.types import Hit, Space, Vector

EXACT_BELOW = 2_000
"""A filter that leaves at most so many segments is answered by comparing with each of them: one file asked about
must be searched to its last segment, however far it lies from the question. Beyond it, the nearest neighbours of the
whole space are taken and filtered, more and more of them until enough are left."""


def search_space(
    store: VectorStore, library: str, space: Space, vector: Vector, depth: int, allowed: frozenset[str] | None
) -> list[Hit]:
    """The ``depth`` nearest segments among ``allowed`` (None: all), best first, ties by id."""
    if allowed is None:
        return store.search(library, space, vector, depth)
    if len(allowed) <= EXACT_BELOW:
        return compare(store, library, space, vector, allowed)[:depth]
    here = store.count(library, space)
    fetched = min(4 * depth, here)
    while True:
        nearest = store.search(library, space, vector, fetched)
        hits = [hit for hit in nearest if hit.segment_id in allowed]
        if len(hits) >= depth or fetched >= here:
            return hits[:depth]
        fetched = min(4 * fetched, here)


def compare(store: VectorStore, library: str, space: Space, vector: Vector, ids: frozenset[str]) -> list[Hit]:
    """Cosine similarity with each of ``ids`` that has a vector, best first, ties by id."""
    stored = store.get(library, space, sorted(ids)) if ids else {}
    if not stored:
        return []
    names = sorted(stored)
    cosines = np.stack([stored[name] for name in names]) @ vector
    hits = [Hit(name, float(cosine)) for name, cosine in zip(names, cosines, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.segment_id))
