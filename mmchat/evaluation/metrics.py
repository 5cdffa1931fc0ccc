"""Runs and judgements -> metrics per query (by ir_measures), then means with bootstrap intervals.

The interval is the percentile bootstrap: queries are drawn with replacement, 2,000 times, from a seeded generator; the
2.5th and 97.5th percentile of the means are its ends. A difference of two runs is drawn over the same queries (paired).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmchat.errors import MissingDependency
from mmchat.evaluation.dataset import Qrels
from mmchat.evaluation.trec import Run

MEASURES = ("nDCG@10", "R@1", "R@5", "R@10", "Success@10", "RR")
FIRST = "first nDCG@10"
"""nDCG@10 when one right document is enough: 1 / log2(1 + rank of the first right one), 0 beyond the tenth."""
RESAMPLES = 2_000
SEED = 20261121
INSTALL = "pip install ir_measures==0.4.3"

PerQuery = dict[str, dict[str, float]]
"""Measure -> query id -> value."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean, the ends of its 95 % interval, and over how many queries."""

    mean: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, float | int]:
        """Rounded as far as anyone reads it."""
        return {"mean": round(self.mean, 4), "low": round(self.low, 4), "high": round(self.high, 4), "n": self.n}

    def __str__(self) -> str:
        return f"{decimal(self.mean)} [{decimal(self.low)}, {decimal(self.high)}]"


def ir_measures() -> Any:
    """The package, asked for before any work is done.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        import ir_measures as package
    except ModuleNotFoundError as error:
        if error.name not in ("ir_measures", "pytrec_eval"):
            raise
        raise MissingDependency(f"Metrics need the package 'ir_measures'. Run: {INSTALL}") from error
    return package


def per_query(run: Run, qrels: Qrels) -> PerQuery:
    """Every measure of every judged query; one that the run does not answer counts 0."""
    package = ir_measures()
    found: PerQuery = {measure: dict.fromkeys(qrels, 0.0) for measure in MEASURES}
    scores = {id: {d: 1 / rank for rank, d in enumerate(documents, 1)} for id, documents in run.items() if documents}
    asked = {package.parse_measure(measure): measure for measure in MEASURES}
    for value in package.iter_calc(list(asked), qrels, scores):
        found[asked[value.measure]][value.query_id] = float(value.value)
    found[FIRST] = {id: _gain(1 / reciprocal) if reciprocal else 0.0 for id, reciprocal in found["RR"].items()}
    return found


def _gain(rank: float) -> float:
    return float(1 / np.log2(1 + rank)) if round(rank) <= 10 else 0.0


def figure(values: Sequence[float]) -> Figure:
    """The mean with its interval; of no values at all, not a number."""
    array = np.asarray(values, dtype=np.float64)
    if not array.size:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    low, high = np.percentile(_means(array), (2.5, 97.5))
    return Figure(float(array.mean()), float(low), float(high), array.size)


def difference(ours: Mapping[str, float], theirs: Mapping[str, float], ids: Iterable[str]) -> Figure:
    """The mean of ours less theirs over the same queries."""
    return figure([ours[id] - theirs[id] for id in ids])


def decimal(value: float) -> str:
    """``.83``; ``1.00``; ``-.02``; ``-`` where there is nothing to tell."""
    if np.isnan(value):
        return "-"
    return f"{value:.2f}".replace("0.", ".", 1) if abs(round(value, 2)) < 1 else f"{value:.2f}"


def _means(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means of samples drawn with replacement. Shape (2,000,)."""
    source = np.random.default_rng(SEED)
    means = [values[source.integers(0, len(values), len(values))].mean() for _ in range(RESAMPLES)]
    return np.array(means)
