"""Blocking work for async callers: each item of an iterator is made in a worker thread and handed over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from concurrent.futures import Executor, Future
from threading import Event
from typing import TypeVar

T = TypeVar("T")
_END = object()


async def stream(executor: Executor, items: Generator[T, None, None], stopped: Event | None = None) -> AsyncIterator[T]:
    """Yield what ``items`` yields, running it in ``executor``.

    When the caller stops early (stop button, closed tab, timeout), ``stopped`` is set, for the step under way to end
    early, and the generator is closed as soon as that step returns, so that its ``finally`` blocks run.
    """
    loop = asyncio.get_running_loop()
    pending: asyncio.Future[object] | None = None
    try:
        while True:
            pending = loop.run_in_executor(executor, next, items, _END)
            item = await asyncio.shield(pending)
            pending = None
            if item is _END:
                return
            yield item  # type: ignore[misc]
    finally:
        if stopped is not None:
            stopped.set()
        if pending is None:
            items.close()
        else:
            pending.add_done_callback(lambda _: executor.submit(items.close))


def stream_reports(
    submit: Callable[[Callable[[], T], Callable[[T], None]], Future[T]], work: Callable[[Callable[[T], None]], T]
) -> AsyncIterator[T]:
    """Hand ``work(report)`` in now; give what is reported as it comes, then what it returns.

    Args:
        submit: called with what is to be run elsewhere, and with ``report``, for what there is to say before it begins.
        work: what is done.

    A caller that stops early, or never reads, leaves the work running: files given are read to their end.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[T | object] = asyncio.Queue()

    def put(item: T | object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits any more
            loop.call_soon_threadsafe(queue.put_nowait, item)

    future = submit(lambda: work(put), put)
    future.add_done_callback(lambda _: put(_END))  # also where it never begins
    done = asyncio.wrap_future(future, loop=loop)
    done.add_done_callback(lambda future: future.cancelled() or future.exception())  # read, or it would be warned about

    async def reports() -> AsyncIterator[T]:
        while (item := await queue.get()) is not _END:
            yield item  # type: ignore[misc]
        yield await done

    return reports()


async def merged(streams: Sequence[AsyncIterator[T]]) -> AsyncIterator[tuple[int, T]]:
    """What any of the streams gives, as it comes, with the stream's place among them."""
    queue: asyncio.Queue[tuple[int, T] | None] = asyncio.Queue()

    async def pump(place: int, stream: AsyncIterator[T]) -> None:
        try:
            async for item in stream:
                queue.put_nowait((place, item))
        finally:
            queue.put_nowait(None)

    tasks = [asyncio.create_task(pump(place, stream)) for place, stream in enumerate(streams)]
    try:
        left = len(tasks)
        while left:
            given = await queue.get()
            if given is None:
                left -= 1
            else:
                yield given
        for task in tasks:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
