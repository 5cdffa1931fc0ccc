from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator
from concurrent.futures import ThreadPoolExecutor

import pytest

from mmchat.background import merged, stream, stream_reports


async def test_items_come_in_order_from_another_thread() -> None:
    def count() -> Generator[str, None, None]:
        for _ in range(3):
            yield threading.current_thread().name

    with ThreadPoolExecutor(1, thread_name_prefix="worker") as executor:
        names = [name async for name in stream(executor, count())]

    assert len(names) == 3
    assert all(name.startswith("worker") for name in names)


async def test_stopping_early_runs_the_end_of_the_work() -> None:
    ended = threading.Event()

    def endless() -> Generator[int, None, None]:
        try:
            while True:
                yield 1
        finally:
            ended.set()

    with ThreadPoolExecutor(1) as executor:
        items = stream(executor, endless())
        await anext(items)
        await items.aclose()

        assert ended.wait(2)


async def test_a_cancelled_reader_still_ends_the_step_under_way() -> None:
    ended, going_on = threading.Event(), threading.Event()

    def slow() -> Generator[int, None, None]:
        try:
            yield 1
            going_on.wait(2)
            yield 2
        finally:
            ended.set()

    with ThreadPoolExecutor(1) as executor:

        async def read() -> None:
            async for _ in stream(executor, slow()):
                pass

        task = asyncio.create_task(read())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        going_on.set()
        await asyncio.sleep(0.1)

        assert ended.is_set()


async def test_an_error_in_the_work_reaches_the_reader() -> None:
    def broken() -> Generator[int, None, None]:
        yield 1
        raise ValueError("no")

    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(ValueError, match="no"):
            [item async for item in stream(executor, broken())]


async def test_work_goes_on_when_its_reader_leaves() -> None:
    done, go = threading.Event(), threading.Event()

    def work(report: Callable[[str], None]) -> str:
        report("half")
        go.wait(2)
        done.set()
        return "whole"

    with ThreadPoolExecutor(1) as executor:
        reports = stream_reports(lambda run, _: executor.submit(run), work)
        assert await anext(reports) == "half"
        await reports.aclose()
        go.set()

        assert done.wait(2)


async def test_reports_come_before_the_result() -> None:
    def work(report: Callable[[str], None]) -> str:
        report("a")
        report("b")
        return "end"

    with ThreadPoolExecutor(1) as executor:
        assert [item async for item in stream_reports(lambda run, _: executor.submit(run), work)] == ["a", "b", "end"]


async def test_streams_are_merged_as_their_items_come() -> None:
    slow, fast = asyncio.Queue[str | None](), asyncio.Queue[str | None]()

    async def items(queue: asyncio.Queue[str | None]) -> AsyncIterator[str]:
        while (item := await queue.get()) is not None:
            yield item

    both = merged([items(slow), items(fast)])
    fast.put_nowait("a")
    assert await anext(both) == (1, "a")
    slow.put_nowait("b")
    assert await anext(both) == (0, "b")
    fast.put_nowait(None)
    slow.put_nowait("c")
    slow.put_nowait(None)
    assert [item async for item in both] == [(0, "c")]


async def test_what_a_merged_stream_raises_comes_after_what_the_others_gave() -> None:
    async def broken() -> AsyncIterator[str]:
        yield "a"
        raise ValueError("broken")

    async def whole() -> AsyncIterator[str]:
        yield "b"

    given: list[tuple[int, str]] = []
    with pytest.raises(ValueError, match="broken"):
        async for item in merged([broken(), whole()]):
            given.append(item)

    assert sorted(given) == [(0, "a"), (1, "b")]
