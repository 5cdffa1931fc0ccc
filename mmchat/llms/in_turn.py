"""Generation on this machine for callers in threads: one at a time, its pieces through a queue, ended when asked.

A generation is a call that blocks and tells its pieces to a function; here it becomes an iterator.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable, Iterator
from threading import Event
from typing import TypeVar

from mmchat.llms.handover import LOOK_EVERY_S, Handover

T = TypeVar("T")

_ENDING_S = 2.0
_LEAVING_S = 10.0

Work = Callable[[Callable[[T], None], Callable[[], bool]], None]
"""``work(tell, ended)`` tells each piece as it comes, and returns soon after ``ended()`` has become true."""


def pieces(work: Work[T], turn: threading.Lock, stopped: Event) -> Iterator[T]:
    """What ``work`` tells, made in a thread of its own while it holds ``turn``; its errors are raised here.

    Ends when ``stopped`` is set, also while it waits for its turn or for the first piece.
    """
    arrived: Handover[T] = Handover()
    left = Event()

    def ended() -> bool:
        return left.is_set() or stopped.is_set()

    def run() -> None:
        while not turn.acquire(timeout=LOOK_EVERY_S):
            if ended():
                _running.pop(thread, None)
                return
        try:
            if not ended():
                work(arrived.put, ended)
            arrived.end()
        except Exception as error:
            arrived.end(error)
        finally:
            turn.release()
            _running.pop(thread, None)

    thread = threading.Thread(target=run, name="generation", daemon=True)
    _running[thread] = left
    thread.start()
    try:
        yield from arrived.taken(stopped)
    finally:
        left.set()
        if thread.is_alive():
            thread.join(_ENDING_S)


_running: dict[threading.Thread, Event] = {}


@atexit.register
def _end_all() -> None:
    """A thread that is in a C++ library when the interpreter goes takes the whole process down with it."""
    for thread, left in list(_running.items()):
        left.set()
        thread.join(_LEAVING_S)
