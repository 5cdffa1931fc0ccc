"""A picture -> what a model is sent of it: upright, on white, no larger than it needs, JPEG or PNG."""

from __future__ import annotations

import io
import logging
from pathlib import Path

from PIL import Image

from mmchat.llms.base import ImagePart
from mmchat.perception.upright import DAMAGED, DRAWN, opened, upright
from mmchat.types import Pixels

log = logging.getLogger(__name__)

_JPEG_QUALITY = 85


def picture_part(path: Path, side_px: int, instead: str) -> ImagePart | None:
    """The picture at ``path``, its longer side at most ``side_px``; None, with a log line, when it cannot be decoded.

    Args:
        path: any picture that Pillow opens.
        side_px: larger ones are scaled down, smaller ones stay as they are.
        instead: the words for a model that sees no pictures.
    """
    try:
        with opened(path) as image:
            drawn = image.format in DRAWN
            return _part(upright(image, within_px=side_px, spread=True), instead, drawn=drawn)
    except DAMAGED as error:
        log.warning("a picture could not be decoded for the model: %s (%s)", path.name, type(error).__name__)
        return None


def pixels_part(pixels: Pixels, side_px: int, instead: str) -> ImagePart:
    """Decoded pixels, uint8, shape (height_px, width_px, 3), as :func:`picture_part` gives a file."""
    image = Image.fromarray(pixels)
    image.thumbnail((side_px, side_px), Image.Resampling.LANCZOS)
    return _part(image, instead, drawn=False)


def _part(image: Image.Image, instead: str, *, drawn: bool) -> ImagePart:
    data, media_type = _encoded(image, "JPEG", quality=_JPEG_QUALITY), "image/jpeg"
    if drawn:  # a screenshot is often smaller as PNG, and then sharper too
        png = _encoded(image, "PNG", optimize=False)
        if len(png) <= len(data):
            data, media_type = png, "image/png"
    return ImagePart(data, media_type, image.width, image.height, instead)


def _encoded(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
