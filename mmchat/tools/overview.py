"""Files -> what each is and its key sentences in order, with their places.

Passages that stand near the middle of all that the file says, and far from each other, are chosen by their stored
vectors (centroid and maximal marginal relevance, Carbonell and Goldstein 1998); of each, the sentence nearest to both.
No sentence is written: all are the file's own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from mmchat.perception.words import ends_as_question, word_count
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.tools.spans import Span, spans_of
from mmchat.types import (
    SPOKEN_OR_WRITTEN,
    Attachment,
    Evidence,
    Modality,
    Segment,
    SegmentKind,
    Table,
    Vector,
    Vectors,
)

WHOLE_WORDS = 90
"""A file with no more words is its own summary."""
MOST_SENTENCES = 12
MOST_FRAMES = 3
MOST_COMPARED = 56
"""Sentences that are embedded for one file; about .3 s on two cores."""
APART = 0.45
"""How much likeness to what is chosen already counts against a passage or sentence, beside its own weight."""
OPENING, FIGURES, UNFIT, SAME_SECTION = 0.03, 0.02, 0.04, 0.02
"""In cosine: what the first passage, and a figure in a sentence, count more; what a question or an overlong sentence,
and each one chosen under the same heading before, count less."""
_SHORTEST_WORDS, _LONGEST_WORDS = 4, 45
_MARKED = re.compile(r"^[ \t]*(?:#{1,6}|[-*+•]|\d{1,3}[.)]|\|)[ \t]*\S", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)


class OverviewArguments(BaseModel):
    """Which files to sum up."""

    files: list[str] = Field(description="Ids of the files, in the order wanted.")
    sentences: int = Field(0, ge=0, le=40, description="Most key sentences a file; 0: as many as its length deserves.")


@dataclass(frozen=True, slots=True)
class FileOverview:
    """What one file is.

    Attributes:
        title: what it calls itself: its first heading, or a picture's first line; "" where it does not.
        headings: the sections' names, in order, without the title.
        key: its key sentences in order; of a short file, all it says.
        whole: whether ``key`` is all its words.
        shown: the picture itself, or a video's surest frames in order, or a sound, for what was recognised in it.
        tables: its tables.
        words: how many words it has.
    """

    attachment: Attachment
    title: str
    headings: tuple[str, ...]
    key: tuple[Span, ...]
    whole: bool
    shown: tuple[Evidence, ...]
    tables: tuple[Table, ...]
    words: int


Weigh = Callable[[Sequence[str]], NDArray[np.float64]]
"""Sentences -> what each counts more than its place in the vectors tells, in cosine; shape (n,)."""


def overview(context: ToolContext, arguments: OverviewArguments, weigh: Weigh | None = None) -> list[FileOverview]:
    """One overview a file, in the order asked; the evidence of all is numbered through. Files not here are left out."""
    found: list[FileOverview] = []
    number = 1
    for attachment_id in dict.fromkeys(arguments.files):
        attachment = context.catalog.attachment(context.library, attachment_id)
        if attachment is None or context.stopped.is_set():
            continue
        each = _of_file(context, attachment, arguments.sentences, number, weigh)
        number += len({span.evidence.number for span in each.key}) + len(each.shown)
        found.append(each)
    return found


def _of_file(context: ToolContext, attachment: Attachment, most: int, number: int, weigh: Weigh | None) -> FileOverview:
    segments = context.catalog.segments(context.library, attachment.id)
    worded = [s for s in segments if s.kind in SPOKEN_OR_WRITTEN and s.text.strip()]
    words = sum(word_count(s.text) for s in worded)
    shown = tuple(Evidence(number + n, candidate_of(each, attachment)) for n, each in enumerate(_shown(segments)))
    first = number + len(shown)
    whole = bool(worded) and (
        words <= WHOLE_WORDS or (attachment.modality is Modality.IMAGE and words <= 2 * WHOLE_WORDS)
    )
    wanted = most or _deserved(words)
    chosen = _all_of(worded) if whole else _key(context, worded, wanted, weigh)
    key = _spans(chosen, attachment, first)
    title, headings = _headings(worded, attachment)
    tables = tuple(context.catalog.tables(context.library, [attachment.id]))
    return FileOverview(attachment, title, headings, key, whole, shown, tables, words)


def _all_of(worded: Sequence[Segment]) -> list[tuple[Segment, tuple[int, int] | None]]:
    """Everything: text as it stands, and of text with marks (headings, items, rows) each line without them."""
    every: list[tuple[Segment, tuple[int, int] | None]] = []
    for segment in worded:
        spans = _without_overlaps(spans_of(Evidence(1, candidate_of(segment, _NOBODY))))
        if not _MARKED.search(segment.text) or not spans:
            every.append((segment, None))
        else:
            every += [(segment, (span.start, span.end)) for span in spans]
    return every


def _deserved(words: int) -> int:
    """Five sentences for a page, nine for a thousand words, twelve for a long report."""
    return max(4, min(MOST_SENTENCES, round(2.2 * math.log2(1 + words / 60))))


def _shown(segments: Sequence[Segment]) -> list[Segment]:
    """What was recognised most surely: the picture, frames in playing order, or a sound where nothing is said."""
    seen = [s for s in segments if s.concepts and s.kind is SegmentKind.WHOLE_IMAGE]
    heard = [s for s in segments if s.concepts and s.kind is SegmentKind.SOUND]
    spoken = any(s.kind is SegmentKind.TRANSCRIPT for s in segments)
    surest = sorted(seen or ([] if spoken else heard), key=lambda s: -s.concepts[0].probability)
    most = MOST_FRAMES if seen and seen[0].modality is Modality.VIDEO else 1
    return sorted(surest[:most], key=lambda s: s.ordinal)


def _headings(worded: Sequence[Segment], attachment: Attachment) -> tuple[str, tuple[str, ...]]:
    paths = [s.heading.split(" > ") for s in worded if s.heading.strip()]
    if not paths:
        if attachment.modality is Modality.IMAGE and worded:
            return worded[0].text.strip().splitlines()[0].strip(), ()
        return "", ()
    tops = list(dict.fromkeys(path[0].strip() for path in paths))
    if len(tops) == 1:
        return tops[0], tuple(dict.fromkeys(path[1].strip() for path in paths if len(path) > 1))
    return "", tuple(tops)


def _key(
    context: ToolContext, worded: Sequence[Segment], wanted: int, weigh: Weigh | None
) -> list[tuple[Segment, tuple[int, int] | None]]:
    """Segments with the stretch of each that is a key sentence."""
    held = dict(context.vectors([s.id for s in worded]))
    missing = [s for s in worded if s.id not in held][:MOST_COMPARED]
    if missing:
        held |= dict(zip([s.id for s in missing], context.embed([s.text for s in missing]), strict=True))
    passages = [s for s in worded if s.id in held]
    if not passages:
        return []
    vectors: Vectors = np.stack([held[s.id] for s in passages])
    centre = _unit(vectors.mean(axis=0))
    weight = vectors @ centre
    weight[0] += OPENING  # what a file begins with says what it is
    chosen = sorted(_apart(vectors, weight, [s.heading for s in passages], wanted))
    spans = [span for at in chosen for span in _sentences(passages[at], MOST_COMPARED // len(chosen))]
    if not spans:
        return []
    texts = [span.text for span in spans]
    sentences = context.embed(texts)
    own: Vectors = np.stack([held[span.evidence.candidate.segment.id] for span in spans])
    worth = sentences @ centre + 0.5 * np.sum(sentences * own, axis=1)
    worth += np.array([FIGURES * any(c.isdigit() for c in text) for text in texts])
    worth -= np.array([UNFIT * (len(text.split()) > _LONGEST_WORDS or ends_as_question(text)) for text in texts])
    if weigh is not None:
        worth += weigh(texts).astype(np.float32)
    best = _apart(sentences, worth, [span.heading for span in spans], wanted)
    return [(spans[at].evidence.candidate.segment, (spans[at].start, spans[at].end)) for at in sorted(best)]


def _sentences(segment: Segment, most: int) -> list[Span]:
    """The first sentences of a passage that may stand alone, each under the heading nearest above it."""
    piece = Evidence(1, candidate_of(segment, _NOBODY))
    every = _without_overlaps(spans_of(piece))
    lines = [span for span in every if len(span.text.split()) >= _SHORTEST_WORDS] or every
    heads = [(m.start(), m[1].strip()) for m in _HEADING.finditer(segment.text)]
    above = [next((head for at, head in reversed(heads) if at < span.start), segment.heading) for span in lines]
    return [replace(span, heading=head) for span, head in zip(lines, above, strict=True)][: max(2, most)]


def _apart(vectors: Vectors, weight: NDArray[np.float32], headings: Sequence[str], wanted: int) -> list[int]:
    """Indexes by weight; each next one also by how unlike it is to those chosen, and by what it stands under."""
    chosen: list[int] = []
    nearest = np.zeros(len(vectors), dtype=np.float32)
    under: Counter[str] = Counter()
    left = set(range(len(vectors)))
    while left and len(chosen) < wanted:
        worth = {at: float(weight[at] - APART * nearest[at]) - SAME_SECTION * under[headings[at]] for at in left}
        best = max(left, key=lambda at: (worth[at], -at))
        chosen.append(best)
        left.discard(best)
        under[headings[best]] += 1
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return chosen


def _spans(
    chosen: Sequence[tuple[Segment, tuple[int, int] | None]], attachment: Attachment, number: int
) -> tuple[Span, ...]:
    """Numbered from ``number`` on, one number a segment, in the file's order."""
    pieces: dict[str, Evidence] = {}
    spans = []
    for segment, place in sorted(chosen, key=lambda each: (each[0].ordinal, each[1] or (0, 0))):
        piece = pieces.setdefault(segment.id, Evidence(number + len(pieces), candidate_of(segment, attachment)))
        start, end = place or _trimmed(segment.text)
        spans.append(Span(piece, start, end, segment.heading))
    return tuple(spans)


def _without_overlaps(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _trimmed(text: str) -> tuple[int, int]:
    return len(text) - len(text.lstrip()), len(text.rstrip())


def _unit(vector: Vector) -> Vector:
    unit: Vector = (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
    return unit


_NOBODY = Attachment("", "", "", "", Modality.TEXT, 0)
"""While sentences are weighed, whose they are does not matter."""
