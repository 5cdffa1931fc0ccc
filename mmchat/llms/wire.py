"""Async network streams for callers in threads: pieces come through a queue, and stopping closes the connection.

A blocking read cannot be interrupted from another thread. So every stream runs as a task of one event loop, in a thread
of its own, where cancelling it closes its connection at once, however long the server is silent.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from threading import Event
from typing import Any, TypeVar

from mmchat.llms.handover import LOOK_EVERY_S, Handover

T = TypeVar("T")


class Stopped(Exception):
    """Nobody waits for the result any more."""


def pieces(source: Callable[[], AsyncIterator[T]], stopped: Event) -> Iterator[T]:
    """What ``source()`` yields, made in the network thread, until ``stopped`` is set; its errors are raised here."""
    if stopped.is_set():
        return
    arrived: Handover[T] = Handover()

    async def read() -> None:
        try:
            async with contextlib.aclosing(source()) as items:  # type: ignore[type-var]
                async for item in items:
                    arrived.put(item)
            arrived.end()
        except Exception as error:
            arrived.end(error)

    task = asyncio.run_coroutine_threadsafe(read(), loop())
    try:
        yield from arrived.taken(stopped)
    finally:
        task.cancel()  # closes the connection where it still reads; a task that is done stays as it is


def result(work: Coroutine[Any, Any, T], stopped: Event | None = None) -> T:
    """What ``work`` gives, done in the network thread; its error is raised here.

    Raises:
        Stopped: ``stopped`` was set; the work has been cancelled, which closes its connection.
    """
    future = asyncio.run_coroutine_threadsafe(work, loop())
    while stopped is not None and not future.done():
        if stopped.is_set():
            future.cancel()
            raise Stopped
        concurrent.futures.wait([future], LOOK_EVERY_S)
    return future.result()


def later(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    """Start ``work`` in the network thread and wait for nothing: what closes a client nobody holds any more."""
    if _loop is not None:  # without the lock: this may be called by the garbage collector, from any place
        asyncio.run_coroutine_threadsafe(work(), _loop)


_starting = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def loop() -> asyncio.AbstractEventLoop:
    """The network thread's event loop. Clients live as long as it does: their connections belong to it."""
    global _loop
    with _starting:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="network", daemon=True).start()
        return _loop
