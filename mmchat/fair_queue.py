"""Who is next: each library has its turn, and long work never holds every place.

A few threads do the work. Each that becomes free takes the next piece of the library whose turn it is; of pieces that
will take long, one fewer than there are threads run at once, so that a screenshot never waits for two recordings.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, TypeVar

T = TypeVar("T")

SLOTS = 3
BACKGROUND = ""
"""The library of what nobody waits for: it is begun when nothing else can be."""
Waiting = Callable[[int], None]
"""Told how many pieces of work come before this one, whenever that changes."""


@dataclass(eq=False)
class _Work:
    do: Callable[[], Any]
    long: bool
    waiting: Waiting | None
    future: Future[Any] = field(default_factory=Future)
    told: int = -1


class FairQueue:
    """Safe to use from any thread."""

    def __init__(self, slots: int = SLOTS) -> None:
        self._slots = slots
        self._queues: OrderedDict[str, list[_Work]] = OrderedDict()  # whose turn it is, first
        self._long_running = 0
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._run, name=f"ingest_{n}", daemon=True) for n in range(slots)]
        for thread in self._threads:
            thread.start()

    def submit(
        self, library: str, work: Callable[[], T], *, long: bool = False, waiting: Waiting | None = None
    ) -> Future[T]:
        """Do the work when it is its turn.

        Args:
            library: whose turn it takes.
            work: what is done.
            long: whether it may take minutes.
            waiting: called while it waits, from any thread; it must return soon.

        Raises:
            RuntimeError: nothing is begun any more.
        """
        piece = _Work(work, long, waiting)
        with self._changed:
            if self._closed:
                raise RuntimeError("the queue is closed")
            self._queues.setdefault(library, []).append(piece)
            self._changed.notify()
        self._tell()
        return piece.future

    def background(self) -> Executor:
        """An executor for what nobody waits for."""
        return _Background(self)

    def shutdown(self) -> None:
        """Begin nothing more; returns once what has begun is done."""
        with self._changed:
            self._closed = True
            dropped = [piece for pieces in self._queues.values() for piece in pieces]
            self._queues.clear()
            self._changed.notify_all()
        for piece in dropped:
            piece.future.cancel()
            piece.future.set_running_or_notify_cancel()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while (piece := self._take()) is not None:
            self._tell()
            if piece.future.set_running_or_notify_cancel():
                try:
                    piece.future.set_result(piece.do())
                except BaseException as error:
                    piece.future.set_exception(error)
            with self._changed:
                self._long_running -= piece.long
                self._changed.notify_all()

    def _take(self) -> _Work | None:
        """The next piece, once there is one that may begin; None when the queue is closed."""
        with self._changed:
            while not self._closed:
                for library, pieces in self._in_turn():
                    piece = next((each for each in pieces if self._may_begin(each)), None)
                    if piece is None:
                        continue
                    pieces.remove(piece)
                    self._queues.move_to_end(library)
                    if not pieces:
                        del self._queues[library]
                    self._long_running += piece.long
                    return piece
                self._changed.wait()
        return None

    def _in_turn(self) -> list[tuple[str, list[_Work]]]:
        """What waits, by library; what nobody waits for comes last."""
        return sorted(self._queues.items(), key=lambda each: each[0] == BACKGROUND)

    def _may_begin(self, piece: _Work) -> bool:
        return not piece.long or self._slots == 1 or self._long_running < self._slots - 1

    def _tell(self) -> None:
        """Tell whoever waits how many come before, where that has changed."""
        with self._changed:
            news: list[tuple[Waiting, int]] = []
            turns = (
                piece
                for turn in zip_longest(*(pieces for _, pieces in self._in_turn()))
                for piece in turn
                if piece is not None
            )
            for ahead, piece in enumerate(turns):
                if piece.waiting is not None and piece.told != ahead:
                    piece.told = ahead
                    news.append((piece.waiting, ahead))
        for waiting, ahead in news:
            waiting(ahead)


class _Background(Executor):
    def __init__(self, queue: FairQueue) -> None:
        self._queue = queue

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        return self._queue.submit(BACKGROUND, lambda: fn(*args, **kwargs), long=True)
