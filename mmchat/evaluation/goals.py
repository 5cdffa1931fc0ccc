"""What retrieval is to reach on the development data in the bundled profile, beside what it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mmchat.evaluation.figures import interval
from mmchat.evaluation.metrics import FIRST

COMPOSED_MAY_LOSE = 0.02
"""A composed query is never worse than its better part alone by more than this."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A mean to reach for one pair and language."""

    pair: str
    language: str
    measure: str
    aim: float


# The aim for questions does not say whether all right passages count or the first one: both are shown.
GOALS = (
    Goal("text-image", "en", "Success@10", 0.80),
    Goal("text-image", "fr", "Success@10", 0.70),
    Goal("text-audio", "en", "Success@10", 0.60),
    Goal("text-audio", "fr", "Success@10", 0.50),
    Goal("image-audio", "", "Success@10", 0.40),
    Goal("audio-image", "", "Success@10", 0.40),
    Goal("text-speech", "en", "R@5", 0.97),
    Goal("text-speech", "fr", "R@5", 0.85),
    Goal("question to English passage", "fr", "nDCG@10", 0.82),
    Goal("question to English passage", "fr", FIRST, 0.82),
)
DATASET = "devdata"
"""The goals are about this one; another dataset has none."""


def reached(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row per goal; composed queries have one each."""
    if dataset["name"] != DATASET:
        return []
    rows = {(row["pair"], row["language"]): row for row in dataset["quality"]}
    found = []
    for goal in GOALS:
        row = rows.get((goal.pair, goal.language))
        value = row.get(goal.measure) if row else None  # an earlier report may lack a measure
        if value is not None:
            what = f"{goal.pair}{', ' + goal.language if goal.language else ''}"
            found.append(_row(what, goal.measure, value, goal.aim))
    for row in dataset["composed"]:
        what = f"{row['pair']}, {row['language']}, less its better part"
        found.append(_row(what, row["measure"], row["more_than_better_part"], -COMPOSED_MAY_LOSE))
    return found


def _row(what: str, measure: str, value: Mapping[str, float], aim: float) -> dict[str, Any]:
    return {
        "what": what,
        "measure": measure,
        "n": value["n"],
        "aim": aim,
        "measured": interval(value),
        "reached": round(value["mean"], 3) >= aim,
    }
