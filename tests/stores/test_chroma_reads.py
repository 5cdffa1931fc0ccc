"""Reading the vector store while it settles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chromadb.errors import InternalError

from mmchat.stores.chroma import ChromaStore
from mmchat.types import Space

SPACE, LIBRARY = Space("test", "1", 4), "one"


class Unsettled:
    """A collection whose first reads fail, as Chroma's do now and then on a busy machine."""

    def __init__(self, collection: Any, failures: int) -> None:
        self._collection = collection
        self.failures = failures

    def get(self, **options: Any) -> Any:
        if self.failures:
            self.failures -= 1
            raise InternalError("Error creating hnsw segment reader: Nothing found on disk")
        return self._collection.get(**options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)


@pytest.fixture
def store(tmp_path: Path) -> ChromaStore:
    store = ChromaStore(tmp_path)
    store.upsert(LIBRARY, SPACE, ["a"], np.eye(4, dtype=np.float32)[:1])
    return store


def test_a_read_that_fails_for_a_moment_is_tried_again(store: ChromaStore, caplog: pytest.LogCaptureFixture) -> None:
    store._collections[LIBRARY, SPACE] = Unsettled(store._collections[LIBRARY, SPACE], failures=2)

    assert list(store.get(LIBRARY, SPACE, ["a"])) == ["a"]
    assert caplog.text.count("read once more") == 2


def test_a_read_that_keeps_failing_is_an_error(store: ChromaStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmchat.stores.chroma._PAUSES_S", (0.0, 0.0))
    store._collections[LIBRARY, SPACE] = Unsettled(store._collections[LIBRARY, SPACE], failures=9)

    with pytest.raises(InternalError):
        store.get(LIBRARY, SPACE, ["a"])
