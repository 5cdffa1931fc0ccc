"""A waveform -> a likeness that survives another format, quality or loudness, and no cut and no other word.

J. Haitsma and T. Kalker, A Highly Robust Audio Fingerprinting System (ISMIR 2002): for each frame of 0.37 s, 32 bits
that say whether the difference in energy of two neighbouring bands, of 33 between 300 and 2,000 Hz, rose or fell since
the frame before. Frames here follow each other by 32 ms. Beside its bits each keeps its loudness, for in silence the
bits are chance.

Two recordings are the same when they are as long and every half second of one agrees with the other. Their measure for
a whole song, .35 of the bits, would hide a word. Measured on 73 prompts and sound effects (development data,
2026-11-21): at most .18 of the bits of any half second are wrong in every copy as MP3 of 128 kbit/s, AAC of 64 and
Opus of 48, and in 97 and 92 of 100 as MP3 of 32 and Opus of 24. Of 4,820 pairs of prompts and effects of one length no
two distinct ones come nearer than .23, and of 21 sentences spoken by one synthetic voice with one word changed ("two",
"three"), none nearer than .20.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mmchat.perception.likeness import Likeness
from mmchat.types import SAMPLE_RATE_HZ, Waveform

METHOD = "sound-1"
MOST_S_APART = 0.15
"""What an encoder may add at the ends (MP3: up to three frames of 26 ms each)."""
MOST_WRONG_BITS = 0.18
MOST_DB_APART = 4
"""How far the loudness of all but a twentieth of the frames may be off, once both are equally loud."""
_FRAME, _HOP, _SPECTRUM = 5_920, 512, 8_192
_BANDS, _LOWEST_HZ, _HIGHEST_HZ = 33, 300.0, 2_000.0
_STRETCH, _STEP, _LEAST_LOUD = 16, 8, 8
"""In frames: a stretch, from one to the next, and how many of a stretch must be heard for it to count."""
_MOST_SHIFT = 2
_SILENT_DB = -60
_HEARD_DB = 40
"""How far below the loudest frame anything is still heard."""
_AT_ONCE = 512
_RECORD = np.dtype([("bits", "<u4"), ("level_db", "i1")])

_Energies = NDArray[np.float64]
_Record = NDArray[np.void]


def sound_likeness(waveform: Waveform) -> Likeness | None:
    """The likeness of a recording; None when it is silent or shorter than a second."""
    if len(waveform) < SAMPLE_RATE_HZ:
        return None
    energies = np.concatenate(list(_energies(waveform)))
    levels = 10 * np.log10(energies.sum(axis=1) / _FRAME + 1e-12)
    rises = np.diff(np.diff(energies, axis=1), axis=0) > 0
    record = np.zeros(len(rises), dtype=_RECORD)
    record["bits"] = np.packbits(rises, axis=1, bitorder="little").view("<u4")[:, 0]
    record["level_db"] = np.round(levels[1:]).clip(-127, 127)
    if record["level_db"].max() < _SILENT_DB:
        return None
    return Likeness(METHOD, round(1000 * len(waveform) / SAMPLE_RATE_HZ), record.tobytes())


def same_sound(a: Likeness, b: Likeness) -> bool:
    """Whether both are one recording in two encodings."""
    if abs(a.key - b.key) > 1000 * MOST_S_APART:
        return False
    one, other = np.frombuffer(a.proof, _RECORD), np.frombuffer(b.proof, _RECORD)
    return any(_agree(one, other, shift) for shift in range(-_MOST_SHIFT, _MOST_SHIFT + 1))


def _agree(one: _Record, other: _Record, shift: int) -> bool:
    """Whether the second, begun so many frames later, agrees with the first in every stretch."""
    one, other = one[max(0, shift) :], other[max(0, -shift) :]
    length = min(len(one), len(other))
    one, other = one[:length], other[:length]
    levels = np.stack([one["level_db"], other["level_db"]]).astype(np.float32)
    heard = (levels > levels.max(axis=1, keepdims=True) - _HEARD_DB).any(axis=0)
    if heard.sum() < _LEAST_LOUD:
        return False
    louder = levels[0] - levels[1]
    if np.percentile(np.abs(louder - np.median(louder[heard]))[heard], 95) > MOST_DB_APART:
        return False
    wrong = np.where(heard, np.bitwise_count(one["bits"] ^ other["bits"]) / 32, 0.0)
    starts = np.unique([*range(0, max(1, length - _STRETCH), _STEP), max(0, length - _STRETCH)])
    ends = np.minimum(starts + _STRETCH, length)
    wrong_before, heard_before = (np.concatenate([[0.0], np.cumsum(each)]) for each in (wrong, heard))
    counted = heard_before[ends] - heard_before[starts]
    share = (wrong_before[ends] - wrong_before[starts]) / np.maximum(counted, 1)
    return bool((share[counted >= _LEAST_LOUD] <= MOST_WRONG_BITS).all())


def _energies(waveform: Waveform) -> Iterator[_Energies]:
    """The energy of each band in each frame, shape (n_frames, 33), in blocks."""
    window = np.hanning(_FRAME).astype(np.float32)
    frequencies = np.fft.rfftfreq(_SPECTRUM, 1 / SAMPLE_RATE_HZ)
    edges = np.searchsorted(frequencies, np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _BANDS + 1))
    count = 1 + (len(waveform) - _FRAME) // _HOP
    frames = np.lib.stride_tricks.sliding_window_view(waveform, _FRAME)[::_HOP]
    for at in range(0, count, _AT_ONCE):
        spectrum = np.fft.rfft(frames[at : at + _AT_ONCE] * window, _SPECTRUM)[:, : edges[-1]]
        yield np.add.reduceat(np.abs(spectrum).astype(np.float64) ** 2, edges[:-1], axis=1)
