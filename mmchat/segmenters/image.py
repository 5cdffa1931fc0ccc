"""A picture -> one segment for the whole, and one per region of text in it, with a box for every word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from mmchat.errors import UnsupportedAttachment
from mmchat.perception.language import detect_language
from mmchat.perception.ocr import OcrParagraph, TextReader, create_reader
from mmchat.perception.upright import DAMAGED, opened, upright
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
        with opened(path) as image:
            return np.asarray(upright(image))
    except DAMAGED as error:
        raise UnsupportedAttachment("The picture is damaged or cut off. Give a whole copy.") from error


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
