"""Outcomes of answers -> the numbers of ``answering/operating_point.py``, fitted anew, and how they do.

One half of the questions is fitted on: what a set calls so, or even numbers where it is not divided. Everything is
reported on the other half. The handbook tells how sure to be, and not which unit is best. scikit-learn comes with
sentence-transformers, and is imported for the fit alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat.answering import operating_point as point
from mmchat.answering.scoring import Graded
from mmchat.errors import MmchatError
from mmchat.evaluation.answer_questions import SMALL, Asked
from mmchat.evaluation.answers import Outcome
from mmchat.evaluation.metrics import figure

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
BINS = 5
WRONG_UNITS_WEIGH = 3.0
"""All wrong units of a question together, against its right ones together."""
_DIGITS = 3

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """A line per pairing of languages: weights over ``operating_point.NAMES``, and its bias."""

    weights: Mapping[str, Values]
    bias: Mapping[str, float]

    def regraded(self, graded: Sequence[Graded]) -> list[Graded]:
        """The units scored by these, best first."""
        scored = [replace(g, score=self.bias[g.line] + float(self.weights[g.line] @ g.features.row())) for g in graded]
        return sorted(scored, key=lambda g: -g.score)


def fit(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The fitted numbers, and on the half kept back: first units right, area under the curve, reliability, thresholds.

    Raises:
        MmchatError: some pairing of languages has too few questions.
    """
    asked = [outcome for outcome in outcomes if outcome.graded]
    fitting, kept = ([o for o in asked if half_of(o.asked) == half] for half in ("fit", "kept"))
    weights = _weights([o for o in fitting if o.asked.library in SMALL])
    sure = {line: _logistic(*_confidences(line, fitting, weights)) for line in point.LINES}
    told = [(*_confidences(line, kept, weights), sure[line]) for line in point.LINES]
    right = np.concatenate([rights for _, rights, _ in told])
    confidence = np.concatenate([1 / (1 + np.exp(-(x @ slopes + bias))) for x, _, (slopes, bias) in told])
    return {
        "weights": {line: _rounded(weights.weights[line]) for line in point.LINES},
        "bias": {line: round(weights.bias[line], _DIGITS) for line in point.LINES},
        "confidence": {line: _rounded(slopes) for line, (slopes, _) in sure.items()},
        "confidence_bias": {line: round(bias, _DIGITS) for line, (_, bias) in sure.items()},
        "first": [_first_right(line, kept, weights) for line in point.LINES],
        "area": round(_area(right, confidence), _DIGITS),
        "n": len(right),
        "base": round(float(right.mean()), _DIGITS),
        "reliability": _reliability(confidence, right),
        "thresholds": [
            {
                "threshold": threshold,
                "right told": _share(confidence[right] >= threshold),
                "wrong told": _share(confidence[~right] >= threshold),
            }
            for threshold in THRESHOLDS
        ],
    }


def half_of(asked: Asked) -> str:
    """``fit`` or ``kept``."""
    number = int("".join(filter(str.isdigit, asked.id)) or 0)
    return asked.half or ("kept" if number % 2 else "fit")


def _weights(outcomes: Sequence[Outcome]) -> Weights:
    """From the questions that have an answer, and of those the lines on which it was read."""
    found = {line: _logistic(*_units(line, outcomes)) for line in point.LINES}
    return Weights({line: w for line, (w, _) in found.items()}, {line: bias for line, (_, bias) in found.items()})


def _units(line: str, outcomes: Sequence[Outcome]) -> tuple[Values, NDArray[np.bool_], Values]:
    rows: list[list[float]] = []
    labels: list[bool] = []
    counts: list[float] = []
    for outcome in outcomes:
        mine = [graded for graded in outcome.graded if graded.line == line]
        right = [outcome.asked.right(graded.span.text) for graded in mine]
        if outcome.asked.answerable and any(right):
            rows += [graded.features.row() for graded in mine]
            labels += right
            wrong = WRONG_UNITS_WEIGH / max(1, right.count(False))
            counts += [1 / right.count(True) if each else wrong for each in right]
    return np.array(rows), np.array(labels, dtype=bool), np.array(counts)


def _confidences(line: str, outcomes: Sequence[Outcome], weights: Weights) -> tuple[Values, NDArray[np.bool_]]:
    """Of every question whose best unit lies on this line, what is known of that unit, and whether it answers."""
    rows, labels = [], []
    for outcome in outcomes:
        graded = weights.regraded(outcome.graded)
        if graded[0].line == line:
            rows.append(point.signals(graded))
            labels.append(outcome.asked.answerable and outcome.asked.right(graded[0].span.text))
    return np.array(rows).reshape(len(rows), -1), np.array(labels, dtype=bool)


def _first_right(line: str, outcomes: Sequence[Outcome], weights: Weights) -> dict[str, Any]:
    """Over the answerable questions whose best unit lies on this line."""
    held: list[float] = []
    right: list[float] = []
    for outcome in outcomes:
        best = weights.regraded(outcome.graded)[0]
        if outcome.asked.answerable and best.line == line:
            held.append(float(any(outcome.asked.right(graded.span.text) for graded in outcome.graded)))
            right.append(float(outcome.asked.right(best.span.text)))
    return {"line": line, "answer among the units": figure(held).to_json(), "first right": figure(right).to_json()}


def _reliability(confidence: Values, right: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """What was said on average, and what came true, in bins of equal width."""
    rows = []
    for at in range(BINS):
        here = (confidence >= at / BINS) & (confidence < (at + 1) / BINS)
        rows.append({"from": at / BINS, "n": int(here.sum()), "said": _share(confidence[here]),
                     "right": _share(right[here])})  # fmt: skip
    return rows


def _logistic(x: Values, y: NDArray[np.bool_], weight: Values | None = None) -> tuple[Values, float]:
    """Slopes and bias.

    Raises:
        MmchatError: not both right and wrong ones are there.
    """
    from sklearn.linear_model import LogisticRegression

    if len(set(y.tolist())) < 2:
        raise MmchatError("There are too few questions to fit on. Give every set.")
    model = LogisticRegression(C=1.0, max_iter=3000).fit(x, y, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def _area(right: NDArray[np.bool_], confidence: Values) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(right, confidence)) if 0 < right.sum() < len(right) else float("nan")


def _share(values: NDArray[Any]) -> float:
    return round(float(np.mean(values)), _DIGITS) if len(values) else float("nan")


def _rounded(values: Values) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]
