"""What was stored is found, however many collections take turns in Chroma's index cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmchat.stores import chroma
from mmchat.stores.chroma import ChromaStore
from mmchat.types import Space

SPACE = Space("test", "1", 16)
LIBRARIES = [f"library-{n}" for n in range(24)]
IDS = [f"segment-{n}" for n in range(9)]


def fill(store: ChromaStore) -> None:
    """Eight vectors at once, then one alone, in each library."""
    vectors = np.random.default_rng(7).normal(size=(9, 16)).astype(np.float32)
    for library in LIBRARIES:
        store.upsert(library, SPACE, IDS[:8], vectors[:8])
        store.upsert(library, SPACE, IDS[8:], vectors[8:])


def lacking(store: ChromaStore) -> list[str]:
    """The libraries in which a search or a read does not give every vector."""
    query = np.ones(16, dtype=np.float32)
    return [
        library
        for library in LIBRARIES
        if {hit.segment_id for hit in store.search(library, SPACE, query, 50)} != set(IDS)
        or set(store.get(library, SPACE, IDS)) != set(IDS)
    ]


@pytest.fixture(autouse=True)
def small_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """One index for each of the cache's shards: some libraries share one. Searches ask it, few as these vectors are."""
    monkeypatch.setattr(chroma, "OPEN_COLLECTIONS", 64)
    monkeypatch.setattr(chroma, "EXACT_BELOW", 0)


def test_a_collection_that_left_the_cache_comes_back_whole(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path)
    fill(store)

    assert [lacking(store) for _ in range(3)] == [[], [], []]


def test_a_collection_of_an_earlier_mmchat_is_whole_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = {"sync_threshold": 5, "batch_size": 5}
    with monkeypatch.context() as earlier:
        earlier.setattr(chroma, "WRITTEN_AT_ONCE", later)
        earlier.setattr(chroma, "HNSW", {**chroma.HNSW, **later})
        store = ChromaStore(tmp_path)
        fill(store)
        store.close()

    store = ChromaStore(tmp_path)

    assert [lacking(store) for _ in range(3)] == [[], [], []]
