"""A picture -> what a model is sent of it: upright, on white, no larger than it needs, JPEG or PNG."""

from __future__ import annotations

import io
import logging
from pathlib import Path

from PIL import Image

from mmchat.errors import UnsupportedAttachment
from mmchat.llms.base import ImagePart
from mmchat.perception.upright import DAMAGED, DRAWN, opened, upright
from mmchat.perception.video_file import frames_at
from mmchat.types import Candidate, Modality, Pixels, RunContext, SegmentKind

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


def picture_of(candidate: Candidate) -> str:
    """Which picture it is or lies in, as a key: that of a file, or a frame of a video; "" for words and sounds."""
    segment, attachment = candidate.segment, candidate.attachment
    if attachment.modality is Modality.IMAGE:
        return attachment.id
    if attachment.modality is Modality.VIDEO and segment.kind in (SegmentKind.WHOLE_IMAGE, SegmentKind.TEXT_REGION):
        return f"{attachment.id} {segment.locator.start_s}"
    return ""


def candidate_part(candidate: Candidate, context: RunContext, side_px: int, instead: str) -> ImagePart | None:
    """As :func:`picture_part`, of a picture or of the frame of a video that it is or lies in."""
    path = context.original(candidate.attachment.id)
    if path is None:
        return None
    try:
        part: ImagePart | None = context.apart(_part_of, candidate, path, side_px, instead)
    except UnsupportedAttachment as error:
        log.warning("a picture could not be decoded for the model: %s (%s)", path.name, error)
        return None
    return part


def _part_of(candidate: Candidate, path: Path, side_px: int, instead: str) -> ImagePart | None:
    if candidate.attachment.modality is not Modality.VIDEO:
        return picture_part(path, side_px, instead)
    for _, pixels in frames_at(path, [candidate.segment.locator.start_s or 0.0]):
        return pixels_part(pixels, side_px, instead)
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
