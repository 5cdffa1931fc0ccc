"""Stretches of speech -> windows of at most 29 s packed without the pauses, and times back onto the recording.

Whisper pays for 30 s whether they hold speech or not, so speech with long pauses is packed before it is listened to.
Plain arithmetic: nothing here hears anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from mmchat.types import SAMPLE_RATE_HZ, Waveform

WINDOW_S = 29.0
"""A second less than Whisper's 30 s, so that the last word is not cut by rounding."""

JOINT_S = 0.4
"""Silence between the stretches of a window. Without it Whisper runs the first word of one into the end of another."""

BREAK_AFTER_S = 12.0
BREAK_AT_PAUSE_S = 2.0
"""A window already this full ends at a pause this long: what follows is often another speaker or language."""

_JOINT = int(JOINT_S * SAMPLE_RATE_HZ)
_PRECISION_S = 0.02  # of Whisper's word times


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the recording in which somebody speaks, in samples from its start."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches that are listened to together, with a short silence between them."""

    stretches: tuple[Stretch, ...]

    @property
    def samples(self) -> int:
        """How much of it is speech, pauses and joints left out."""
        return sum(stretch.end - stretch.start for stretch in self.stretches)

    def audio(self, waveform: Waveform) -> Waveform:
        """The stretches cut out of ``waveform`` and joined: float32, at most WINDOW_S long."""
        pieces = [waveform[self.stretches[0].start : self.stretches[0].end]]
        for stretch in self.stretches[1:]:
            pieces += [np.zeros(_JOINT, dtype=np.float32), waveform[stretch.start : stretch.end]]
        return np.concatenate(pieces)

    def place(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Seconds in the window -> seconds in the recording; a word stays whole in the stretch of its end.

        Of its end, because Whisper lets a word after a pause begin in that pause.
        """
        starts = [0]
        for stretch in self.stretches[:-1]:
            starts.append(starts[-1] + stretch.end - stretch.start + _JOINT)
        at = max(0, bisect_right(starts, int((end_s - _PRECISION_S) * SAMPLE_RATE_HZ)) - 1)
        stretch = self.stretches[at]
        shift = stretch.start - starts[at]
        low, high = stretch.start / SAMPLE_RATE_HZ, stretch.end / SAMPLE_RATE_HZ
        begin = min(max(start_s + shift / SAMPLE_RATE_HZ, low), high)
        finish = min(max(end_s + shift / SAMPLE_RATE_HZ, begin), high)
        return begin, finish


def pack(stretches: Iterable[Stretch]) -> Iterator[Window]:
    """Windows in playing order. A stretch is never divided: voice activity already keeps it under WINDOW_S."""
    held: list[Stretch] = []
    length = 0
    for stretch in stretches:
        size = stretch.end - stretch.start
        if held:
            full = length + _JOINT + size > WINDOW_S * SAMPLE_RATE_HZ
            pause = stretch.start - held[-1].end
            if full or (length > BREAK_AFTER_S * SAMPLE_RATE_HZ and pause > BREAK_AT_PAUSE_S * SAMPLE_RATE_HZ):
                yield Window(tuple(held))
                held, length = [], 0
        length += size + (_JOINT if held else 0)
        held.append(stretch)
    if held:
        yield Window(tuple(held))
