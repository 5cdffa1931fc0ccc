"""Two or more files -> the same aspect of each, side by side, each cell cited; and which is cheaper, sooner, longer.

The aspect is what the question names; where it names none, the statements that the files share but for their figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mmchat.answering import operating_point as point
from mmchat.answering.base import cite
from mmchat.answering.draft import Draft, Piece, said
from mmchat.answering.lookup import Lookup, shortest
from mmchat.answering.markdown import escape_line
from mmchat.answering.scoring import Graded
from mmchat.answering.units import units_of
from mmchat.answering.wording import Wording
from mmchat.perception.stems import stem
from mmchat.question.answer_type import AnswerType
from mmchat.question.times import read_times
from mmchat.question.value_forms import forms
from mmchat.tools.base import ToolContext, candidate_of
from mmchat.tools.spans import Span
from mmchat.types import Attachment, Candidate, Cited, Evidence, Query, RequestKind, TextDelta

MOST_FILES = 4
MOST_ASPECTS = 6
PIECES = 6
"""Segments of each file that are looked at for one aspect."""
ALIKE_FROM = 0.9
"""Two statements without their figures say the same of two files from this cosine on; unrelated ones lie near .8."""
SURE = 0.6
"""A stretch is taken for a value of a kind from this strength on; a bare figure may be anything."""
_FIGURE = re.compile(r"\d[\d.,:'’ ]*\d|\d")
_MOST_UNIT_WORDS = 30


@dataclass(frozen=True, slots=True)
class Direction:
    """What a comparison decides by.

    Attributes:
        aspect: words to look the aspect up by, beside the question's.
        least: whether the least wins; None where nothing is to be decided.
        type: the form of the values that are compared.
    """

    aspect: str
    least: bool | None
    type: AnswerType = AnswerType.NUMBER


DIRECTIONS = {
    "cheaper": Direction("What is the total price to pay?", least=True, type=AnswerType.MONEY),
    "dearer": Direction("What is the total price to pay?", least=False, type=AnswerType.MONEY),
    "longer": Direction("", least=False, type=AnswerType.DURATION),
    "shorter": Direction("How long does it take?", least=True, type=AnswerType.DURATION),
    "sooner": Direction("When does it start or when is it due?", least=True, type=AnswerType.DATE),
    "later": Direction("When does it end?", least=False, type=AnswerType.DATE),
    "more": Direction("", least=False),
    "fewer": Direction("", least=True),
    "all": Direction("", least=None),
}


class Comparing:
    """Looks the aspect up in each file; holds no state between questions."""

    def __init__(self, lookup: Lookup, act: Callable[[str], str]) -> None:
        """``act`` tells one of :data:`DIRECTIONS` of a question."""
        self._lookup = lookup
        self._act = act

    def draft(
        self,
        query: Query,
        files: Sequence[Attachment],
        context: ToolContext,
        words: Wording,
        *,
        aspect: bool = False,
    ) -> Draft | None:
        """The table; None when fewer than two files are compared or nothing in them can be.

        ``aspect`` says that the question itself names what to look up in each, as a look-up asked of several does.
        """
        files = list(files)[:MOST_FILES]
        if len(files) < 2:
            return None
        act = self._act(query.asked)
        direction = DIRECTIONS["all" if aspect else act]
        rows: list[list[Span | None]] = []
        confidence = 0.0
        decided: int | None = None
        if aspect or act != "all":
            best = [self._best(query, direction, file, context) for file in files]
            if not any(best):
                return None
            sure = [point.chance(g.score + 1.0) if g else 0.0 for g in best]
            confidence = sum(sorted(sure)[-2:]) / 2
            rows.append([g.span if g else None for g in best])
            decided = _decide([g.span if g else None for g in best], direction)
        else:
            rows = shared(files, context)
            confidence = 0.6 if rows else 0.0
            if not rows:
                return None
        return _table(rows, files, decided, confidence, words)

    def _best(self, query: Query, direction: Direction, file: Attachment, context: ToolContext) -> Graded | None:
        """The file's best unit for the aspect."""
        within = replace(query, attachment_ids=frozenset({file.id}))
        asked = [within]
        if direction.aspect:
            asked = [replace(within, text=direction.aspect, rewritten="", language="en", kind=None)]
        candidates = list({c.segment.id: c for q in asked for c in context.find(q, PIECES)}.values())[: 2 * PIECES]
        evidence = [Evidence(n, c) for n, c in enumerate(candidates, start=1)]
        graded = self._lookup.graded(asked, evidence, {})
        with_figure = [g for g in graded if _FIGURE.search(g.span.text)] if direction.least is not None else graded
        valued = [g for g in with_figure if _value(g.span, direction.type)]  # 6 percent is no salary
        chosen = valued or with_figure or graded
        return replace(shortest(chosen), score=chosen[0].score) if chosen else None


