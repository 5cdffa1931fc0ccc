"""Outcomes of answers -> the lines that turn a sentence's grade into confidence, fitted anew.

Each threshold is told on the half of the questions that its line has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat.answering.operating_point import CROSS_LANGUAGE, ENGLISH, SAME_LANGUAGE, Line
from mmchat.evaluation.answers import Outcome

LINES = {"English": ENGLISH, "same language": SAME_LANGUAGE, "across languages": CROSS_LANGUAGE}
THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.35)


def fit(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Fit each line on its best sentences; what thresholds do on the half a line was not fitted on."""
    found = []
    for name, line in LINES.items():
        points, labels, rows = [], [], []
        for outcome in outcomes:
            mine = [graded for graded in outcome.graded if graded.line is line]
            if mine:
                top = max(mine, key=lambda graded: graded.score)
                right = outcome.asked.answerable and outcome.asked.right(top.span.text)
                points.append((top.score, top.others))
                labels.append(right)
                holds = any(outcome.asked.right(graded.span.text) for graded in mine)
                rows.append((outcome.asked, holds and outcome.asked.answerable))
        x, y = np.array(points), np.array(labels, dtype=np.float64)
        half = np.array([int(asked.id.rsplit("-", 1)[-1]) % 2 for asked, _ in rows])
        if len(set(y.tolist())) < 2 or not 0 < half.sum() < len(half):
            continue  # without the handbook's pages there are too few questions for this line
        unseen = np.zeros(len(y))
        for part in (0, 1):
            unseen[half == part] = _confidences(_logistic(x[half != part], y[half != part]), x[half == part])
        score, others, bias = _logistic(x, y)
        holding = np.array([holds for _, holds in rows])
        thresholds = []
        for threshold in THRESHOLDS:
            spoke = unseen >= threshold
            thresholds.append(
                {
                    "threshold": threshold,
                    "speaks": _share(spoke[holding]),
                    "right": _share(y[holding & spoke]),
                    "silent_otherwise": 1 - _share(spoke[~holding]),
                }
            )
        fitted = {"score": round(score, 3), "others": round(others, 3), "bias": round(bias, 3)}
        usual = round(float(x[:, 1].mean()), 1)
        found.append({"line": name, **fitted, "usual": usual, "n": int(holding.sum()), "thresholds": thresholds})
    return found


def _share(values: NDArray[Any]) -> float:
    return round(float(np.mean(values)), 3) if len(values) else float("nan")


def _logistic(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[float, float, float]:
    """Weights and bias by Newton's method, with a ridge of 0.3 on the standardised weights."""
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-9
    design = np.c_[(x - mean) / deviation, np.ones(len(x))]
    ridge = np.diag([0.3] * x.shape[1] + [1e-6])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (p - y) + ridge @ weights
        curve = (design * (p * (1 - p))[:, None]).T @ design + ridge
        weights -= np.linalg.solve(curve, slope)
    scaled = weights[:-1] / deviation
    return float(scaled[0]), float(scaled[1]), float(weights[-1] - scaled @ mean)


def _confidences(weights: tuple[float, float, float], x: NDArray[np.float64]) -> NDArray[np.float64]:
    line = Line(*weights, usual=0.0)
    return np.array([line.confidence(float(score), float(others)) for score, others in x])
