"""Pixels and the words read in them -> a likeness that survives another format, quality or size, and little else.

The key is the 64-bit pHash (C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010): the
signs of the lowest 8 x 8 frequencies of a 32 x 32 grey picture about their median. It knows no colours and is blind
to small things, so it only finds what is worth comparing. The proof is the picture in cells of grey and of colour, its
proportions, and the words read in it: every cell must agree, and every word. A screenshot with one other number, a
chart with one other bar or a drawing in another colour is another picture.

Measured on 376 stamps (development data, 2026-11-21), each written anew as JPEG of quality 90, 75 and 50, as WebP, at
half and double size and at .37 of it. Of those of 100 px and more, the cells of a copy are at most 14 (grey) and 15
(colour) apart and its keys 12 bits or fewer in 99 of 100; the nearest two distinct pictures within 12 bits are two
coins, 35 apart. Two drawings of thin lines are 12 apart in their cells and 38 bits in their keys: both are needed.
"""

from __future__ import annotations

import hashlib
import struct
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mmchat.perception.likeness import Likeness, bits_apart
from mmchat.perception.text_likeness import plain
from mmchat.types import Pixels

METHOD = "picture-1"
MOST_BITS = 12
MOST_GREY, MOST_COLOUR = 16, 16
"""How far any cell of a copy may be off, of 255."""
MOST_MEAN_GREY = 3.5
MOST_STRETCH = 0.025
"""How far the proportions of a copy may be off: what rounding does to 40 px."""
_FINE_FROM_PX = 256
"""Pictures with fewer pixels on a side are compared in cells of twice the size: theirs are few, and blur."""
_LEAST_CONTRAST = 8
"""Between the darkest and the brightest cell; with less the signs of the frequencies are chance."""
_CELLS, _COLOUR_CELLS, _LOW = 32, 8, 8
_HEAD = struct.Struct("<fI32s")

_Cells = NDArray[np.float32]


def picture_likeness(pixels: Pixels, words: str) -> Likeness | None:
    """The likeness of a picture in which ``words`` were read; None for one of a single shade, which shows nothing."""
    picture = Image.fromarray(pixels)
    brightness, *colours = picture.convert("YCbCr").split()
    # The triangle filter: it looks at every pixel, and cell borders that fall elsewhere in a copy do not matter.
    grey = brightness.resize((_CELLS, _CELLS), Image.Resampling.BILINEAR)
    if np.ptp(np.asarray(grey)) < _LEAST_CONTRAST:
        return None
    side = (_COLOUR_CELLS, _COLOUR_CELLS)
    tints = [colour.resize(side, Image.Resampling.BILINEAR).tobytes() for colour in colours]
    stretch = float(np.log(picture.width / picture.height))
    read = hashlib.sha256("".join(c for c in plain(words) if c.isalnum()).encode()).digest()
    head = _HEAD.pack(stretch, min(picture.size), read)
    return Likeness(METHOD, _hash(np.asarray(grey, dtype=np.float64)), b"".join((head, grey.tobytes(), *tints)))


def same_picture(a: Likeness, b: Likeness) -> bool:
    """Whether both are one picture in two encodings."""
    if bits_apart(a.key, b.key) > MOST_BITS:
        return False
    stretch, side_px, read = _HEAD.unpack_from(a.proof)
    other_stretch, other_side_px, other_read = _HEAD.unpack_from(b.proof)
    if read != other_read or abs(stretch - other_stretch) > MOST_STRETCH:
        return False
    fine = min(side_px, other_side_px) >= _FINE_FROM_PX
    grey = np.abs(_grey(a, fine=fine) - _grey(b, fine=fine))
    colour = np.abs(_colour(a) - _colour(b))
    return bool(grey.max() <= MOST_GREY and grey.mean() <= MOST_MEAN_GREY and colour.max() <= MOST_COLOUR)


def _grey(likeness: Likeness, *, fine: bool) -> _Cells:
    cells = np.frombuffer(likeness.proof, np.uint8, count=_CELLS**2, offset=_HEAD.size).astype(np.float32)
    square = cells.reshape(_CELLS, _CELLS)
    return square if fine else square.reshape(_CELLS // 2, 2, _CELLS // 2, 2).mean(axis=(1, 3))


def _colour(likeness: Likeness) -> _Cells:
    return np.frombuffer(likeness.proof, np.uint8, offset=_HEAD.size + _CELLS**2).astype(np.float32)


def _hash(grey: NDArray[np.float64]) -> int:
    low = (_cosines() @ grey @ _cosines().T)[:_LOW, :_LOW].ravel()
    signs = low > np.median(low[1:])  # the first is the mean brightness
    return int(np.packbits(signs).view(">i8")[0])


@cache
def _cosines() -> NDArray[np.float64]:
    """The cosine transform (DCT-II) as a matrix, shape (32, 32)."""
    at = np.arange(_CELLS)
    return np.asarray(np.cos(np.pi / _CELLS * np.outer(at, at + 0.5)))
