"""A stored picture, however it is stored -> as a person sees it: turned by its EXIF, 8 bits, RGB, on white paper.

One place for it, since whoever looks at a picture (OCR, a person, a model) must see the same one.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

DAMAGED = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What Pillow raises, at opening or only at decoding, for data that it cannot read."""

DRAWN = frozenset({"PNG", "GIF", "BMP"})
"""Formats of screenshots and drawings: sharp edges, which JPEG would blur."""

_DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """The picture, its data not yet decoded. Odd but readable metadata is no reason to warn anybody.

    Raises:
        One of :data:`DAMAGED`: also from the block, when the picture is decoded there.
    """
    with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
        yield image


def upright(image: Image.Image, *, within_px: int | None = None, spread: bool = False) -> Image.Image:
    """The first frame upright, RGB, transparency laid on white.

    Args:
        image: as it was opened.
        within_px: the longer side is scaled down to this; never up.
        spread: whether the greys of a scan deeper than 8 bits are spread over the whole range, for a viewer;
            without, 16 bits keep their own range, so that a dark scan stays dark.
    """
    if within_px is not None:
        image.draft("RGB", (within_px, within_px))  # JPEG: decode at a fraction of the size
    shown = ImageOps.exif_transpose(image)
    if shown.mode in _DEEP:
        shown = Image.fromarray(_to_8_bit(np.asarray(shown)))
        if spread:
            shown = ImageOps.autocontrast(shown)
    transparent = shown.has_transparency_data
    shown = shown.convert("RGBA" if transparent else "RGB")  # before scaling: a palette cannot be interpolated
    if within_px is not None:
        shown.thumbnail((within_px, within_px), Image.Resampling.LANCZOS)
    if not transparent:  # a large photo need not be held three times
        return shown
    paper = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(paper, shown).convert("RGB")


def _to_8_bit(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Deep grey to 0..255: 16 bits by their range, anything deeper or fractional by what the picture holds."""
    grey = values.astype(np.float64)
    low, high = float(grey.min()), float(grey.max())
    if values.dtype.kind in "iu" and low >= 0 and 255 < high <= 65535:
        low, high = 0.0, 65535.0
    elif low >= 0 and high <= 255 and high > 1:
        low, high = 0.0, 255.0
    return np.asarray((grey - low) / max(high - low, 1e-9) * 255, dtype=np.uint8)
