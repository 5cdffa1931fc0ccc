"""A fact that some place states -> the units that state it, quoted; worded by how sure that is.

Confidence decides the words, never whether what was found is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from mmchat.answering import operating_point as point
from mmchat.answering.draft import Draft, Piece, quoted, said
from mmchat.answering.scoring import Graded, UnitScorer
from mmchat.answering.units import titles, units_of
from mmchat.answering.wording import Wording
from mmchat.question.names import names
from mmchat.question.value_forms import plain_numbers
from mmchat.tools.spans import Span
from mmchat.types import Candidate, Evidence, Grounding, Query, RequestKind

MOST_QUOTES = 3
NEARLY_AS_GOOD = 0.35
"""In log-odds: a further unit is quoted when it scores at most so much less than the best one."""
SAME_WORDS = 0.8
"""Two units that share this much of the shorter one's words, and all its numbers, say the same."""
SHORTER_COSTS = 0.3
"""In log-odds: a part of a unit takes its place when it scores at most so much less."""
SAME_FORM = 0.05
"""A part has the form asked for as surely as the whole when it falls short of it by at most so much."""
OF_ANOTHER = 0.4
"""What is left of the confidence where a place has none of the question's numbers, or none of its people."""
SURE_NAME = 0.5
FILE_IN_FRONT = 1.5
"""In log-odds: what a file that is pointed at, or was last spoken of, is preferred by."""


class Lookup:
    """Weighs the units of the evidence; holds no state between questions."""

    def __init__(self, scorer: UnitScorer) -> None:
        self._scorer = scorer

    def graded(
        self,
        queries: Sequence[Query],
        evidence: Sequence[Evidence],
        first_lines: Mapping[str, str],
        in_front: frozenset[str] = frozenset(),
    ) -> list[Graded]:
        """Every unit worth reading, best first; of several ways to put the question the better one counts."""
        named = titles(evidence, first_lines)
        units = [unit for piece in evidence for unit in units_of(piece, named[piece.candidate.attachment.id])]
        best: dict[tuple[str, int, int], Graded] = {}
        for query in queries:
            for each in self._scorer.grade(query, units):
                if in_front & {each.span.evidence.candidate.attachment.id}:
                    each = each.raised(FILE_IN_FRONT)
                key = (each.span.evidence.candidate.segment.id, each.span.start, each.span.end)
                if key not in best or each.score > best[key].score:
                    best[key] = each
        return sorted(best.values(), key=lambda g: (-g.score, g.span.evidence.number, g.span.start, g.span.end))

    @staticmethod
    def _about(unit: Span, query: Query | None) -> float:
        """1, or less where the place speaks of other numbers or people than the question: depot 20 is not depot 200."""
        if query is None:
            return 1.0
        segment, file = unit.evidence.candidate.segment, unit.evidence.candidate.attachment
        here = f"{file.name} {unit.heading} {segment.heading} {segment.text}"
        wanted = plain_numbers(query.asked, query.language)
        others = wanted and not wanted & plain_numbers(here, segment.language)
        text = here.casefold()
        people = [
            query.asked[name.start : name.end].casefold()
            for name in names(query.asked, query.language)
            if name.person >= SURE_NAME
        ]
        strangers = people and not any(all(part in text for part in person.split()) for person in people)
        return OF_ANOTHER if others or strangers else 1.0

    def draft(
        self, graded: Sequence[Graded], evidence: Sequence[Evidence], words: Wording, query: Query | None = None
    ) -> Draft | None:
        """The best unit, and others that are nearly as good and say something else; None where there is no unit.

        ``query`` is the question, whose numbers and people must stand where the unit does.
        """
        if not graded:
            return None
        confidence = point.confidence(graded) * self._about(graded[0].span, query)
        grounding = point.grounding(confidence)
        if grounding is Grounding.NOTHING:
            return Draft(RequestKind.LOOKUP, confidence, (said(words.nothing_here),), tuple(evidence), grounding)
        chosen = choose(graded) if grounding in (Grounding.ANSWERED, Grounding.LIKELY) else [shortest(graded)]
        opening = {Grounding.LIKELY: words.likely, Grounding.CLOSEST: words.closest}.get(grounding, "")
        pieces: list[Piece] = [said(opening)] if opening else []
        numbered = _cited_first([unit.span for unit in chosen], evidence)
        for number, unit in enumerate(chosen):
            span = replace(unit.span, evidence=numbered[unit.span.evidence.candidate.segment.id])
            pieces += quoted(span, words, opening="\n\n" if number else "")
        return Draft(RequestKind.LOOKUP, confidence, tuple(pieces), tuple(numbered.values()), grounding)


