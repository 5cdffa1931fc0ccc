"""Events at the speed they happen in, batches at the speed a page can show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

MAX_PER_SECOND = 12
"""Each update costs the server about 0.5 ms and the browser a redraw; nobody reads faster."""
_END: Any = object()


async def paced(
    events: AsyncIterator[T], per_second: float = MAX_PER_SECOND, *, until: asyncio.Event | None = None
) -> AsyncGenerator[list[T], None]:
    """Batches of events, at most ``per_second`` of them; the first at once, the last whenever it comes.

    An error of the source is raised after what came before it. When the caller stops early, or ``until`` is set, the
    source is closed.
    """
    gap_s = 1 / per_second
    waiting: list[T] = []
    next_at = 0.0
    upcoming = asyncio.create_task(_next(events))
    told = asyncio.create_task((until or asyncio.Event()).wait())
    try:
        while True:
            timeout = max(0.0, next_at - time.monotonic()) if waiting else None
            await asyncio.wait({upcoming, told}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if told.done():
                return
            over = False
            if upcoming.done():
                over = upcoming.exception() is not None or upcoming.result() is _END
                if not over:
                    waiting.append(upcoming.result())
                    upcoming = asyncio.create_task(_next(events))
            if waiting and (over or time.monotonic() >= next_at):
                batch, waiting = waiting, []
                next_at = time.monotonic() + gap_s
                yield batch
            if over:
                upcoming.result()  # raises what the source raised
                return
    finally:
        for task in (upcoming, told):
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
        if isinstance(events, AsyncGenerator):
            await events.aclose()


async def _next(events: AsyncIterator[T]) -> T:
    return await anext(events, _END)
