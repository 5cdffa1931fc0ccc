"""A file -> what belongs together in it, by its structure: the items under one lead-in, what stands under one heading,
the lines of a sign. This module knows no model and no score.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from mmchat.answering.units import title_of
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.tools.spans import Span, spans_of
from mmchat.types import SPOKEN_OR_WRITTEN, Evidence, SegmentKind

OPENING_WORDS = 40
"""How much of a block is read with its heading."""
TITLE_WORDS = 6
"""A line of at most so many words may be the title of the list below it."""
WHOLE_SEGMENTS, AROUND = 80, 4
"""A file of so many segments (40 pages) is read whole for its blocks; of a longer one, so many around each find."""

_ITEM = re.compile(r"[ \t]*(?:[-*•‣◦–·]|\[[ xX]?\]|\(?\d{1,3}[.)]|[a-zA-Z][.)])[ \t]+\S")
_LEAD = re.compile(r"[^\n|]{2,120}?(?::|：)[*_ ]*$")
_ENDS = re.compile(r"[.!?;,…][*_\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """Items that belong together, and what they stand under."""

    under: str
    items: tuple[Span, ...]

    @property
    def read(self) -> str:
        """What the models read of it."""
        words = " ".join(item.text for item in self.items[:8]).split()[:OPENING_WORDS]
        return f"{self.under}. {' '.join(words)}" if self.under else " ".join(words)


def blocks_of(context: ToolContext, attachment_id: str, near: Collection[int] = ()) -> list[Block]:
    """The blocks of a file, in order: each list with its lead-in, then each section as a whole.

    Of a long file only what stands around the segments with the ordinals ``near`` is read, or its beginning.
    """
    attachment = context.catalog.attachment(context.library, attachment_id)
    if attachment is None:
        return []
    segments = [
        s for s in context.catalog.segments(context.library, attachment_id) if s.kind in SPOKEN_OR_WRITTEN and s.text
    ]
    if not segments or segments[0].kind is SegmentKind.TRANSCRIPT:
        return []
    if len(segments) > WHOLE_SEGMENTS:
        around = {at for found in near or (0,) for at in range(found - AROUND, found + AROUND + 1)}
        segments = [segment for segment in segments if segment.ordinal in around]
    pieces = [Evidence(number, candidate_of(s, attachment)) for number, s in enumerate(segments, start=1)]
    title = title_of(attachment.name)
    blocks: list[Block] = []
    for heading, group in groupby(pieces, key=lambda piece: piece.candidate.segment.heading):
        members = list(group)
        spans = [span for piece in members for span in _by_line(apart(spans_of(piece)))]
        blocks += _lists(spans, title, heading)
        sections = [Block(_joined(title, heading, lead), items) for lead, items in _in_parts(spans, heading)]
        blocks += [section for section in sections if section not in blocks]
    return blocks


def _lists(spans: Sequence[Span], title: str, heading: str) -> Iterator[Block]:
    """Runs of list items, each under the line that leads into it."""
    run: list[Span] = []
    lead = ""
    for span in spans:
        text = span.evidence.candidate.segment.text
        if _ITEM.match(text, text.rfind("\n", 0, span.start) + 1):
            run.append(span)
            continue
        if run:
            yield Block(_joined(title, heading, lead), tuple(run))
            run = []
        lead = span.text.rstrip(" :") if _leads(span) else ""
    if run and (lead or len(run) < len(spans)):
        yield Block(_joined(title, heading, lead), tuple(run))


def _leads(span: Span) -> bool:
    """Whether a list below it stands under it: it ends in a colon, or is a line of a few words that says no more."""
    text = span.evidence.candidate.segment.text
    line = text[text.rfind("\n", 0, span.start) + 1 :].partition("\n")[0]
    title = line.strip(" *_") == span.text.strip(" *_") and len(span.text.split()) <= TITLE_WORDS
    return bool(_LEAD.search(span.text)) or (title and not _ENDS.search(span.text))


def _in_parts(spans: Sequence[Span], heading: str) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """A section whole; of lines on a sign or screen without heading, also what follows each line that leads in."""
    yield "", tuple(spans)
    if heading:
        return
    leads = [at for at, span in enumerate(spans) if _LEAD.search(span.text) and len(span.text.split()) <= 6]
    for at, following in pairwise([*leads, len(spans)]):
        if following - at > 1:
            yield spans[at].text.rstrip(" :"), tuple(spans[at + 1 : following])


def apart(spans: Sequence[Span]) -> list[Span]:
    """Without overlaps; a line that is quoted with the item it leads into is parted from it again."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        last = kept[-1] if kept else None
        if last is None or span.start >= last.end:
            kept.append(span)
        elif span.start > last.start and span.end == last.end:
            before = span.evidence.candidate.segment.text[last.start : span.start]
            lead = before.rstrip(" \n\t-*•‣◦–·")
            if "\n" in before[len(lead) :]:
                kept[-1] = replace(last, end=last.start + len(lead))
                kept.append(span)
    return kept


def _by_line(spans: Sequence[Span]) -> list[Span]:
    """Sentences on one line of a list are one item."""
    joined: list[Span] = []
    for span in spans:
        text = span.evidence.candidate.segment.text
        if joined and joined[-1].evidence is span.evidence and "\n" not in text[joined[-1].end : span.start]:
            line = text.rfind("\n", 0, joined[-1].start) + 1
            if _ITEM.match(text, line):
                joined[-1] = replace(joined[-1], end=span.end)
                continue
        joined.append(span)
    return joined


def _joined(*parts: str) -> str:
    return ". ".join(dict.fromkeys(part.strip(" .") for part in parts if part.strip(" .")))
