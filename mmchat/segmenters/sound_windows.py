"""A waveform and where words were heard in it -> windows of 5 to 10 s in which something else is heard.

Plain arithmetic on loudness: it does not know what is heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mmchat.perception.speech_windows import Stretch
from mmchat.types import SAMPLE_RATE_HZ, Waveform

LONGEST_S = 10.0
SHORTEST_S = 1.0
"""What is heard for less than this between words is breath, a click or a chair."""
SHORT_CLIP_S = 10.0
"""A clip up to this long without words is one sound, silence at its ends included."""
QUIET_DB = -55.0
"""Below full scale; quieter than the noise of a quiet room through a microphone (about -60 to -50 dB)."""
JOIN_PAUSES_S = 2.0
"""Sounds this close together are one."""
EDGE_S = 0.3
"""A word is heard a little before and after voice activity finds it; that much of a gap belongs to the speech."""
_FRAME_S = 0.25
_FRAME = int(_FRAME_S * SAMPLE_RATE_HZ)


def sound_windows(waveform: Waveform, speech: Sequence[Stretch]) -> Iterator[Stretch]:
    """Windows in playing order, none of them silent, none with words in it."""
    loud = _loud(waveform)
    whole = Stretch(0, len(waveform))
    if not speech and len(waveform) <= SHORT_CLIP_S * SAMPLE_RATE_HZ:
        if any(loud):
            yield whole
        return
    for gap in _gaps(whole, speech):
        for sound in _sounds(gap, loud):
            yield from _split(sound)


def _loud(waveform: Waveform) -> list[bool]:
    """For each quarter of a second, whether anything is heard."""
    threshold = 10 ** (QUIET_DB / 20)
    frames = (waveform[at : at + _FRAME] for at in range(0, len(waveform), _FRAME))
    return [float(np.sqrt(np.mean(np.square(frame, dtype=np.float64)))) >= threshold for frame in frames]


def _gaps(whole: Stretch, speech: Sequence[Stretch]) -> Iterator[Stretch]:
    at = whole.start
    edge = int(EDGE_S * SAMPLE_RATE_HZ)
    for stretch in speech:
        if stretch.start - edge > at:
            yield Stretch(at, stretch.start - edge)
        at = max(at, stretch.end + edge)
    if at < whole.end:
        yield Stretch(at, whole.end)


def _sounds(gap: Stretch, loud: Sequence[bool]) -> Iterator[Stretch]:
    """Stretches of the gap that begin and end loud and hold no long pause."""
    held: Stretch | None = None
    for number in range(gap.start // _FRAME, -(-gap.end // _FRAME)):
        if not loud[number]:
            continue
        start, end = max(number * _FRAME, gap.start), min((number + 1) * _FRAME, gap.end)
        if held is not None and start - held.end <= JOIN_PAUSES_S * SAMPLE_RATE_HZ:
            held = Stretch(held.start, end)
        else:
            if held is not None:
                yield held
            held = Stretch(start, end)
    if held is not None:
        yield held


def _split(sound: Stretch) -> Iterator[Stretch]:
    """Equal parts of at most ten seconds, so that none is a mere rest."""
    length = sound.end - sound.start
    if length < SHORTEST_S * SAMPLE_RATE_HZ:
        return
    parts = -(-length // int(LONGEST_S * SAMPLE_RATE_HZ))
    edges = [sound.start + length * part // parts for part in range(parts + 1)]
    yield from (Stretch(a, b) for a, b in zip(edges[:-1], edges[1:], strict=True))