def _cited_first(spans: Sequence[Span], evidence: Sequence[Evidence]) -> dict[str, Evidence]:
    """The evidence by segment, numbered anew: what is quoted first, then the others in their order."""
    candidates = {span.evidence.candidate.segment.id: span.evidence.candidate for span in spans}
    candidates |= {p.candidate.segment.id: p.candidate for p in evidence if p.candidate.segment.id not in candidates}
    return {id: Evidence(number, each) for number, (id, each) in enumerate(candidates.items(), start=1)}


def choose(graded: Sequence[Graded]) -> list[Graded]:
    """The best unit in its shortest form, and up to two more; of versions of one statement, the newer file's first."""
    best = shortest(graded)
    chosen = [best]
    least = graded[0].score - NEARLY_AS_GOOD
    for each in graded:
        if each.score < least or len(chosen) == MOST_QUOTES:
            break
        if not any(says_the_same(each.span, other.span) for other in chosen):
            part = shortest([each, *(g for g in graded if _within(g.span, each.span))])
            if not any(says_the_same(part.span, other.span) for other in chosen):
                chosen.append(part)
    if len(chosen) > 1 and all(_same_but_for_numbers(chosen[0].span, other.span) for other in chosen[1:]):
        chosen.sort(key=lambda g: -_added(g.span.evidence.candidate))
    return chosen


def shortest(graded: Sequence[Graded]) -> Graded:
    """The best unit, or the shortest part of it that scores nearly as well, its length left out.

    A part has what is asked for as the whole has it: the name that the sentence before gave, the day of a date.
    """
    best = graded[0]
    least, form = point.apart_from_length(best) - SHORTER_COSTS, best.features.form - SAME_FORM
    parts = [
        g
        for g in graded
        if _within(g.span, best.span) and point.apart_from_length(g) >= least and g.features.form >= form
    ]
    return min([best, *parts], key=lambda g: g.span.end - g.span.start)


def says_the_same(one: Span, other: Span) -> bool:
    """Whether two units overlap, or share nearly all words of the shorter one and its numbers."""
    same_text = one.evidence.candidate.segment.id == other.evidence.candidate.segment.id
    if same_text and one.start < other.end and other.start < one.end:
        return True
    return _like(one, other) and _numbers(one) == _numbers(other)


def _numbers(span: Span) -> frozenset[str]:
    return plain_numbers(span.text, span.evidence.candidate.segment.language)


def _same_but_for_numbers(one: Span, other: Span) -> bool:
    different = one.evidence.candidate.attachment.id != other.evidence.candidate.attachment.id
    return different and _like(one, other)


def _like(one: Span, other: Span) -> bool:
    a, b = (frozenset(re.sub(r"\d", "0", span.text.casefold()).split()) for span in (one, other))
    return len(a & b) >= SAME_WORDS * min(len(a), len(b))


def _within(part: Span, whole: Span) -> bool:
    same = part.evidence.candidate.segment.id == whole.evidence.candidate.segment.id
    return same and whole.start <= part.start and part.end <= whole.end


def _added(candidate: Candidate) -> float:
    created = candidate.attachment.created_at
    return created.timestamp() if created else 0.0
