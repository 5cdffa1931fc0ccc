"""What one thread makes and another takes: pieces in order, then the end or the error that ended it."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from threading import Event
from typing import Any, Generic, TypeVar

T = TypeVar("T")

LOOK_EVERY_S = 0.05
"""How soon a stop is noticed by one who waits."""
_END = object()


class Handover(Generic[T]):
    """Any thread may put; one takes."""

    def __init__(self) -> None:
        self._arrived: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def put(self, piece: T) -> None:
        """The next piece."""
        self._arrived.put(piece)

    def end(self, error: Exception | None = None) -> None:
        """Nothing more comes; ``error`` is raised where the pieces are taken."""
        self._arrived.put(_END if error is None else _Raised(error))

    def taken(self, stopped: Event) -> Iterator[T]:
        """The pieces as they come, until the end, or until ``stopped`` is set."""
        while not stopped.is_set():
            try:
                item = self._arrived.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                continue
            if item is _END:
                return
            if isinstance(item, _Raised):
                raise item.error
            yield item


class _Raised:
    def __init__(self, error: Exception) -> None:
        self.error = error
