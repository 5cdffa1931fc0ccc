from __future__ import annotations

import numpy as np
import pytest

from mmchat.retrieval import spaces
from mmchat.retrieval.spaces import compare, search_space
from mmchat.stores.memory import MemoryStore
from mmchat.types import Space, Vector

SPACE = Space("toy", "1", 2)


def towards(degrees: float) -> Vector:
    angle = np.radians(degrees)
    return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    names = [f"s{n:02d}" for n in range(40)]
    store.upsert("mine", SPACE, names, np.stack([towards(n) for n in range(40)]))
    return store


def test_without_a_filter_the_nearest_are_returned(store: MemoryStore) -> None:
    hits = search_space(store, "mine", SPACE, towards(0), 3, None)

    assert [hit.segment_id for hit in hits] == ["s00", "s01", "s02"]


def test_a_small_set_is_searched_to_its_farthest_segment(store: MemoryStore) -> None:
    hits = search_space(store, "mine", SPACE, towards(0), 5, frozenset({"s39", "s38", "elsewhere"}))

    assert [hit.segment_id for hit in hits] == ["s38", "s39"]
    assert hits[0].score == pytest.approx(np.cos(np.radians(38)), abs=1e-6)


def test_a_large_set_is_filtered_from_ever_more_neighbours(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spaces, "EXACT_BELOW", 2)
    far = frozenset(f"s{n:02d}" for n in range(30, 40))

    hits = search_space(store, "mine", SPACE, towards(0), 4, far)

    assert [hit.segment_id for hit in hits] == ["s30", "s31", "s32", "s33"]


def test_comparing_ranks_ties_by_id() -> None:
    store = MemoryStore()
    store.upsert("mine", SPACE, ["b", "a"], np.stack([towards(5), towards(5)]))

    hits = compare(store, "mine", SPACE, towards(0), frozenset({"a", "b"}))

    assert [hit.segment_id for hit in hits] == ["a", "b"]


def test_comparing_with_nothing_finds_nothing(store: MemoryStore) -> None:
    assert compare(store, "mine", SPACE, towards(0), frozenset()) == []
    assert compare(store, "someone else's", SPACE, towards(0), frozenset({"s01"})) == []
