"""Every vector store keeps the same promises, and the approximate one ranks as the exact one does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from mmchat.errors import StoreMismatch
from mmchat.settings import Settings
from mmchat.stores import STORES, VectorStore, create_store
from mmchat.stores.memory import MemoryStore
from mmchat.types import Space, Vectors

SPACE = Space("test", "1", 8)


def unit_vectors(n: int, dim: int = 8, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(params=sorted(STORES))
def reopen(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Callable[[], VectorStore]]:
    opened: list[VectorStore] = []

    def again() -> VectorStore:
        if opened and request.param == "memory":
            return opened[0]
        for store in opened:
            store.close()
        opened.append(create_store(request.param, settings))
        return opened[-1]

    yield again
    opened[-1].close()


@pytest.fixture
def store(reopen: Callable[[], VectorStore]) -> VectorStore:
    return reopen()


def test_the_nearest_comes_first_with_its_cosine(store: VectorStore) -> None:
    vectors = unit_vectors(20)
    ids = [f"s{i:02}" for i in range(20)]

    store.upsert("one", SPACE, ids, vectors)
    hits = store.search("one", SPACE, vectors[7], 3)

    assert hits[0].segment_id == "s07"
    assert hits[0].score == pytest.approx(1.0, abs=1e-5)
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    exact = vectors @ vectors[7]
    assert [h.segment_id for h in hits] == [ids[i] for i in np.argsort(-exact)[:3]]


def test_libraries_and_spaces_never_see_each_other(store: VectorStore) -> None:
    other_space = Space("test", "2", 8)
    store.upsert("one", SPACE, ["a"], unit_vectors(1))
    store.upsert("one-two", SPACE, ["b"], unit_vectors(1))

    assert [h.segment_id for h in store.search("one", SPACE, unit_vectors(1)[0], 5)] == ["a"]
    assert store.search("one", other_space, unit_vectors(1)[0], 5) == []
    assert store.search("two", SPACE, unit_vectors(1)[0], 5) == []

    store.drop("one")
    assert store.count("one", SPACE) == 0
    assert store.count("one-two", SPACE) == 1


def test_upserting_twice_equals_once(store: VectorStore) -> None:
    vectors = unit_vectors(3)

    store.upsert("one", SPACE, ["a", "b", "c"], vectors)
    store.upsert("one", SPACE, ["a", "b", "c"], vectors)

    assert store.count("one", SPACE) == 3


def test_a_deleted_vector_is_not_found_and_unknown_ids_are_ignored(store: VectorStore) -> None:
    vectors = unit_vectors(3)
    store.upsert("one", SPACE, ["a", "b", "c"], vectors)

    store.delete("one", ["b", "nothing"])

    assert {h.segment_id for h in store.search("one", SPACE, vectors[1], 10)} == {"a", "c"}
    assert set(store.get("one", SPACE, ["a", "b"])) == {"a"}


def test_vectors_survive_reopening(reopen: Callable[[], VectorStore]) -> None:
    vectors = unit_vectors(3)
    reopen().upsert("one", SPACE, ["a", "b", "c"], vectors)

    again = reopen()

    assert again.count("one", SPACE) == 3
    assert again.search("one", SPACE, vectors[2], 1)[0].segment_id == "c"
    np.testing.assert_allclose(again.get("one", SPACE, ["a"])["a"], vectors[0], atol=1e-6)


def test_an_empty_library_gives_nothing(store: VectorStore) -> None:
    store.upsert("one", SPACE, [], unit_vectors(0))

    assert store.search("one", SPACE, unit_vectors(1)[0], 5) == []
    assert store.get("one", SPACE, ["a"]) == {}
    assert store.count("one", SPACE) == 0


def test_chroma_ranks_like_the_exact_store(settings: Settings) -> None:
    exact, chroma = MemoryStore(), create_store("chroma", settings)
    space = Space("test", "1", 32)
    centres = unit_vectors(20, 32, seed=1)
    noisy = np.repeat(centres, 30, axis=0) + 0.3 * unit_vectors(600, 32, seed=2)
    vectors = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
    ids = [f"{i:04}" for i in range(600)]
    for store in (exact, chroma):
        store.upsert("one", space, ids, vectors)

    same = [
        len(
            {h.segment_id for h in exact.search("one", space, q, 10)}
            & {h.segment_id for h in chroma.search("one", space, q, 10)}
        )
        for q in centres
    ]
    chroma.close()

    assert sum(same) / len(same) >= 9.5


def test_chroma_refuses_a_collection_made_by_other_models(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    store = create_store("chroma", settings)
    store.upsert("one", SPACE, ["a"], unit_vectors(1))
    store.close()

    monkeypatch.setattr("mmchat.stores.chroma.SCHEMA_VERSION", 2)
    again = create_store("chroma", settings)

    with pytest.raises(StoreMismatch, match="doctor --rebuild"):
        again.count("one", SPACE)
    again.close()


def test_one_space_of_a_library_can_be_dropped(reopen: Callable[[], VectorStore]) -> None:
    store, other = reopen(), Space("test", "2", 8)
    for library, space in (("one", SPACE), ("one", other), ("two", SPACE)):
        store.upsert(library, space, ["a"], unit_vectors(1))
    before = store.spaces("one")

    store.drop_space("one", SPACE)
    store.drop_space("one", Space("never", "1", 3))

    again = reopen()
    assert (before, again.spaces("one")) == ([SPACE, other], [other])
    assert [again.count("one", SPACE), again.count("one", other), again.count("two", SPACE)] == [0, 1, 1]


def test_spaces_that_differ_in_their_dim_alone_are_two(store: VectorStore) -> None:
    shorter = Space("test", "1", 4)
    store.upsert("one", SPACE, ["a"], unit_vectors(1))

    store.upsert("one", shorter, ["a", "b"], unit_vectors(2, dim=4))

    assert (store.count("one", SPACE), store.count("one", shorter)) == (1, 2)
    assert store.spaces("one") == [shorter, SPACE]


def test_a_collection_named_without_its_dim_is_found_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from mmchat.stores import chroma

    named = chroma._collection_name
    monkeypatch.setattr(chroma, "_collection_name", lambda library, space, **_: named(library, space, with_dim=False))
    store = create_store("chroma", settings)
    store.upsert("one", SPACE, ["a"], unit_vectors(1))
    store.close()
    monkeypatch.undo()

    again = create_store("chroma", settings)
    again.upsert("one", SPACE, ["b"], unit_vectors(1))

    assert again.count("one", SPACE) == 2
    again.close()


def test_many_small_libraries_stay_searchable(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # More collections than the index cache holds: each must be readable from disk again.
    monkeypatch.setattr("mmchat.stores.chroma.OPEN_COLLECTIONS", 4)
    store = create_store("chroma", settings)
    for n in range(12):
        store.upsert(f"library{n}", SPACE, ["a", "b"], unit_vectors(2, seed=n))

    found = [store.search(f"library{n}", SPACE, unit_vectors(2, seed=n)[1], 1)[0].segment_id for n in range(12)]
    store.close()

    assert found == ["b"] * 12
