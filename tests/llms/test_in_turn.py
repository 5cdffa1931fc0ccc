from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from mmchat.llms import in_turn

Tell = Callable[[int], None]
Ended = Callable[[], bool]


def forever(tell: Tell, ended: Ended) -> None:
    number = 0
    while not ended():
        tell(number)
        number += 1
        time.sleep(0.005)


def test_pieces_come_in_order_and_end() -> None:
    def work(tell: Tell, ended: Ended) -> None:
        for number in range(5):
            tell(number)

    turn = threading.Lock()

    assert list(in_turn.pieces(work, turn, threading.Event())) == [0, 1, 2, 3, 4]
    assert not turn.locked()


def test_an_error_is_raised_after_the_pieces_before_it() -> None:
    def work(tell: Tell, ended: Ended) -> None:
        tell(1)
        raise ValueError("broken")

    heard, turn = [], threading.Lock()

    with pytest.raises(ValueError, match="broken"):
        for piece in in_turn.pieces(work, turn, threading.Event()):
            heard.append(piece)
    assert heard == [1]
    assert not turn.locked()


def test_stopping_ends_the_work() -> None:
    turn, stopped = threading.Lock(), threading.Event()
    pieces = in_turn.pieces(forever, turn, stopped)

    next(pieces)
    stopped.set()

    assert list(pieces) == []
    assert not turn.locked()


def test_leaving_ends_the_work() -> None:
    turn = threading.Lock()
    pieces = in_turn.pieces(forever, turn, threading.Event())

    next(pieces)
    pieces.close()  # type: ignore[attr-defined]

    assert not turn.locked()


def test_the_next_waits_until_the_turn_is_free() -> None:
    turn, worked = threading.Lock(), threading.Event()
    first = in_turn.pieces(forever, turn, threading.Event())
    next(first)
    stopped = threading.Event()

    def second() -> None:
        list(in_turn.pieces(lambda tell, ended: worked.set(), turn, stopped))

    thread = threading.Thread(target=second)
    thread.start()
    assert not worked.wait(0.2)
    first.close()  # type: ignore[attr-defined]
    assert worked.wait(2)
    thread.join(2)


def test_who_stops_while_waiting_never_works() -> None:
    turn, stopped, worked = threading.Lock(), threading.Event(), threading.Event()
    threading.Timer(0.1, stopped.set).start()

    with turn:
        assert list(in_turn.pieces(lambda tell, ended: worked.set(), turn, stopped)) == []

    time.sleep(0.15)
    assert not worked.is_set()
    assert not turn.locked()
