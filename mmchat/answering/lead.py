"""Evidence -> how a file begins: for requests to read something out or sum it up, in reading or playing order."""

from __future__ import annotations

from collections.abc import Sequence

from mmchat.answering.selection import MOST_QUOTES
from mmchat.answering.spans import Span, spans_of
from mmchat.types import SPOKEN_OR_WRITTEN, Evidence, Modality, SegmentKind

SHORTEST_WORDS = 4
"""A shorter sentence ("Okay.", a page number) is passed over while there are longer ones."""
REGION_WORDS = 40
"""How much of a picture's text region is quoted at once."""


def lead_spans(evidence: Sequence[Evidence], medium: Modality | None) -> list[Span]:
    """Up to three quotes from the file that the best evidence of that medium comes from, from its beginning."""
    worded = [
        piece
        for piece in evidence
        if piece.candidate.segment.kind in SPOKEN_OR_WRITTEN
        and medium in (None, piece.candidate.segment.modality)
        and piece.candidate.segment.text.strip()
    ]
    if not worded:
        return []
    first = worded[0].candidate.attachment.id
    in_order = sorted(
        (piece for piece in worded if piece.candidate.attachment.id == first),
        key=lambda piece: piece.candidate.segment.ordinal,
    )
    if in_order[0].candidate.segment.kind is SegmentKind.TEXT_REGION:
        return [_beginning(piece) for piece in in_order[:MOST_QUOTES]]
    spans = _without_overlaps([span for piece in in_order for span in spans_of(piece)])
    telling = [span for span in spans if len(span.text.split()) >= SHORTEST_WORDS]
    return (telling or spans)[:MOST_QUOTES]


def _beginning(piece: Evidence) -> Span:
    """The first words of a picture's text region, across its lines."""
    text = piece.candidate.segment.text
    start = len(text) - len(text.lstrip())
    end, words = start, 0
    for word in text.split():
        if words == REGION_WORDS:
            break
        end = text.index(word, end) + len(word)
        words += 1
    return Span(piece, start, end)


def _without_overlaps(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        last = kept[-1] if kept else None
        if last is None or last.evidence is not span.evidence or span.start >= last.end:
            kept.append(span)
    return kept
