"""An event that is set when nobody waits any more, or when the time is over, whichever is first."""

from __future__ import annotations

import threading
import time
from threading import Event
from types import TracebackType
from typing import Self

_LOOK_EVERY_S = 0.02


class Deadline:
    """Inside ``with``, :attr:`over` follows ``stopped`` and the clock; a model that watches it ends its work then."""

    def __init__(self, seconds: float, stopped: Event) -> None:
        self.over = Event()
        self.late = False
        self._seconds = seconds
        self._stopped = stopped
        self._done = Event()

    def __enter__(self) -> Self:
        ends = time.monotonic() + self._seconds
        threading.Thread(target=self._watch, args=(ends,), name="deadline", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()

    def _watch(self, ends: float) -> None:
        while not self._done.wait(max(0.0, min(_LOOK_EVERY_S, ends - time.monotonic()))):
            self.late = time.monotonic() >= ends
            if self.late or self._stopped.is_set():
                self.over.set()
                return
