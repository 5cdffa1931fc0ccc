"""Whose turn it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from mmchat.fair_queue import FairQueue


class Held:
    """Work that begins, is noted, and ends when it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self._changed = threading.Condition()
        self._free: set[str] = set()

    def work(self, name: str) -> Callable[[], str]:
        def run() -> str:
            with self._changed:
                self.begun.append(name)
                self._changed.notify_all()
                assert self._changed.wait_for(lambda: name in self._free, timeout=10)
            return name

        return run

    def let_go(self, *names: str) -> None:
        with self._changed:
            self._free.update(names)
            self._changed.notify_all()

    def until(self, *names: str) -> None:
        """Wait until exactly these have begun, in any order."""
        with self._changed:
            assert self._changed.wait_for(lambda: sorted(self.begun) == sorted(names), timeout=10), self.begun


@pytest.fixture
def held() -> Held:
    return Held()


@pytest.fixture
def one() -> Iterator[FairQueue]:
    queue = FairQueue(1)
    yield queue
    queue.shutdown()


def test_each_library_has_its_turn(one: FairQueue, held: Held) -> None:
    done = [one.submit("ana", held.work(name)) for name in ("a1", "a2", "a3")]
    held.until("a1")
    done += [one.submit("ben", held.work(name)) for name in ("b1", "b2")]
    held.let_go("a1", "a2", "a3", "b1", "b2")

    assert sorted(each.result(10) for each in done) == ["a1", "a2", "a3", "b1", "b2"]
    assert held.begun == ["a1", "a2", "b1", "a3", "b2"]


def test_small_work_never_waits_for_long_work(held: Held) -> None:
    queue = FairQueue(3)
    for library in ("ana", "ben", "cato"):
        queue.submit(library, held.work(f"long {library}"), long=True)
    held.until("long ana", "long ben")
    small = queue.submit("cato", held.work("small"))
    held.let_go("small")

    assert small.result(10) == "small"
    assert "long cato" not in held.begun
    held.let_go("long ana", "long ben", "long cato")
    queue.shutdown()


def test_what_nobody_waits_for_comes_last(one: FairQueue, held: Held) -> None:
    one.submit("ana", held.work("first"))
    held.until("first")
    done = [one.background().submit(held.work("reindex")), one.submit("ana", held.work("note"))]
    held.let_go("first", "reindex", "note")

    assert [each.result(10) for each in done] == ["reindex", "note"]
    assert held.begun == ["first", "note", "reindex"]


def test_who_waits_is_told_how_many_come_before(one: FairQueue, held: Held) -> None:
    told: dict[str, list[int]] = {"b": [], "c": []}
    one.submit("ana", held.work("a"))
    held.until("a")
    one.submit("ana", held.work("b"), waiting=told["b"].append)
    last = one.submit("ana", held.work("c"), waiting=told["c"].append)
    held.let_go("a", "b", "c")
    last.result(10)

    assert told == {"b": [0], "c": [1, 0]}


def test_an_error_is_the_work_s_own(one: FairQueue) -> None:
    def broken() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        one.submit("ana", broken).result(10)
    assert one.submit("ana", lambda: "next").result(10) == "next"


def test_closing_waits_for_what_has_begun_and_begins_nothing_more(held: Held) -> None:
    queue = FairQueue(1)
    begun = queue.submit("ana", held.work("begun"))
    held.until("begun")
    waiting = queue.submit("ana", held.work("waiting"))
    closing = threading.Thread(target=queue.shutdown)
    closing.start()
    held.let_go("begun")
    closing.join(10)

    assert begun.result() == "begun" and waiting.cancelled()
    with pytest.raises(RuntimeError):
        queue.submit("ana", lambda: None)
