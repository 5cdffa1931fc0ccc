"""A picture -> what an OCR engine reads well: grey, dark letters on light. It knows no engine and no words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from mmchat.types import Box, Pixels

Grey = NDArray[np.uint8]
"""uint8, shape (height_px, width_px), 0 black .. 255 white."""

_TILE_PX = 16
"""The ground is flat over a tile: about a line of screen text, less than the rim around the words of a button."""
_INK_BELOW = 150
_RIM_PX = 3


def dark_on_light(pixels: Pixels) -> Grey:
    """Grey; turned over when more than half of the picture is dark."""
    grey: Grey = np.asarray(Image.fromarray(pixels).convert("L"))
    if np.median(grey) < 128:
        grey = np.subtract(255, grey, dtype=np.uint8)
    return grey


def flattened(grey: Grey) -> Grey:
    """How far each pixel lies from the ground around it, as dark on white.

    Words in a coloured button, a dark bar or a pale grey come out alike. The ground is the median of a tile, then of
    the nine tiles around; letters thicker than a tile lose their inside, so this is for what plain grey does not show.
    """
    height, width = grey.shape
    rows, columns = -(-height // _TILE_PX), -(-width // _TILE_PX)
    padded = np.pad(grey, ((0, rows * _TILE_PX - height), (0, columns * _TILE_PX - width)), mode="edge")
    tiles = padded.reshape(rows, _TILE_PX, columns, _TILE_PX).transpose(0, 2, 1, 3).reshape(rows, columns, -1)
    medians = Image.fromarray(np.median(tiles, axis=2).astype(np.uint8)).filter(ImageFilter.MedianFilter(3))
    tiled = np.asarray(medians, dtype=np.int16)
    ground = tiled.repeat(_TILE_PX, 0).repeat(_TILE_PX, 1)[:height, :width]
    away = np.abs(grey - ground) * 3 // 2  # the half more makes pale grey legible
    flat: Grey = (255 - np.minimum(away, 255)).astype(np.uint8)
    return flat


def without(flat: Grey, boxes: Iterable[Box]) -> Grey:
    """The same with these boxes (fractions 0..1) painted white."""
    left = flat.copy()
    height, width = flat.shape
    for x0, y0, x1, y1 in boxes:
        top, bottom = max(0, int(y0 * height) - _RIM_PX), int(y1 * height) + _RIM_PX + 1
        start, end = max(0, int(x0 * width) - _RIM_PX), int(x1 * width) + _RIM_PX + 1
        left[top:bottom, start:end] = 255
    return left


def ink(flat: Grey) -> float:
    """The share 0..1 of a flattened picture that stands out from its ground."""
    return float(np.mean(flat < _INK_BELOW))


def scaled(grey: Grey, scale: float) -> Image.Image:
    """The picture at ``scale`` times its size."""
    image = Image.fromarray(grey)
    if scale == 1.0:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX)
