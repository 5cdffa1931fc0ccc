"""Outcomes -> the rows of the report: quality by pair and language, composed queries, ablations, latency, skew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from mmchat.evaluation.dataset import Dataset, EvaluationQuery
from mmchat.evaluation.metrics import FIRST, MEASURES, PerQuery, decimal, difference, figure
from mmchat.evaluation.running import Outcome

SHARES = (50, 95, 99)
WORST_FILES = 8

Row = dict[str, Any]
Group = tuple[str, str]
"""Pair and language."""


def groups(queries: Iterable[EvaluationQuery]) -> dict[Group, list[EvaluationQuery]]:
    """Queries by pair and language, and again by each tag."""
    found: dict[Group, list[EvaluationQuery]] = defaultdict(list)
    for query in queries:
        found[query.pair, query.language].append(query)
        for tag in query.tags:
            found[f"{query.pair}, {tag}", query.language].append(query)
    return dict(sorted(found.items()))


def primary(query: EvaluationQuery) -> str:
    """The measure that a pair is read by: whether a file is among ten, or how high the passages are."""
    return "nDCG@10" if query.unit == "segment" else "Success@10"


def quality(queries: Iterable[EvaluationQuery], values: PerQuery) -> list[Row]:
    """A row per pair and language, each measure with its interval."""
    return [
        {
            "pair": pair,
            "language": language,
            "n": len(members),
            "primary": primary(members[0]),
            **{m: figure([values[m][query.id] for query in members]).to_json() for m in (*MEASURES, FIRST)},
        }
        for (pair, language), members in groups(queries).items()
    ]


def composed(queries: Iterable[EvaluationQuery], values: PerQuery) -> list[Row]:
    """Composed queries beside their parts alone, and what they have more than the better part."""
    rows = []
    for (pair, language), members in groups(query for query in queries if query.parts).items():
        measure = values[primary(members[0])]
        parts = [[measure[query.parts[n]] for query in members] for n in range(len(members[0].parts))]
        best = max(range(len(parts)), key=lambda n: float(np.mean(parts[n])))
        ours = {query.id: measure[query.id] for query in members}
        theirs = {query.id: measure[query.parts[best]] for query in members}
        rows.append(
            {
                "pair": pair,
                "language": language,
                "n": len(members),
                "measure": primary(members[0]),
                "composed": figure(list(ours.values())).to_json(),
                "parts": [figure(part).to_json() for part in parts],
                "more_than_better_part": difference(ours, theirs, ours).to_json(),
            }
        )
    return rows


def ablation(queries: Sequence[EvaluationQuery], runs: Mapping[str, PerQuery], whole: PerQuery) -> list[Row]:
    """Every run by pair and language, with its difference to the whole walk over the same queries."""
    rows = []
    for (pair, language), members in groups(queries).items():
        measure, ids = primary(members[0]), [query.id for query in members]
        row: Row = {"pair": pair, "language": language, "n": len(ids), "measure": measure, "runs": {}}
        row["all"] = figure([whole[measure][id] for id in ids]).to_json()
        for name, values in runs.items():
            row["runs"][name] = {
                **figure([values[measure][id] for id in ids]).to_json(),
                "difference": difference(values[measure], whole[measure], ids).to_json(),
            }
        rows.append(row)
    return rows


def latency(outcomes: Iterable[Outcome]) -> list[Row]:
    """Milliseconds per stage: the middle, and what one in twenty and one in a hundred exceed."""
    found: dict[str, list[float]] = defaultdict(list)
    for outcome in outcomes:
        timings = outcome.timings_ms
        for stage, elapsed_ms in timings.items():
            found[stage].append(elapsed_ms)
        if timings:
            without = timings["total"] - timings.get("rerank", 0.0) - timings.get("perceive", 0.0)
            found["total, neither perceiving nor reranking"].append(without)
    return [
        {"stage": stage, "n": len(values)}
        | {f"p{share}_ms": round(float(np.percentile(values, share)), 1) for share in SHARES}
        for stage, values in found.items()
    ]


def skew(dataset: Dataset, outcomes: Iterable[Outcome], library: Mapping[str, Mapping[str, int]]) -> Row:
    """What the first ten results are made of, against the library and against what is right.

    Only queries that are narrowed to nothing can tell what the search itself favours.

    Args:
        dataset: for what is right.
        outcomes: of the whole walk.
        library: modality and language -> how many files, and segments, of each the library holds.
    """
    free = [o for o in outcomes if o.query.modality is None and not o.query.folder]
    shown = [each for outcome in free for each in outcome.top]
    times = Counter(each.document for each in shown)
    right = {document for outcome in free for document in dataset.qrels[outcome.query.id]}
    return {
        "queries": len(free),
        "modality": _shares(Counter(each.modality.value for each in shown), library["modality"]),
        "language": _shares(Counter(each.language or "none" for each in shown), library["language"]),
        "files": [
            {"document": d, "queries": n, "share": round(n / max(1, len(free)), 4), "ever_right": d in right}
            for d, n in sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))[:WORST_FILES]
        ],
    }


def _shares(shown: Mapping[str, int], held: Mapping[str, int]) -> list[Row]:
    """Share of the results and of the library; their ratio is the favour, 1 for none."""
    of_shown, of_held = max(1, sum(shown.values())), max(1, sum(held.values()))
    rows = []
    for name in sorted({*shown, *held}):
        there, here = shown.get(name, 0) / of_shown, held.get(name, 0) / of_held
        ratio = round(there / here, 2) if here else None
        rows.append({"name": name, "results": round(there, 4), "library": round(here, 4), "favour": ratio})
    return rows


def interval(value: Mapping[str, float]) -> str:
    """``.83 [.76, .89]``."""
    return f"{decimal(value['mean'])} [{decimal(value['low'])}, {decimal(value['high'])}]"
