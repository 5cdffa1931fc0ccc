"""Scored sentences -> the one to three that answer: the best, and others only while they are nearly as good and new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mmchat.answering.spans import Span

MOST_QUOTES = 3
NEARLY_AS_GOOD = 0.8
"""A further sentence is quoted when its confidence is at least this share of the best one's, quoted or refused."""
SAME_WORDS = 0.8
"""Two sentences that share this much of the shorter one's words say the same."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A span with the confidence, 0..1, that it answers the question."""

    span: Span
    confidence: float


def best_first(scored: Sequence[Scored]) -> list[Scored]:
    """By confidence; ties in the order of the evidence, then of its text."""
    return sorted(scored, key=lambda s: (-s.confidence, s.span.evidence.number, s.span.start, s.span.end))


def choose(
    scored: Sequence[Scored], abstain_below: float, refused: Callable[[Span], bool] = lambda _: False
) -> list[Scored]:
    """The quotes of the answer, best first; none when even the best is below ``abstain_below``.

    ``refused`` tells sentences that must not be quoted. One that is makes no clearly worse one an answer: all quotes
    are nearly as good as the best sentence, whether it is quoted or refused. Worse sentences are not looked at.
    """
    chosen: list[Scored] = []
    ordered = best_first(scored)
    least = max(abstain_below, NEARLY_AS_GOOD * ordered[0].confidence) if ordered else 0.0
    for candidate in ordered:
        if candidate.confidence < least or len(chosen) == MOST_QUOTES:
            break
        if not refused(candidate.span) and not any(says_the_same(candidate.span, other.span) for other in chosen):
            chosen.append(candidate)
    return chosen


def leaning(scored: Sequence[Scored], abstain_below: float) -> list[Scored]:
    """The sentences of one file: the first of the evidence that has one which answers nearly as well as the best.

    For a question whose words may mean several things, evidence comes in the order of what was talked about.
    """
    ordered = best_first(scored)
    least = max(abstain_below, NEARLY_AS_GOOD * ordered[0].confidence) if ordered else 0.0
    answering = [s for s in ordered if s.confidence >= least]
    if not answering:
        return ordered
    first = min(answering, key=lambda s: s.span.evidence.number).span.evidence.candidate.attachment.id
    return [s for s in ordered if s.span.evidence.candidate.attachment.id == first]


def says_the_same(one: Span, other: Span) -> bool:
    """Whether two spans overlap, or share nearly all words of the shorter one."""
    same_text = one.evidence.candidate.segment.id == other.evidence.candidate.segment.id
    if same_text and one.start < other.end and other.start < one.end:
        return True
    a, b = (frozenset(span.text.casefold().split()) for span in (one, other))
    return len(a & b) >= SAME_WORDS * min(len(a), len(b))
