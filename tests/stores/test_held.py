from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mmchat.stores import chroma
from mmchat.stores.chroma import ChromaStore
from mmchat.stores.held import MOST_HELD, Held
from mmchat.types import Space, Vectors

SPACE = Space("made", "1", 24)
MINE = "mine"


def unit_rows(count: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, SPACE.dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)  # type: ignore[no-any-return]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChromaStore]:
    store = ChromaStore(tmp_path)
    yield store
    store.close()


def test_a_small_collection_is_searched_to_its_last_vector_in_whatever_order_it_came(
    store: ChromaStore, tmp_path: Path
) -> None:
    rows, ids = unit_rows(600), [f"{n:03}" for n in range(600)]
    backwards = ChromaStore(tmp_path / "other")
    for at in range(0, 600, 60):
        store.upsert(MINE, SPACE, ids[at : at + 60], rows[at : at + 60])
        backwards.upsert(MINE, SPACE, ids[540 - at : 600 - at], rows[540 - at : 600 - at])

    for query in unit_rows(20, seed=1):
        nearest = sorted(range(600), key=lambda n: -float(rows[n] @ query))[:60]
        found = store.search(MINE, SPACE, query, 60)
        assert [hit.segment_id for hit in found] == [ids[n] for n in nearest]
        assert found == backwards.search(MINE, SPACE, query, 60)
    backwards.close()


def test_what_is_written_and_deleted_after_a_search_is_known_to_the_next(store: ChromaStore) -> None:
    rows = unit_rows(3)
    store.upsert(MINE, SPACE, ["a", "b"], rows[:2])
    assert {hit.segment_id for hit in store.search(MINE, SPACE, rows[0], 5)} == {"a", "b"}

    store.upsert(MINE, SPACE, ["c"], rows[2:])
    assert store.search(MINE, SPACE, rows[2], 1)[0].segment_id == "c"
    store.delete(MINE, ["c"])
    assert {hit.segment_id for hit in store.search(MINE, SPACE, rows[2], 5)} == {"a", "b"}
    store.drop(MINE)
    assert store.search(MINE, SPACE, rows[0], 5) == []


def test_what_a_write_left_before_it_failed_is_known_to_the_next_search(
    store: ChromaStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = unit_rows(3)
    store.upsert(MINE, SPACE, ["a"], rows[:1])
    store.search(MINE, SPACE, rows[0], 5)
    monkeypatch.setattr(chroma, "AT_ONCE", 1)

    with pytest.raises(ValueError, match="embedding"):
        store.upsert(MINE, SPACE, ["b", ""], [rows[1], []])  # type: ignore[arg-type]

    assert {hit.segment_id for hit in store.search(MINE, SPACE, rows[0], 5)} == {"a", "b"}


def test_what_was_read_while_another_wrote_is_read_again() -> None:
    held, rows, reads = Held(), unit_rows(2), []

    def load() -> dict[str, np.ndarray]:
        reads.append(1)
        if len(reads) == 1:
            held.forget(MINE)  # a write ends after this read began
            return {"a": rows[0]}
        return {"a": rows[0], "b": rows[1]}

    held.search((MINE, SPACE), rows[0], 5, load)

    assert {hit.segment_id for hit in held.search((MINE, SPACE), rows[0], 5, load)} == {"a", "b"}
    held.search((MINE, SPACE), rows[0], 5, load)
    assert len(reads) == 2


def test_only_the_collections_searched_last_are_held() -> None:
    held, row, reads = Held(), unit_rows(1)[0], list[str]()

    def search(library: str) -> None:
        held.search((library, SPACE), row, 1, lambda: reads.append(library) or {"a": row})  # type: ignore[func-returns-value]

    for n in range(MOST_HELD + 1):
        search(f"library{n}")
    search(f"library{MOST_HELD}")
    search("library0")

    assert reads == [*(f"library{n}" for n in range(MOST_HELD + 1)), "library0"]


def test_no_more_bytes_are_held_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    held, rows, reads = Held(), unit_rows(10), list[str]()
    monkeypatch.setattr("mmchat.stores.held.MOST_BYTES", 2 * rows.nbytes)

    def search(library: str) -> None:
        def load() -> dict[str, np.ndarray]:
            reads.append(library)
            return {str(n): row for n, row in enumerate(rows)}

        held.search((library, SPACE), rows[0], 1, load)

    for library in ("first", "second", "third", "third", "first"):
        search(library)

    assert reads == ["first", "second", "third", "first"]
