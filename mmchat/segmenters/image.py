"""A picture -> one segment for the whole, and one per region of text in it, with a box for every word."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mmchat.errors import UnsupportedAttachment
from mmchat.perception.language import detect_language
from mmchat.perception.ocr import OcrParagraph, TextReader, create_reader
from mmchat.segmenters.base import Progress, Segmenter, segment_id
from mmchat.settings import Settings
from mmchat.types import (
    Attachment,
    JobState,
    Locator,
    Pixels,
    Segment,
    SegmentInput,
    SegmentKind,
    WordPlace,
)

REGION_WORDS = 60
"""Small paragraphs that lie together are one region up to this many words: enough to know what a number belongs to."""
_GAP_LINES = 2.5
"""Paragraphs lie together when the gap between them is at most this many line heights."""


class ImageSegmenter(Segmenter):
    """Reads pictures."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def from_settings(cls, settings: Settings) -> ImageSegmenter:
        """With the OCR that ``settings`` choose."""
        return cls(settings)

    @cached_property
    def _reader(self) -> TextReader:
        return create_reader(self._settings)

    def load(self) -> None:
        """Open the OCR engine."""
        self._reader.load()

    def segment(self, attachment: Attachment, original: Path, progress: Progress) -> Iterator[SegmentInput]:
        """The whole picture first, then its regions in reading order."""
        pixels = open_picture(original)
        progress(JobState.READING, 1.0)
        whole = Segment(
            id=segment_id(attachment.id, SegmentKind.WHOLE_IMAGE, 0, ""),
            attachment_id=attachment.id,
            modality=attachment.modality,
            kind=SegmentKind.WHOLE_IMAGE,
            ordinal=0,
            text="",
            locator=Locator(boxes=((0.0, 0.0, 1.0, 1.0),)),
        )
        yield SegmentInput(whole, pixels=pixels)
        progress(JobState.PERCEIVING, 0.0)
        for ordinal, region in enumerate(regions(self._reader.read(pixels)), start=1):
            yield SegmentInput(
                Segment(
                    id=segment_id(attachment.id, SegmentKind.TEXT_REGION, ordinal, region.text),
                    attachment_id=attachment.id,
                    modality=attachment.modality,
                    kind=SegmentKind.TEXT_REGION,
                    ordinal=ordinal,
                    text=region.text,
                    locator=Locator(boxes=(region.box,)),
                    places=region.places,
                    language=detect_language(region.text),
                )
            )
        progress(JobState.PERCEIVING, 1.0)


def open_picture(path: Path) -> Pixels:
    """The first frame, upright by its EXIF, transparency laid on white.

    Raises:
        UnsupportedAttachment: it cannot be decoded.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:  # odd but readable metadata
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("I", "F") or upright.mode.startswith("I;16"):
                upright = Image.fromarray(_to_8_bit(np.asarray(upright)))
            if not upright.has_transparency_data:  # a large photo need not be held three times
                return np.asarray(upright.convert("RGB"))
            seen = upright.convert("RGBA")
    except (OSError, ValueError, SyntaxError) as error:
        raise UnsupportedAttachment("The picture is damaged or cut off. Give a whole copy.") from error
    paper = Image.new("RGBA", seen.size, "white")
    return np.asarray(Image.alpha_composite(paper, seen).convert("RGB"))


def _to_8_bit(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Deep grey to 0..255: 16 bits by their range, anything deeper or fractional by what the picture holds."""
    grey = values.astype(np.float64)
    low, high = float(grey.min()), float(grey.max())
    if values.dtype.kind in "iu" and low >= 0 and 255 < high <= 65535:
        low, high = 0.0, 65535.0
    elif low >= 0 and high <= 255 and high > 1:
        low, high = 0.0, 255.0
    return np.asarray((grey - low) / max(high - low, 1e-9) * 255, dtype=np.uint8)


def regions(paragraphs: Sequence[OcrParagraph]) -> list[OcrParagraph]:
    """Join small paragraphs that follow each other closely in one column; every word keeps its own box."""
    joined: list[OcrParagraph] = []
    for paragraph in paragraphs:
        if joined and _together(joined[-1], paragraph):
            joined[-1] = _join(joined[-1], paragraph)
        else:
            joined.append(paragraph)
    return joined


def _together(above: OcrParagraph, below: OcrParagraph) -> bool:
    if len(above.places) + len(below.places) > REGION_WORDS:
        return False
    heights = [p.box[3] - p.box[1] for p in (*above.places, *below.places) if p.box]
    line = float(np.median(heights))
    gap = below.box[1] - above.box[3]
    across = min(above.box[2], below.box[2]) - max(above.box[0], below.box[0])
    return -line < gap <= _GAP_LINES * line and across > 0


def _join(above: OcrParagraph, below: OcrParagraph) -> OcrParagraph:
    at = len(above.text) + 1
    places: tuple[WordPlace, ...] = tuple(
        replace(p, char_start=p.char_start + at, char_end=p.char_end + at) for p in below.places
    )
    a, b = above.box, below.box
    count = len(above.places) + len(below.places)
    confidence = (above.confidence * len(above.places) + below.confidence * len(below.places)) / count
    return OcrParagraph(
        f"{above.text}\n{below.text}",
        above.places + places,
        (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])),
        confidence,
    )
