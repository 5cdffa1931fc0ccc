"""Grey thumbnails of frames -> what each looks like from afar, which of them are new, and which to keep.

The difference hash (Neal Krawetz, "Kind of Like That", hackerfactor.com, 2013): does it get lighter or darker from one
cell to the next? Ours is finer than his 9 x 8, since a line of text added to a slide is a change; and a step of a few
grey levels is none, since cells of a plain ground differ by the noise of the compression alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 49, 32
"""Of the thumbnail: a cell is about as high as a line of text on a slide."""
PLAIN_LEVELS = 3
"""Steps up to this many grey levels are noise."""
NEW_FROM_CELLS = 8
"""Frames that differ in fewer of the 1,536 steps show the same: a moving pointer changes up to 5, a clock in the corner
3, a line of three words on a slide 20 and more (tests/perception/test_fingerprints.py)."""

Fingerprint = NDArray[np.int8]
"""int8, shape (ROWS, COLUMNS - 1): -1 darker to the right, 1 lighter, 0 as good as the same."""


def fingerprint(grey: NDArray[np.uint8]) -> Fingerprint:
    """From a thumbnail: uint8, shape (ROWS, COLUMNS)."""
    steps = np.diff(grey.astype(np.int16), axis=1)
    return np.where(np.abs(steps) <= PLAIN_LEVELS, 0, np.sign(steps)).astype(np.int8)


def difference(one: Fingerprint, other: Fingerprint) -> int:
    """In how many cells two frames differ."""
    return int(np.count_nonzero(one != other))


def worth_keeping(seen: Sequence[tuple[float, Fingerprint]], most: int) -> list[float]:
    """The seconds of the frames that show something new, in order.

    A frame much like the last one kept is dropped. When more than ``most`` are left, as where the camera moves, the
    time is parted into so many equal stretches, and each keeps the frame with which most changed: its change of scene.
    """
    kept: list[tuple[float, Fingerprint, int]] = []
    for at_s, print_ in seen:
        changed = difference(print_, kept[-1][1]) if kept else print_.size
        if changed >= NEW_FROM_CELLS:
            kept.append((at_s, print_, changed))
    if len(kept) <= most:
        return [at_s for at_s, _, _ in kept]
    begin, end = kept[0][0], kept[-1][0]
    edges = [begin + (end - begin) * part / most for part in range(most)] + [float("inf")]
    chosen = []
    for start, stop in pairwise(edges):
        stretch = [each for each in kept if start <= each[0] < stop]
        if stretch:
            chosen.append(max(stretch, key=lambda each: each[2])[0])
    return chosen
