"""The steps of one file's job -> the share of it that is done, and a guess of the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable

from mmchat.types import Attachment, Ingesting, JobState, Modality

Report = Callable[[Ingesting], None]

# What share of a file's whole time has passed when each step begins: reading, perceiving, encoding.
# From runs on the development data (2026-11-21): text waits for its vectors, pictures and sound for perception.
STEP_STARTS = {
    Modality.TEXT: {JobState.READING: 0.0, JobState.PERCEIVING: 0.1, JobState.ENCODING: 0.2},
    Modality.IMAGE: {JobState.READING: 0.0, JobState.PERCEIVING: 0.05, JobState.ENCODING: 0.8},
    Modality.AUDIO: {JobState.READING: 0.0, JobState.PERCEIVING: 0.05, JobState.ENCODING: 0.95},
    Modality.VIDEO: {JobState.READING: 0.0, JobState.PERCEIVING: 0.05, JobState.ENCODING: 0.9},
}


class FileProgress:
    """Turns steps into one fraction and a guess of the time left, reported at most ten times a second."""

    def __init__(self, attachment: Attachment, report: Report, clock: Callable[[], float] = time.monotonic) -> None:
        self._attachment = attachment
        self._report = report
        self._clock = clock
        self._started = clock()
        self._last = float("-inf")
        self._state = JobState.QUEUED
        self._fraction = 0.0

    def enter(self, state: JobState) -> bool:
        """Whether this is the first word of a new step."""
        new = state is not self._state
        self._state = state
        return new

    def at(self, state: JobState, fraction: float) -> None:
        """Report ``fraction`` (0..1) of the step; the whole never goes backwards."""
        starts = STEP_STARTS[self._attachment.modality]
        begin = starts.get(state, 1.0)
        end = min((s for s in starts.values() if s > begin), default=1.0)
        self._fraction = max(self._fraction, begin + (end - begin) * min(max(fraction, 0.0), 1.0))
        now = self._clock()
        if now - self._last < 0.1 and state is not JobState.INDEXED and fraction > 0:
            return
        self._last = now
        elapsed = now - self._started
        remaining = elapsed * (1 - self._fraction) / self._fraction if elapsed > 1 and self._fraction > 0.03 else None
        self._report(Ingesting(self._attachment.name, state, self._fraction, remaining))
