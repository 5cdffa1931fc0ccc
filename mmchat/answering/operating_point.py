"""The numbers the planner's look-up was fitted to. Nothing is learnt here."""

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
    READ: (0.5, 20.0, 1.0, 2.0, 1.0, 0.5, -0.1),
    COMPARED: (0.0, 40.0, 2.0, 2.0, 1.0, 0.5, -0.1),
    ACROSS: (0.0, 40.0, 1.0, 1.0, 1.0, 0.5, -0.1),
}
BIAS = {READ: -3.0, COMPARED: -3.0, ACROSS: -3.0}


def score(line: str, features: Sequence[float]) -> float:
    """The log-odds that a unit with these features answers."""
    return BIAS[line] + sum(w * f for w, f in zip(WEIGHTS[line], features, strict=True))


BLOCK = {READ: (0.45, 15.0, 0.8), COMPARED: (0.0, 60.0, 0.0), ACROSS: (0.0, 60.0, 1.0)}
"""Of logit and cosine, and the constant, for a block of items."""


def fit(line: str, logit: float, cosine: float) -> float:
    """The log-odds that a block with these is the list asked for."""
    on_logit, on_cosine, constant = BLOCK[line]
    return on_logit * logit + on_cosine * cosine + constant


def chance(score: float) -> float:
    """Log-odds as a probability, 0..1."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, score))))


ANSWERED_FROM, LIKELY_FROM, CLOSEST_FROM = 0.5, 0.3, 0.05


def confidence(graded: Sequence[Graded]) -> float:
    """0..1 that the best unit answers."""
    return chance(graded[0].score)


def grounding(confidence: float) -> Grounding:
    """How an answer of that confidence is worded."""
    if confidence >= ANSWERED_FROM:
        return Grounding.ANSWERED
    if confidence >= LIKELY_FROM:
        return Grounding.LIKELY
    return Grounding.CLOSEST if confidence >= CLOSEST_FROM else Grounding.NOTHING
