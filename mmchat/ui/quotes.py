"""A quote with a few words around it, so that a person can judge it: segment text and citation in, spans out."""

from __future__ import annotations

from dataclasses import dataclass

from mmchat.types import Citation, Segment

CONTEXT_CHARACTERS = 90
EXCERPT_CHARACTERS = 240


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch of text, in pieces: marked or not, in order. ``cut_start`` and ``cut_end`` say where it goes on."""

    pieces: tuple[tuple[str, bool], ...]
    cut_start: bool
    cut_end: bool


def quoted(segment: Segment, citation: Citation) -> Quoted:
    """The citation's words marked inside their surroundings."""
    start = _start(segment, citation)
    if start is None:  # the words are not in the segment's text: what was recognised, or a segment since emptied
        return Quoted(((citation.quote, True),), False, False)
    end, text = start + len(citation.quote), segment.text
    left, right = _word_border(text, start - CONTEXT_CHARACTERS, -1), _word_border(text, end + CONTEXT_CHARACTERS, 1)
    left, right = min(left, start), max(right, end)
    pieces = ((text[left:start], False), (text[start:end], True), (text[end:right], False))
    return Quoted(tuple(p for p in pieces if p[0]), left > 0, right < len(text.rstrip()))


def excerpt(segment: Segment) -> Quoted:
    """The segment's first words, unmarked, for evidence that was considered and not cited."""
    text = segment.text.strip()
    if len(text) <= EXCERPT_CHARACTERS:
        return Quoted(((text, False),) if text else (), False, False)
    return Quoted(((text[: _word_border(text, EXCERPT_CHARACTERS, -1)], False),), False, True)


def _start(segment: Segment, citation: Citation) -> int | None:
    if not citation.quote:
        return None
    own, there = segment.locator.char_start, citation.locator.char_start
    if own is not None and there is not None:
        start = there - own
        if start >= 0 and segment.text.startswith(citation.quote, start):
            return start
    start = segment.text.find(citation.quote)
    return start if start >= 0 else None


def _word_border(text: str, at: int, step: int) -> int:
    """The nearest white space at or beyond ``at`` in the direction of ``step``; never outside the text."""
    if at <= 0:
        return 0
    while 0 < at < len(text) and not text[at - 1 if step < 0 else at].isspace():
        at += step
    return max(0, min(at, len(text)))
