"""The numbers that the planner's look-up was fitted to. Nothing is learnt here.

Fitted on 2026-11-28 by logistic regression on one half of 780 typed questions in four languages (as_typed.json), each
also with its answer taken away, and of 90 older ones; the other half was kept. There the first unit is right for .87
of English questions over English texts, for .84 within another language and for .54 across languages, where .93, .94
and .78 have the answer among the units read. Confidence was fitted on half the questions about a handbook as well,
where near misses abound. On the other half of all it tells right from wrong first units with an area under the curve
of .88 for English over English, .89 for French over French, .80 across these, and .91 elsewhere; where .08 is said .07
are right, where .29 is said .34, .49: .58, .70: .78, and where .89 is said .90.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mmchat.types import Grounding

if TYPE_CHECKING:
    from mmchat.answering.scoring import Graded

NAMES = ("logit", "cosine", "overlap", "context", "form", "place", "length")
READ, COMPARED, ACROSS = "read", "compared", "across"
LINES = (READ, COMPARED, ACROSS)
WEIGHTS = {
    READ: (0.166, 0.36, 3.038, -0.731, 0.788, 1.719, 0.296),
    COMPARED: (0.0, 2.576, 2.915, 0.851, 1.591, 1.949, 0.392),
    ACROSS: (0.0, 1.96, 0.912, 0.721, 0.366, 0.585, 0.419),
}
BIAS = {READ: -3.691, COMPARED: -5.167, ACROSS: -2.148}
CONFIDENCE = {
    READ: (0.197, 0.164, -0.407, 0.428, 1.409, 0.138, 0.972, 1.088),
    COMPARED: (0.361, 0.044, -0.616, 2.327, 1.702, 0.0, 2.193, 0.549),
    ACROSS: (0.724, -0.308, -0.969, -0.23, 0.396, 0.0, 4.82, -1.146),
}
CONFIDENCE_BIAS = {READ: -3.495, COMPARED: -4.476, ACROSS: -0.736}
"""Over what :func:`signals` gives, by the line of the best unit."""
RIVALS = 5
USUAL_LEAD = 4.0
"""Of a unit that has too few rivals, in log-odds."""
ANSWERED_FROM, LIKELY_FROM, CLOSEST_FROM = 0.45, 0.24, 0.08
"""Where the words change. Below .24 lie half of the questions that a handbook does not answer, and .78 of those that
other files do not."""

BLOCK = {READ: (0.45, 15.0, 0.8), COMPARED: (0.0, 60.0, 0.0), ACROSS: (0.0, 60.0, 1.0)}
"""Of logit and cosine, and the constant, for a block of items."""


def score(line: str, features: Sequence[float]) -> float:
    """The log-odds that a unit with these features is the one that answers."""
    return BIAS[line] + sum(w * f for w, f in zip(WEIGHTS[line], features, strict=True))


def apart_from_length(graded: Graded) -> float:
    """The score without what the unit's length adds: a long one holds the answer more often, and tells it less well.

    Across languages the rest of the score tells the parts of a place apart too weakly, and the length stays in it.
    """
    return graded.score - (graded.line != ACROSS) * WEIGHTS[graded.line][-1] * graded.features.row()[-1]


def fit(line: str, logit: float, cosine: float) -> float:
    """The log-odds that a block with these is the list asked for."""
    on_logit, on_cosine, constant = BLOCK[line]
    return on_logit * logit + on_cosine * cosine + constant


def chance(score: float) -> float:
    """Log-odds as a probability, 0..1."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, score))))


def confidence(graded: Sequence[Graded]) -> float:
    """0..1 that the best unit, the first, answers."""
    line = graded[0].line
    return chance(CONFIDENCE_BIAS[line] + sum(w * v for w, v in zip(CONFIDENCE[line], signals(graded), strict=True)))


def signals(graded: Sequence[Graded]) -> list[float]:
    """Of units that are best first: the first one's score, its lead, the mean of the next five that lie elsewhere, and
    the first one's context, overlap, logit, cosine and form.
    """
    best = graded[0]
    rivals = [each.score for each in graded[1:] if not _overlap(each, best)][:RIVALS]
    rivals += [best.score - USUAL_LEAD] * (RIVALS - len(rivals))
    seen = best.features
    return [
        best.score,
        best.score - rivals[0],
        sum(rivals) / RIVALS,
        seen.context,
        seen.overlap,
        seen.logit,
        10 * seen.cosine,
        seen.form,
    ]


def grounding(confidence: float) -> Grounding:
    """How an answer of that confidence is worded."""
    if confidence >= ANSWERED_FROM:
        return Grounding.ANSWERED
    if confidence >= LIKELY_FROM:
        return Grounding.LIKELY
    return Grounding.CLOSEST if confidence >= CLOSEST_FROM else Grounding.NOTHING


def _overlap(one: Graded, other: Graded) -> bool:
    a, b = one.span, other.span
    same = a.evidence.candidate.segment.id == b.evidence.candidate.segment.id
    return same and a.start < b.end and b.start < a.end
