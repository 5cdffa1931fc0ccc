"""Small collections held in memory, where they are searched to the last vector.

An HNSW index finds nearly all of the nearest, and which it misses depends on the order in which they came: of 80
searches among 1,000 vectors, two missed one of the 72 nearest, by up to .05 of cosine, at four times the usual effort
(chromadb 1.5.9, 2026-11-21). Comparing with each of 2,000 held vectors takes .7 ms, asking the index 1.2; reading
them, once after each write, takes 45.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

import numpy as np

from mmchat.types import Hit, Space, Vector, Vectors

EXACT_BELOW = 2_000
"""Vectors of 384 numbers: 3 MB."""
MOST_HELD = 32
MOST_BYTES = 100_000_000
"""Of all that is held: 32 collections of 2,000 pictures by 1,000 names would be 256 MB."""

Key = tuple[str, Space]


class Held:
    """The vectors of the collections searched last. Whoever writes to one forgets it afterwards."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: OrderedDict[Key, tuple[list[str], Vectors]] = OrderedDict()
        self._writes = 0

    def search(self, key: Key, vector: Vector, k: int, load: Callable[[], Mapping[str, Vector]]) -> list[Hit]:
        """The ``k`` nearest by cosine, best first, ties by id; ``load`` reads the collection when it is not held."""
        ids, rows = self._held(key, load)
        cosines = rows @ vector
        best = sorted(zip((-cosines).tolist(), ids, strict=True))[:k]
        return [Hit(id, -distance) for distance, id in best]

    def _held(self, key: Key, load: Callable[[], Mapping[str, Vector]]) -> tuple[list[str], Vectors]:
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
                return self._rows[key]
            before = self._writes
        read = load()
        ids = sorted(read)  # so that rounding does not depend on the order in which they came
        found = (ids, np.stack([read[id] for id in ids]) if ids else np.empty((0, key[1].dim), dtype=np.float32))
        with self._lock:
            if self._writes == before:  # else it may lack what was written meanwhile
                self._rows[key] = found
                while len(self._rows) > MOST_HELD or sum(rows.nbytes for _, rows in self._rows.values()) > MOST_BYTES:
                    self._rows.popitem(last=False)
        return found

    def forget(self, library: str) -> None:
        """Read this library's collections again before they are searched next."""
        with self._lock:
            self._writes += 1
            for key in [key for key in self._rows if key[0] == library]:
                del self._rows[key]
