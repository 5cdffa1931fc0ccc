"""Vectors in a Chroma folder: one HNSW collection per library and space. It knows no text and no file."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from mmchat.errors import StoreMismatch
from mmchat.settings import Settings
from mmchat.stores.base import SCHEMA_VERSION, VectorStore
from mmchat.stores.held import EXACT_BELOW, Held
from mmchat.types import Hit, Space, Vector, Vectors

log = logging.getLogger(__name__)

# Chroma writes an index to disk once sync_threshold vectors are new, and reads what is newer from its log only at the
# collection's first use: what the index cache evicts in between is not found again until the next start. Of 200
# collections of nine vectors, read three times over, 380 of 600 reads lacked vectors at a threshold of 5, none at 1
# (chromadb 1.5.9, 2026-11-21). It costs a single upsert
# 14 ms instead of 6 beside 10,000 vectors, and many at once nothing.
WRITTEN_AT_ONCE = {"sync_threshold": 1, "batch_size": 1}
HNSW = {
    "space": "cosine",
    **WRITTEN_AT_ONCE,
    "max_neighbors": 32,
    "ef_construction": 200,
    "ef_search": 100,
}
# Each open collection holds about 2.8 MB; Chroma's own default lets the cache grow to RLIMIT_NOFILE // 5. The cache has
# 64 shards, so this is room for two collections in each.
OPEN_COLLECTIONS = 128
AT_ONCE = 500  # SQLite below Chroma takes at most 32,766 values in one statement


_DAMAGED = re.compile(r"\(code: (?:11|26)\)|hnsw segment", re.IGNORECASE)
"""What Chroma says of a damaged folder: SQLite's CORRUPT and NOTADB, and an index file that cannot be read (1.5.9)."""

_P = ParamSpec("_P")
_T = TypeVar("_T")
_Method = Callable[Concatenate["ChromaStore", _P], _T]


