"""The segments of a document -> its pages: what a reader has before the eyes at once, text and figures together.

A page of a PDF, or a slide, is what it is. A Word file has no pages until it is printed: there a page is what stands
under one heading, as long as a printed page would be. Other text is all passages: each is a page of its own. A row of a
table stands on no page but that of its passage, which says it already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mmchat.types import SPOKEN_OR_WRITTEN, Attachment, Page, Segment, SegmentKind

MOST_WORDS = 450
"""Of a page without a border: a full page of print."""
SCAN = 0.8
"""A picture that covers this share of the page is a scan of it."""
_NUMBERED = (".presentation", "/pdf")
_UNDER_HEADINGS = ".document"


def pages_of(attachment: Attachment, segments: Sequence[Segment]) -> list[Page]:
    """Every segment of a document but the rows of tables stands on one page; the same segments give the same pages."""
    segments = [segment for segment in segments if segment.kind is not SegmentKind.ROW]
    groups: dict[int, list[Segment]] = {}
    if attachment.media_type.endswith(_NUMBERED):
        for segment in segments:
            groups.setdefault(segment.locator.page or 0, []).append(segment)
    elif attachment.media_type.endswith(_UNDER_HEADINGS):
        groups = _under_headings(segments)
    else:
        groups = {number: [segment] for number, segment in enumerate(segments, start=1)}
    return [_page(attachment, number, groups[number]) for number in sorted(groups)]


def _page(attachment: Attachment, number: int, segments: Sequence[Segment]) -> Page:
    key = "\x1f".join((attachment.id, "page", str(number)))
    written = any(segment.kind in SPOKEN_OR_WRITTEN for segment in segments)
    return Page(
        id=hashlib.sha256(key.encode()).hexdigest()[:32],
        attachment_id=attachment.id,
        number=number,
        segment_ids=tuple(segment.id for segment in segments),
        fused=len(segments) > 1 and written,
        figures=any(segment.kind is SegmentKind.WHOLE_IMAGE and not _is_scan(segment) for segment in segments),
    )


def _is_scan(figure: Segment) -> bool:
    """Whether the figure is the page itself: its words were read in it, and it shows nothing beside them."""
    return any((right - left) * (bottom - top) >= SCAN for left, top, right, bottom in figure.locator.boxes)


def _under_headings(segments: Sequence[Segment]) -> dict[int, list[Segment]]:
    """Passages under one heading; a figure joins the passage with its caption, or those under its heading."""
    groups: dict[int, list[Segment]] = {}
    number, words = 0, 0
    for segment in segments:
        if segment.kind is not SegmentKind.PASSAGE:
            continue
        long = len(segment.text.split())
        if not groups or segment.heading != groups[number][-1].heading or words + long > MOST_WORDS:
            number, words = number + 1, 0
        words += long
        groups.setdefault(number, []).append(segment)
    beside = {
        segment.id: next((n for n, passages in groups.items() if _stands_beside(segment, passages)), 0)
        for segment in segments
        if segment.kind is not SegmentKind.PASSAGE
    }
    for segment in segments:
        if segment.id in beside:
            last = beside[segment.id] or max(groups, default=0) + 1
            groups.setdefault(last, []).append(segment)
    return groups


def _stands_beside(figure: Segment, passages: Sequence[Segment]) -> bool:
    at = figure.locator.char_start
    if at is not None:
        spans = [(p.locator.char_start, p.locator.char_end) for p in passages]
        return any(start is not None and end is not None and start <= at < end for start, end in spans)
    return bool(figure.heading) and any(p.heading.split(" > ")[-1] == figure.heading for p in passages)
