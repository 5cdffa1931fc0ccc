"""The numbers that the planner's look-up was fitted to. Nothing is learnt here.

Fitted on 2026-11-28 by logistic regression on one half of 780 typed questions in four languages (as_typed.json), each
also with its answer taken away, and of 90 older ones; the other half was kept. There the first unit is right for .87
of English questions over English texts, for .84 within another language and for .54 across languages, where .93, .94
and .78 have the answer among the units read. Confidence tells right from wrong first units with an area under the
curve of .90: where .10 is said .06 are right, where .49 is said .57, and where .89 is said .92.
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
CONFIDENCE = (0.348, 0.165, -0.099, 1.022, 0.516, 0.061, 1.551, -0.274, 0.329, 0.462)
CONFIDENCE_BIAS = -1.822
"""Over the best unit's score, its lead, the mean of the next five, its context, overlap, logit, cosine and form, and
whether it was read or compared across languages."""
RIVALS = 5
USUAL_LEAD = 4.0
"""Of a unit that has too few rivals, in log-odds."""
ANSWERED_FROM, LIKELY_FROM, CLOSEST_FROM = 0.45, 0.24, 0.08
"""Where the words change. From .24 on .88 of the right first units are told, and .29 of the wrong ones."""

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
    best = graded[0]
    rivals = [each.score for each in graded[1:] if not _overlap(each, best)][:RIVALS]
    rivals += [best.score - USUAL_LEAD] * (RIVALS - len(rivals))
    seen = best.features
    values = (
        best.score,
        best.score - rivals[0],
        sum(rivals) / RIVALS,
        seen.context,
        seen.overlap,
        seen.logit,
        10 * seen.cosine,
        seen.form,
        float(best.line == READ),
        float(best.line == ACROSS),
    )
    return chance(CONFIDENCE_BIAS + sum(w * v for w, v in zip(CONFIDENCE, values, strict=True)))


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
