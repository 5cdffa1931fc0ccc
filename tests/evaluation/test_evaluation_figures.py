"""Figures against values worked out by hand, or by construction."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest

from mmchat.errors import MissingDependency
from mmchat.evaluation import health
from mmchat.evaluation.dataset import EvaluationQuery
from mmchat.evaluation.figures import ablation, composed, skew
from mmchat.evaluation.metrics import FIRST, decimal, difference, figure, per_query
from mmchat.evaluation.running import Outcome, Shown
from mmchat.evaluation.trec import lines
from mmchat.types import Modality


def test_metrics_are_those_of_trec() -> None:
    qrels = {"q1": {"a": 1, "b": 1}, "q2": {"c": 1}, "q3": {"d": 1}}

    values = per_query({"q1": ("x", "a", "y", "b"), "q2": ("c",)}, qrels)

    ideal = 1 + 1 / math.log2(3)
    assert values["nDCG@10"]["q1"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert (values["RR"]["q1"], values["R@1"]["q1"], values["R@5"]["q1"]) == (0.5, 0.0, 1.0)
    assert values[FIRST] == {"q1": pytest.approx(1 / math.log2(3)), "q2": 1.0, "q3": 0.0}
    assert values["Success@10"] == {"q1": 1.0, "q2": 1.0, "q3": 0.0}  # q3 was not answered at all


def test_a_missing_package_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)

    with pytest.raises(MissingDependency, match="Run: pip install ir_measures==0.4.3"):
        per_query({}, {})


def test_an_interval_holds_the_mean_narrows_with_more_and_is_the_same_again() -> None:
    few, many = figure([0.0, 1.0] * 10), figure([0.0, 1.0] * 200)

    assert few.low < few.mean == 0.5 < few.high
    assert many.high - many.low < 0.4 * (few.high - few.low)
    assert few == figure([0.0, 1.0] * 10)
    assert many.high - 0.5 == pytest.approx(1.96 * 0.5 / math.sqrt(400), rel=0.1)


def test_a_steady_gain_is_sure_although_each_run_varies() -> None:
    theirs = {str(n): (n % 10) / 10 for n in range(50)}
    ours = {id: value + 0.05 for id, value in theirs.items()}

    gain = difference(ours, theirs, theirs)

    assert gain.low > 0.04
    assert gain.high < 0.06


def test_numbers_are_told_without_a_leading_nought() -> None:
    assert [decimal(v) for v in (0.834, 1.0, -0.02, 0.999, 0.0, float("nan"))] == [
        ".83", "1.00", "-.02", "1.00", ".00", "-",
    ]  # fmt: skip


def test_a_composed_query_is_held_against_its_better_part() -> None:
    words, picture = EvaluationQuery("w", "text-audio"), EvaluationQuery("p", "image-audio")
    both = EvaluationQuery("b", "text+image-audio", parts=("w", "p"))
    values = {"Success@10": {"w": 1.0, "p": 0.0, "b": 0.5}}

    [row] = composed([words, picture, both], values)

    assert row["more_than_better_part"]["mean"] == -0.5


def test_an_ablation_is_compared_over_the_same_queries() -> None:
    queries = [EvaluationQuery("a", "pair"), EvaluationQuery("b", "pair")]
    whole = {"Success@10": {"a": 1.0, "b": 1.0, "elsewhere": 0.0}}

    [row] = ablation(queries, {"only words": {"Success@10": {"a": 0.0, "b": 1.0}}}, whole)

    assert row["all"]["mean"] == 1.0
    assert row["runs"]["only words"]["difference"]["mean"] == -0.5


def test_the_skew_audit_sees_what_is_favoured() -> None:
    class World:
        qrels = {"q": {"a.png": 1}}

    top = (Shown("a.png", Modality.IMAGE, ""), Shown("b.png", Modality.IMAGE, ""), Shown("c.txt", Modality.TEXT, "en"))
    free = Outcome(EvaluationQuery("q", "text-any"), ("a.png",), top, {})
    narrowed = Outcome(EvaluationQuery("r", "text-image", modality=Modality.IMAGE), (), top, {})

    found = skew(World(), [free, narrowed], {"modality": {"image": 1, "text": 2}, "language": {"en": 3}})  # type: ignore[arg-type]

    assert found["queries"] == 1
    assert {row["name"]: row["favour"] for row in found["modality"]} == {"image": 2.0, "text": 0.5}
    assert [row["ever_right"] for row in found["files"]] == [True, False, False]


def test_a_run_has_the_form_of_trec() -> None:
    assert lines("q 1", ["a.png"]) == ["q%201 Q0 a.png 1 1.000000 mmchat"]


def test_health_tells_a_corner_from_a_sphere() -> None:
    source = np.random.default_rng(1)
    sphere = source.normal(size=(400, 64))
    corner = sphere * 0.05 + 1
    sphere, corner = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (sphere, corner))

    assert health.mean_distance(sphere) == pytest.approx(1.0, abs=0.01)
    assert health.mean_distance(corner) < 0.01  # type: ignore[operator]


def test_hubness_finds_the_one_that_is_near_everything() -> None:
    source = np.random.default_rng(1)
    rows = source.normal(size=(300, 40))
    even = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    near = even @ even.T
    pulled = near.copy()
    pulled[:, :3] += 1.0

    assert health.hubness(pulled) > health.hubness(near) + 2  # type: ignore[operator]


def test_islands_have_a_silhouette_and_a_gap_and_a_mixture_has_none() -> None:
    source = np.random.default_rng(1)
    rows = source.normal(size=(200, 16)) * 0.1
    rows[:100, 0] += 1
    rows[100:, 1] += 1
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    islands, mixed = ["image"] * 100 + ["text"] * 100, ["image", "text"] * 100

    assert health.silhouette(rows @ rows.T, islands) > 0.7  # type: ignore[operator]
    assert abs(health.silhouette(rows @ rows.T, mixed)) < 0.05  # type: ignore[arg-type]
    assert health.silhouette(rows @ rows.T, ["image"] * 200) is None
    assert health.gaps(rows, islands, np.zeros((0, 16), dtype=np.float32))["image - text"] > 1.2


def test_rounding_makes_no_silhouette_larger_than_one() -> None:
    row = np.random.default_rng(1).normal(size=(1, 8)).astype(np.float32)
    rows = np.repeat(row / np.linalg.norm(row), 60, axis=0).astype(np.float64)

    assert abs(health.silhouette(rows @ rows.T, ["image", "text", "text"] * 20)) <= 1  # type: ignore[arg-type]
