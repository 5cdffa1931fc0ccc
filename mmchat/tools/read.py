"""A file -> its segments in order: pages, seconds, the section under a heading, or the whole, within a budget."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, Field

from mmchat.perception.words import word_count
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.types import QUOTABLE, Attachment, Evidence, Segment, SegmentKind

BUDGET_WORDS = 3000


class ReadArguments(BaseModel):
    """What to read of one file."""

    file: str = Field(description="The file's id.")
    first_page: int | None = Field(None, ge=1, description="From this page, slide or sheet on.")
    last_page: int | None = Field(None, ge=1, description="Up to this page.")
    from_s: float | None = Field(None, ge=0, description="From this second of a recording on.")
    to_s: float | None = Field(None, ge=0, description="Up to this second.")
    heading: str = Field("", description="Only what stands under the heading that holds these words.")
    budget_words: int = Field(BUDGET_WORDS, ge=1, description="Stop after so many words.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, in order and numbered from 1; ``cut`` says that the budget ended it."""

    evidence: tuple[Evidence, ...]
    cut: bool


def read(context: ToolContext, arguments: ReadArguments) -> Reading:
    """The segments asked for; rows are left out where their table's passage says them already."""
    attachment = context.catalog.attachment(context.library, arguments.file)
    if attachment is None:
        return Reading((), cut=False)
    segments = [
        segment
        for segment in context.catalog.segments(context.library, arguments.file)
        if segment.kind in QUOTABLE and segment.kind is not SegmentKind.ROW and segment.text.strip()
    ]
    chosen: list[Segment] = []
    words = 0
    for segment in segments:
        if not _asked_for(segment, arguments):
            continue
        if chosen and words + word_count(segment.text) > arguments.budget_words:
            return Reading(_numbered(chosen, attachment), cut=True)
        chosen.append(segment)
        words += word_count(segment.text)
    return Reading(_numbered(chosen, attachment), cut=False)


def _asked_for(segment: Segment, arguments: ReadArguments) -> bool:
    page, start, end = segment.locator.page, segment.locator.start_s, segment.locator.end_s
    if arguments.first_page is not None and (page is None or page < arguments.first_page):
        return False
    if arguments.last_page is not None and (page is None or page > arguments.last_page):
        return False
    if arguments.from_s is not None and (end is None or end < arguments.from_s):
        return False
    if arguments.to_s is not None and (start is None or start > arguments.to_s):
        return False
    return arguments.heading.casefold() in segment.heading.casefold()


def _numbered(segments: list[Segment], attachment: Attachment) -> tuple[Evidence, ...]:
    return tuple(Evidence(n, candidate_of(s, attachment)) for n, s in enumerate(segments, start=1))
