"""Events in, batches out, nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from mmchat.ui.pace import paced


async def numbers(count: int, pause_s: float = 0.0) -> AsyncIterator[int]:
    for n in range(count):
        yield n
        if pause_s:
            await asyncio.sleep(pause_s)


async def test_every_event_arrives_in_order_in_few_batches() -> None:
    batches = [batch async for batch in paced(numbers(500), per_second=20)]

    assert [n for batch in batches for n in batch] == list(range(500))
    assert batches[0] == [0]
    assert len(batches) <= 4


async def test_a_waiting_event_is_shown_though_no_other_follows_it() -> None:
    async def two_then_silence() -> AsyncIterator[int]:
        yield 1
        yield 2
        await asyncio.sleep(60)

    batches = paced(two_then_silence(), per_second=50)

    assert await anext(batches) == [1]
    assert await asyncio.wait_for(anext(batches), 5) == [2]
    await batches.aclose()


async def test_an_error_comes_after_what_came_before_it() -> None:
    async def breaks() -> AsyncIterator[int]:
        yield 1
        yield 2
        raise ValueError("broken")

    seen: list[int] = []
    with pytest.raises(ValueError, match="broken"):
        async for batch in paced(breaks(), per_second=5):
            seen += batch

    assert seen == [1, 2]


async def test_stopping_early_closes_the_source() -> None:
    closed = asyncio.Event()

    async def source() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0.01)
        finally:
            closed.set()

    batches = paced(source())
    await anext(batches)
    await batches.aclose()

    assert closed.is_set()


async def test_cancelling_closes_the_source() -> None:
    closed = asyncio.Event()

    async def source() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.sleep(60)
        finally:
            closed.set()

    async def consume() -> None:
        async for _ in paced(source()):
            pass

    task = asyncio.create_task(consume())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert closed.is_set()


async def test_when_told_to_end_it_ends_at_once_and_closes_the_source() -> None:
    closed = False

    async def silence() -> AsyncIterator[int]:
        nonlocal closed
        try:
            yield 1
            await asyncio.sleep(60)
        finally:
            closed = True

    over = asyncio.Event()
    batches = paced(silence(), until=over)
    assert await anext(batches) == [1]

    over.set()

    assert await asyncio.wait_for(anext(batches, None), 5) is None
    assert closed