def shared(files: Sequence[Attachment], context: ToolContext) -> list[list[Span | None]]:
    """Statements of the first file that another makes too, but for figures; the most telling first."""
    units = [_statements(file, context) for file in files]
    if not all(units):
        return []
    vectors = [context.embed([_FIGURE.sub("0", f"{u.heading}. {u.text}") for u in each]) for each in units]
    rows: list[tuple[float, list[Span | None]]] = []
    taken: list[set[int]] = [set() for _ in files]
    for at, unit in enumerate(units[0]):
        row: list[Span | None] = [unit]
        worth = 0.0
        for other in range(1, len(files)):
            likeness = vectors[other] @ vectors[0][at]
            nearest = int(likeness.argmax())
            back = int((vectors[0] @ vectors[other][nearest]).argmax())
            if back == at and likeness[nearest] >= ALIKE_FROM and nearest not in taken[other]:
                row.append(units[other][nearest])
                taken[other].add(nearest)
                worth += float(likeness[nearest]) + _tells_apart(unit.text, units[other][nearest].text)
            else:
                row.append(None)
        if any(row[1:]):
            rows.append((worth, row))
    rows.sort(key=lambda each: -each[0])
    return [row for _, row in rows[:MOST_ASPECTS]]


def _statements(file: Attachment, context: ToolContext) -> list[Span]:
    """The file's short units that hold a figure, one a place."""
    segments = [s for s in context.catalog.segments(context.library, file.id) if s.text.strip()]
    kept: list[Span] = []
    for number, segment in enumerate(segments[:40], start=1):
        piece = Evidence(number, candidate_of(segment, file))
        small = [u for u in units_of(piece) if len(u.text.split()) <= _MOST_UNIT_WORDS and _FIGURE.search(u.text)]
        for unit in sorted(small, key=lambda u: u.end - u.start):
            same = (k for k in kept if k.evidence.candidate.segment.id == segment.id)
            if not any(k.start < unit.end and unit.start < k.end for k in same):
                kept.append(unit)
    return kept[:60]


def _tells_apart(one: str, other: str) -> float:
    """Statements whose figures differ say more of a difference than those that are the same."""
    return 0.2 if _FIGURE.findall(one) != _FIGURE.findall(other) else 0.0


def _decide(spans: Sequence[Span | None], direction: Direction) -> int | None:
    """Which file wins, where each states one value of the kind that is compared, in the same unit."""
    if direction.least is None:
        return None
    values = [_value(span, direction.type) if span else None for span in spans]
    stated = [value for value in values if value is not None]
    if len(stated) < len(values) or len({unit for _, unit in stated}) > 1:
        return None
    numbers = [number for number, _ in stated]
    best = min(numbers) if direction.least else max(numbers)
    return numbers.index(best) if numbers.count(best) == 1 else None


def _value(span: Span, type: AnswerType) -> tuple[float, str] | None:
    """The largest value of that kind in a statement, and the unit that it is told in; None where there is none."""
    text, language = span.text, span.evidence.candidate.segment.language
    if type is AnswerType.DATE:
        days = [time.since for time in read_times(text, datetime.now().astimezone(), language) if time.since]
        return (days[0].timestamp(), "") if days else None
    found = [
        text[form.start : form.end] for form in forms(text, language) if form.type is type and form.strength >= SURE
    ]
    told = [(number, _unit(each, language)) for each in found if (number := _number(each)) is not None]
    return max(told, default=None)


def _unit(text: str, language: str) -> str:
    """The words beside the figure, by their stems: years are not months."""
    return " ".join(sorted({stem(word, language) for word in re.findall(r"[^\W\d_]+|[€$£%]", text)}))


def _number(text: str) -> float | None:
    """The first figure as a number, in English or continental writing."""
    figure = _FIGURE.search(text)
    if figure is None:
        return None
    plain = re.sub(r"[\s'’]", "", figure[0])
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", plain):
        plain = re.sub(r"[.,]", "", plain)
    elif re.fullmatch(r"\d{1,3}(?:,\d{3})*\.\d+", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})*,\d+", plain):
        plain = plain.replace(".", "").replace(",", ".")
    try:
        return float(plain.replace(",", "."))
    except ValueError:
        return None


def _table(
    rows: Sequence[list[Span | None]],
    files: Sequence[Attachment],
    decided: int | None,
    confidence: float,
    words: Wording,
) -> Draft:
    evidence: dict[str, Evidence] = {}

    def piece_of(candidate: Candidate) -> Evidence:
        return evidence.setdefault(candidate.segment.id, Evidence(len(evidence) + 1, candidate))

    pieces: list[Piece] = []
    if decided is not None:
        pieces.append(said(f"**{escape_line(files[decided].name)}**\n\n"))
    pieces.append(said("| " + " | ".join(escape_line(file.name) for file in files) + " |\n"))
    pieces.append(said("|" + " --- |" * len(files) + "\n"))
    for row in rows:
        for span in row:
            if span is None:
                pieces.append(TextDelta("| – "))
                continue
            piece = piece_of(span.evidence.candidate)
            quote = words.quote.format(words=escape_line(span.text))
            pieces.append(TextDelta(f"| {quote} [{piece.number}] "))
            pieces.append(Cited(cite(piece, span.start, span.end)))
        pieces.append(TextDelta("|\n"))
    grounding = point.grounding(confidence)
    return Draft(RequestKind.COMPARE, confidence, tuple(pieces), tuple(evidence.values()), grounding)