def _over_damage(method: _Method[_P, _T]) -> _Method[_P, _T]:
    """The call, made again over an empty folder where the one there is damaged."""

    @wraps(method)
    def call(self: ChromaStore, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        opened = self._opened
        try:
            return method(self, *args, **kwargs)
        except Exception as error:
            if not _DAMAGED.search(str(error)):
                raise
            self._give_up(opened, error)
        return method(self, *args, **kwargs)

    return call


class ChromaStore(VectorStore):
    """A persistent, embedded Chroma. One process, one client, one writer at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._client: Any = None
        self._system: Any = None
        self._collections: dict[tuple[str, Space], Any] = {}
        self._held = Held()
        self._opened = 0

    @classmethod
    def from_settings(cls, settings: Settings) -> ChromaStore:
        """The store in ``<data_dir>/vectors``; Chroma itself is imported at the first call."""
        return cls(settings.data_dir / "vectors")

    @_over_damage
    def upsert(self, library: str, space: Space, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace, in batches."""
        if not ids:
            return
        with self._writing(library):
            collection = self._open(library, space, create=True)
            for at in range(0, len(ids), AT_ONCE):
                collection.upsert(
                    ids=list(ids[at : at + AT_ONCE]),
                    embeddings=np.ascontiguousarray(vectors[at : at + AT_ONCE], dtype=np.float32),
                )

    @_over_damage
    def search(self, library: str, space: Space, vector: Vector, k: int) -> list[Hit]:
        """The nearest: all of them are compared while they are few, more are found by HNSW.

        Chroma's cosine distance becomes similarity here and nowhere else.
        """
        collection = self._open(library, space, create=False)
        if collection is None or k < 1:
            return []
        here = collection.count()
        if not here:
            return []
        if here <= EXACT_BELOW:
            return self._held.search((library, space), vector, k, lambda: _vectors(collection))
        most = min(k, here)
        found = collection.query(query_embeddings=[vector], n_results=most, include=["distances"])
        hits = [Hit(id, 1.0 - float(d)) for id, d in zip(found["ids"][0], found["distances"][0], strict=True)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.segment_id))

    @_over_damage
    def get(self, library: str, space: Space, ids: Sequence[str]) -> dict[str, Vector]:
        """The stored vectors of those ids that are here."""
        collection = self._open(library, space, create=False)
        if collection is None or not ids:
            return {}
        vectors: dict[str, Vector] = {}
        for at in range(0, len(ids), AT_ONCE):
            vectors |= _vectors(collection, ids=list(ids[at : at + AT_ONCE]))
        return vectors

    @_over_damage
    def ids(self, library: str, space: Space) -> set[str]:
        """As the collection lists them."""
        collection = self._open(library, space, create=False)
        return set() if collection is None else set(collection.get(include=[])["ids"])

    @_over_damage
    def delete(self, library: str, ids: Sequence[str]) -> None:
        """Forget these ids in every collection of the library."""
        self._forget_aside()
        with self._writing(library):
            for collection in self._of(library):
                for at in range(0, len(ids), AT_ONCE):
                    collection.delete(ids=list(ids[at : at + AT_ONCE]))

    @_over_damage
    def count(self, library: str, space: Space) -> int:
        """How many vectors this library has in this space."""
        collection = self._open(library, space, create=False)
        return 0 if collection is None else int(collection.count())

    @_over_damage
    def spaces(self, library: str) -> list[Space]:
        """As each collection's own record names it."""
        records = [collection.metadata or {} for collection in self._of(library)]
        spaces = [Space(str(r["encoder"]), str(r["revision"]), int(r["dim"])) for r in records if "dim" in r]
        return sorted(spaces, key=lambda space: (space.name, space.dim))

    @_over_damage
    def drop_space(self, library: str, space: Space) -> None:
        """Delete one collection."""
        with self._writing(library):
            collection = self._open(library, space, create=False)
            if collection is not None:
                self._delete(collection)

    @_over_damage
    def drop(self, library: str) -> None:
        """Delete every collection of this library."""
        self._forget_aside()
        with self._writing(library):
            for collection in self._of(library):
                self._delete(collection)

    @contextmanager
    def _writing(self, library: str) -> Iterator[None]:
        """One writer at a time; what is held is read again afterwards, also when only a part was written."""
        with self._lock:
            try:
                yield
            finally:
                self._held.forget(library)

    def _delete(self, collection: Any) -> None:
        self._connect().delete_collection(collection.name)
        self._collections = {key: kept for key, kept in self._collections.items() if kept.name != collection.name}

    def close(self) -> None:
        """Stop Chroma; a later call would open it again."""
        with self._lock:
            if self._system is not None:
                self._system.stop()
            self._client = self._system = None
            self._collections.clear()

    def _forget_aside(self) -> None:
        """What is deleted is not to stay there either."""
        shutil.rmtree(self._aside, ignore_errors=True)

    def _give_up(self, opened: int, error: Exception) -> None:
        """Begin with an empty folder; what was there is set aside, until something is deleted or this happens again."""
        with self._lock:
            if opened != self._opened:
                return  # another thread has done so since
            self._opened += 1
            log.error("the vectors are damaged, and are made anew from the catalog: %s", error)
            with contextlib.suppress(Exception):  # a damaged Chroma may not even stop
                self.close()
            self._client = self._system = None
            self._collections.clear()
            self._held = Held()
            shutil.rmtree(self._aside, ignore_errors=True)
            self._folder.rename(self._aside)
        self.lost()

    @property
    def _aside(self) -> Path:
        return self._folder.with_name(f"{self._folder.name}.damaged")

    def _of(self, library: str) -> list[Any]:
        """Every collection of the library, whichever encoder made it."""
        return [c for c in self._connect().list_collections() if c.name.startswith(f"{library}.")]

    def _connect(self) -> Any:
        with self._lock:
            if self._client is None:
                from chromadb.api.client import Client
                from chromadb.config import Settings as ChromaSettings

                self._folder.mkdir(parents=True, exist_ok=True)
                chroma = ChromaSettings(
                    is_persistent=True, persist_directory=str(self._folder), anonymized_telemetry=False
                )
                self._system = _start(chroma)
                self._client = Client.from_system(self._system)
            return self._client

    def _open(self, library: str, space: Space, *, create: bool) -> Any:
        """The collection of this library and space, checked once against the space; None when there is none."""
        known = self._collections.get((library, space))
        if known is not None:
            return known
        expected = {
            "encoder": space.encoder,
            "revision": space.revision,
            "dim": space.dim,
            "metric": "cosine",
            "schema": SCHEMA_VERSION,
        }
        with self._lock:
            collection = self._find(library, space)
            if collection is None and not create:
                return None
            if collection is None:
                collection = self._connect().create_collection(
                    _collection_name(library, space),
                    metadata=expected,
                    configuration={"hnsw": HNSW},
                    embedding_function=None,
                )
            else:
                collection.modify(configuration={"hnsw": WRITTEN_AT_ONCE})  # an earlier mmchat wrote later
            made_by = {key: (collection.metadata or {}).get(key) for key in expected}
            if made_by != expected:
                raise StoreMismatch(
                    f"The vectors of this library in {space.name} were made by {made_by}; this start uses {expected}. "
                    "Start with the former models, or run: python -m mmchat doctor --rebuild"
                )
            self._collections[library, space] = collection
            return collection

    def _find(self, library: str, space: Space) -> Any:
        """The collection that was made for this space, or None."""
        from chromadb.errors import NotFoundError

        # Before a space could change its dim alone, the dim was not in the name.
        for name in (_collection_name(library, space), _collection_name(library, space, with_dim=False)):
            try:
                collection = self._connect().get_collection(name, embedding_function=None)
            except NotFoundError:
                continue
            if (collection.metadata or {}).get("dim") == space.dim:
                return collection
        return None


def _start(chroma: Any) -> Any:
    """A started Chroma whose index cache is bounded; the bound must be set before the start."""
    from chromadb.api import ServerAPI
    from chromadb.config import System

    system = System(chroma)
    server: Any = system.instance(ServerAPI)  # type: ignore[type-abstract]
    server.hnsw_cache_size = OPEN_COLLECTIONS
    system.start()
    return system


def _collection_name(library: str, space: Space, *, with_dim: bool = True) -> str:
    """``<library>.<encoder>.<hash>``: library ids hold no dot, so a library's prefix is never another's."""
    encoder = re.sub(r"[^a-zA-Z0-9_-]", "-", space.encoder)
    named = f"{space.name}/{space.dim}" if with_dim else space.name
    return f"{library}.{encoder}.{hashlib.sha256(named.encode()).hexdigest()[:12]}"


def _vectors(collection: Any, **chosen: Any) -> dict[str, Vector]:
    found = collection.get(**chosen, include=["embeddings"])
    return {id: np.asarray(row, dtype=np.float32) for id, row in zip(found["ids"], found["embeddings"], strict=True)}
