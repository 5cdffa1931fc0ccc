"""A video's kept frames -> one picture for each, and each text on them once, with its seconds and its boxes.

It chooses no frames and hears nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from mmchat.perception.language import detect_language
from mmchat.perception.ocr import OcrParagraph
from mmchat.perception.video_file import frames_at
from mmchat.segmenters.frame_text import FrameText, Writing
from mmchat.segmenters.image import regions
from mmchat.types import Attachment, Locator, Pixels, Segment, SegmentInput, SegmentKind

KEPT_SIDE_PX = 512
"""What encoders are given of a frame: more than any of them looks at (240 to 384), little enough to hold hundreds."""

Read = Callable[[Pixels], Sequence[OcrParagraph]]
"""The paragraphs in a picture."""


def scenes(
    attachment: Attachment,
    original: Path,
    starts: Sequence[float],
    read: Read | None,
    worth_reading: Collection[float],
    done: Callable[[float], None],
) -> Iterator[SegmentInput]:
    """The pictures in playing order, then the texts in the order in which they appear; none is numbered yet.

    Args:
        attachment: whose frames these are.
        original: its file.
        starts: the second of each frame; it stands for the time up to the next one.
        read: reads a frame; None to leave that out.
        worth_reading: the seconds of those that are read.
        done: called with the fraction 0..1 of the frames that were looked at. It may raise to stop the work.
    """
    ends = dict(pairwise([*starts, max(attachment.duration_s or 0.0, starts[-1])]))
    text = FrameText()
    for number, (start_s, pixels) in enumerate(frames_at(original, starts)):
        done(number / len(starts))
        yield SegmentInput(_picture(attachment, start_s, ends[start_s]), pixels=small(pixels))
        if read is not None and start_s in worth_reading:
            text.add(regions(read(pixels)), start_s, ends[start_s])
    yield from (SegmentInput(_text(attachment, writing)) for writing in text.writings)


def pictures_again(original: Path, wanted: Sequence[Segment]) -> Iterator[SegmentInput]:
    """Each of these pictures with its frame, without reading it."""
    by_start = {segment.locator.start_s or 0.0: segment for segment in wanted}
    for start_s, pixels in frames_at(original, sorted(by_start)):
        yield SegmentInput(by_start[start_s], pixels=small(pixels))


def small(pixels: Pixels) -> Pixels:
    """The same within :data:`KEPT_SIDE_PX`."""
    image = Image.fromarray(pixels)
    image.thumbnail((KEPT_SIDE_PX, KEPT_SIDE_PX), Image.Resampling.LANCZOS)
    return np.asarray(image)


def _picture(attachment: Attachment, start_s: float, end_s: float) -> Segment:
    return Segment(
        id="",
        attachment_id=attachment.id,
        modality=attachment.modality,
        kind=SegmentKind.WHOLE_IMAGE,
        ordinal=0,
        text="",
        locator=_seconds(start_s, end_s),
    )


def _text(attachment: Attachment, writing: Writing) -> Segment:
    region = writing.region
    return Segment(
        id="",
        attachment_id=attachment.id,
        modality=attachment.modality,
        kind=SegmentKind.TEXT_REGION,
        ordinal=0,
        text=region.text,
        locator=_seconds(writing.start_s, writing.end_s, boxes=(region.box,)),
        places=region.places,
        heading=writing.title,
        language=detect_language(region.text),
    )


def _seconds(start_s: float, end_s: float, boxes: tuple[tuple[float, float, float, float], ...] = ()) -> Locator:
    return Locator(boxes=boxes, start_s=round(start_s, 3), end_s=round(end_s, 3))
