"""Grey thumbnails of frames -> what each looks like from afar, which of them are new, and which to keep.

A difference hash (Neal Krawetz, "Kind of Like That", hackerfactor.com, 2013): how much lighter or darker is each cell
than the one before it? Ours is finer than his 9 x 8, since a line of text added to a slide is a change; and it keeps
the steps rather than their signs, since in a plain ground or a busy photo the signs change with the noise of coding.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 49, 32
"""Of the thumbnail: a cell is about as high as a line of text on a slide."""
NOISE_LEVELS = 8
"""A step that differs by up to this many of 256 grey levels is the same. A photo in VP8 at 2 Mbit/s sharpens by up to
this much in its first seconds."""
NEW_FROM_CELLS = 8
"""Frames in which fewer of the 1,536 steps differ show the same. A moving pointer changes up to 3, a clock in a corner
2; a line of two words added to a slide 13, two other words 19 (measured on drawn slides, 2026-11-21)."""

MOVING_CELLS = 600
"""Frames that differ in more of the steps a second later are of a camera that moves: a slow pan changes 850."""
READ_OF_MOVING = 5
"""One in so many frames of a moving camera is read: a sign stays in view for longer, and reading busy pictures is most
of the work on such a video."""

Fingerprint = NDArray[np.int16]
"""int16, shape (ROWS, COLUMNS - 1): how much lighter each cell is than its left neighbour, -255..255."""


def fingerprint(grey: NDArray[np.uint8]) -> Fingerprint:
    """From a thumbnail: uint8, shape (ROWS, COLUMNS)."""
    levels = grey.astype(np.int16)
    return levels[:, 1:] - levels[:, :-1]


def difference(one: Fingerprint, other: Fingerprint) -> int:
    """In how many steps two frames differ."""
    return int(np.count_nonzero(np.abs(one - other) > NOISE_LEVELS))


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


def worth_reading(seen: Sequence[tuple[float, Fingerprint]], kept: Sequence[float]) -> frozenset[float]:
    """Which of the kept frames to look for words on: all that stand still, and some of those that do not."""
    moving = {at_s for (at_s, one), (_, other) in pairwise(seen) if difference(one, other) > MOVING_CELLS}
    wanted, passed = set[float](), 0
    for at_s in kept:
        if at_s not in moving or passed % READ_OF_MOVING == 0:
            wanted.add(at_s)
        passed += at_s in moving
    return frozenset(wanted)
