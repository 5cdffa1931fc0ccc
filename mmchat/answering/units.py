"""A piece of evidence -> the units that may answer: a line, a sentence, two or three, a label with its value, a whole.

Facts come in every size, so units of all sizes compete. A unit is always ``segment.text[start:end]``; what it stands
under (title, heading, lead-in, columns) is read with it and never quoted. This module knows no model and no score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mmchat.tools.spans import Span, spans_of
from mmchat.types import Evidence, SegmentKind

MOST_SENTENCES = 3
MOST_RUN_WORDS = 60
"""Of several sentences or lines together; a longer run is no quote."""
WHOLE_WORDS = 70
"""A segment this short may be quoted whole: a note, a receipt, a sign."""
TITLE_CHARACTERS = 80

_LEADS_IN = re.compile(r"[^\n:|]{3,120}:\s*$", re.MULTILINE)
_ITEM = re.compile(r"[ \t]*(?:[-*•‣◦–·]|\(?\d{1,3}[.)]|[a-zA-Z][.)])[ \t]+\S")
_ASKS = re.compile(r"\?[\s\"'”’»)\]]*(?:\d{1,2}[:.]\d{2}\W*)?$")
"""A question, in a chat with its time: it may lead into an answer, and is none."""
_TELLING = re.compile(r"[^\W\d_]{3,}")


def units_of(evidence: Evidence, title: str = "") -> list[Span]:
    """Every unit of this piece, smaller ones first where they begin alike; none for a picture or a sound.

    Args:
        evidence: the piece.
        title: what its file or screen calls itself, as :func:`title_of` tells; read with each unit.
    """
    segment = evidence.candidate.segment
    base = [replace(span, heading=_under(span, title)) for span in spans_of(evidence)]
    if segment.kind is SegmentKind.ROW or not base:
        return base
    found = {(span.start, span.end): span for span in base}
    for span in _runs(base):
        found.setdefault((span.start, span.end), span)
    text = segment.text
    found = {place: span for place, span in found.items() if not _ASKS.search(span.text)}
    if not found:
        return []
    if len(text.split()) <= WHOLE_WORDS and len(base) > 1:
        start, end = base[0].start, max(span.end for span in base)
        found.setdefault((start, end), replace(base[0], start=start, end=end, heading=_joined(title, segment.heading)))
    return sorted(found.values(), key=lambda span: (span.start, span.end))


def title_of(name: str, first_line: str = "") -> str:
    """What a file calls itself: its name without ending, and the first line of a screen or sign; "" for IMG_2041."""
    stem = re.sub(r"[_\s]+", " ", name.rsplit(".", 1)[0]).strip()
    told = [part for part in (stem, " ".join(first_line.split())) if _TELLING.search(part)]
    return ". ".join(dict.fromkeys(part[:TITLE_CHARACTERS] for part in told))


def titles(evidence: Sequence[Evidence], first_lines: Mapping[str, str]) -> dict[str, str]:
    """By attachment id: what each file of the evidence calls itself."""
    return {
        piece.candidate.attachment.id: title_of(
            piece.candidate.attachment.name, first_lines.get(piece.candidate.attachment.id, "")
        )
        for piece in evidence
    }


def _runs(base: Sequence[Span]) -> Iterator[Span]:
    """Two and three neighbours that follow each other without a heading between them."""
    for at, first in enumerate(base):
        last = first
        for span in base[at + 1 : at + MOST_SENTENCES]:
            text = span.evidence.candidate.segment.text
            between = text[last.end : span.start]
            if span.start < last.end or "#" in between or between.count("\n") > 2:
                break
            last = span
            if len(text[first.start : last.end].split()) > MOST_RUN_WORDS:
                break
            yield replace(first, end=last.end)


def _under(span: Span, title: str) -> str:
    """Title, heading and, of an item of a list, the line that leads into the list."""
    text = span.evidence.candidate.segment.text
    lead = ""
    line = text.rfind("\n", 0, span.start) + 1
    if _ITEM.match(text, line):
        leads = [found for found in _LEADS_IN.finditer(text, 0, line) if found.end() < span.start]
        between = text[leads[-1].end() : line].strip("\n") if leads else ""
        if leads and all(not row.strip() or _ITEM.match(row) or row[:1].isspace() for row in between.split("\n")):
            lead = leads[-1][0].strip(" \n#*-:")
    return _joined(title, span.heading, lead)


def _joined(*parts: str) -> str:
    return ". ".join(dict.fromkeys(part.strip(" .") for part in parts if part.strip(" .")))
