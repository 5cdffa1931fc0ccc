"""An LLM choice of a visitor -> what was made for it, kept in this process while it is of use and no longer.

A choice may hold a key, and so may what is made for it. Both are forgotten when the page that chose lets its choice
go, when nobody asked with it for a while, and when more recent ones need the place.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from mmchat.types import LLMChoice

T = TypeVar("T")

MOST = 16
IDLE_S = 1800.0
"""As long as a person may read, or be called away, before asking again (our choice); then it is made anew."""


@dataclass(slots=True)
class _Kept(Generic[T]):
    made: T
    turn: int
    used_s: float


class Chosen(Generic[T]):
    """At most ``most`` of them. It holds no choice itself: the page that made it does."""

    def __init__(self, make: Callable[[LLMChoice], T], *, most: int = MOST, idle_s: float = IDLE_S) -> None:
        self._make = make
        self._most = most
        self._idle_s = idle_s
        self._kept: weakref.WeakKeyDictionary[LLMChoice, _Kept[T]] = weakref.WeakKeyDictionary()
        self._lock = threading.Lock()
        self._turns = 0
        self._watched = False

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, choice: LLMChoice) -> T:
        """What was made for this choice, made now if it has to be."""
        with self._lock:
            kept = self._kept.get(choice)
            if kept is None:
                kept = self._kept[choice] = _Kept(self._make(choice), 0, 0.0)
            self._turns += 1
            kept.turn, kept.used_s = self._turns, time.monotonic()
            for old, _ in sorted(self._kept.items(), key=lambda item: -item[1].turn)[self._most :]:
                self._kept.pop(old, None)
            if not self._watched:
                self._watch(self._idle_s)
            return kept.made

    def _watch(self, wait_s: float) -> None:
        self._watched = True
        watch = threading.Timer(wait_s, _forget_idle, [weakref.ref(self)])
        watch.daemon = True
        watch.start()

    def forget_idle(self) -> None:
        """Forget what was not asked for lately, and look again when the next one will be due."""
        with self._lock:
            now_s = time.monotonic()
            for choice, kept in list(self._kept.items()):
                if now_s - kept.used_s >= self._idle_s:
                    self._kept.pop(choice, None)
            oldest_s = min((kept.used_s for kept in list(self._kept.values())), default=None)
            self._watched = False
            if oldest_s is not None:
                self._watch(max(0.01, oldest_s + self._idle_s - now_s))


def _forget_idle(chosen: weakref.ref[Chosen[T]]) -> None:
    if (here := chosen()) is not None:
        here.forget_idle()
