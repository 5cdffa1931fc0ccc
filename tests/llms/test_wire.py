from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from threading import Event

import pytest

from mmchat.llms import wire


class Source:
    """Numbers, with a silence before each; knows when and where it was closed."""

    def __init__(self, *silences_s: float, error: Exception | None = None) -> None:
        self.silences_s = silences_s
        self.error = error
        self.closed = Event()
        self.thread = ""

    async def __call__(self) -> AsyncIterator[int]:
        self.thread = threading.current_thread().name
        try:
            for number, silence_s in enumerate(self.silences_s):
                await asyncio.sleep(silence_s)
                yield number
            if self.error:
                raise self.error
        finally:
            self.closed.set()


def test_pieces_come_in_order_from_the_network_thread() -> None:
    source = Source(0, 0, 0)

    assert list(wire.pieces(source, Event())) == [0, 1, 2]

    assert source.thread == "network" != threading.current_thread().name


def test_a_piece_is_there_before_the_next_one_is_made() -> None:
    pieces = wire.pieces(Source(0, 30), Event())

    started = time.monotonic()
    first = next(pieces)

    assert first == 0 and time.monotonic() - started < 1
    pieces.close()


def test_an_error_of_the_source_is_raised_where_it_is_read() -> None:
    pieces = wire.pieces(Source(0, error=ValueError("broken")), Event())

    assert next(pieces) == 0
    with pytest.raises(ValueError, match="broken"):
        next(pieces)


def test_stopping_ends_a_source_that_is_silent() -> None:
    source, stopped = Source(30), Event()
    threading.Timer(0.1, stopped.set).start()

    started = time.monotonic()
    assert list(wire.pieces(source, stopped)) == []

    assert source.closed.wait(0.5) and time.monotonic() - started < 0.6


def test_closing_the_iterator_ends_the_source() -> None:
    source = Source(0, 30)
    pieces = wire.pieces(source, Event())
    next(pieces)

    pieces.close()

    assert source.closed.wait(0.5)


def test_nothing_runs_when_it_was_stopped_before() -> None:
    stopped = Event()
    stopped.set()

    source = Source(0)
    assert list(wire.pieces(source, stopped)) == []
    assert source.thread == ""


def test_a_stopped_result_ends_its_work() -> None:
    stopped, ended = Event(), Event()

    async def long() -> None:
        try:
            await asyncio.sleep(30)
        finally:
            ended.set()

    threading.Timer(0.1, stopped.set).start()
    started = time.monotonic()
    with pytest.raises(wire.Stopped):
        wire.result(long(), stopped)

    assert ended.wait(0.5) and time.monotonic() - started < 0.6


def test_two_threads_read_two_streams_at_once() -> None:
    found: list[list[int]] = []
    readers = [
        threading.Thread(target=lambda: found.append(list(wire.pieces(Source(0.1, 0.1), Event())))) for _ in range(4)
    ]

    started = time.monotonic()
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(5)

    assert found == [[0, 1]] * 4 and time.monotonic() - started < 0.7


def test_a_result_comes_back_and_so_does_its_error() -> None:
    async def whole() -> int:
        return 7

    async def broken() -> int:
        raise KeyError("x")

    assert wire.result(whole()) == 7
    with pytest.raises(KeyError):
        wire.result(broken())
