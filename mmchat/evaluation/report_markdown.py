"""The document of an evaluation -> Markdown tables. It measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmchat.errors import MmchatError
from mmchat.evaluation.figures import interval
from mmchat.evaluation.goals import reached
from mmchat.evaluation.metrics import decimal
from mmchat.evaluation.report_answers import answers
from mmchat.evaluation.tables import table

BEGIN, END = "<!-- begin: written by `make eval` -->", "<!-- end: written by `make eval` -->"

Row = Mapping[str, Any]


def markdown(document: Row) -> str:
    """Every table, with a line before each that says how to read it."""
    parts = [_made(document)]
    for dataset in document["datasets"]:
        parts += _dataset(dataset)
    parts += answers(document)
    return "\n\n".join(part for part in parts if part) + "\n"


def update(file: Path, text: str) -> None:
    """Put the tables between the two marks of a page that is otherwise written by hand.

    Raises:
        MmchatError: the file cannot be read or has no marks.
    """
    try:
        page = file.read_text("utf-8")
    except OSError as error:
        raise MmchatError(f"{file} cannot be read ({error.strerror}). Choose a page that is there.") from error
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise MmchatError(f"{file} does not have the lines {BEGIN} and {END}. Put them where the tables belong.")
    file.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", "utf-8")


def _made(document: Row) -> str:
    chosen = ", ".join(f"{name} {value}" for name, value in document["settings"].items())
    memory = f"; at most {document['peak_memory_mb']:.0f} MB of memory" if document["peak_memory_mb"] else ""
    return f"mmchat {document['version']}, {chosen}; {document['cores']} cores{memory}."


def _dataset(dataset: Row) -> Iterator[str]:
    yield (
        f"### {dataset['name']} ({dataset['files']} files, {dataset['segments']} segments, "
        f"{dataset['queries']} queries, {dataset['fingerprint']})"
    )
    goals = reached(dataset)
    if goals:
        yield "What is aimed at, with 95 % intervals (bootstrap over queries):"
        yield table(
            ("goal", "measure", "n", "aim", "measured", "reached"),
            [
                (g["what"], g["measure"], g["n"], decimal(g["aim"]), g["measured"], "yes" if g["reached"] else "no")
                for g in goals
            ],
        )
    yield "Quality. Success@10: a right one among ten; R@k: the share of the right ones found; RR: one over the rank."
    measures = ("nDCG@10", "R@1", "R@5", "R@10", "Success@10", "RR")
    yield table(
        ("pair", "language", "n", *measures),
        [
            (row["pair"], row["language"] or "-", row["n"], *(interval(row[measure]) for measure in measures))
            for row in dataset["quality"]
        ],
    )
    if dataset["composed"]:
        yield "Composed queries beside their parts asked alone, for the same answers."
        yield table(
            ("pair", "language", "n", "measure", "composed", "words alone", "media alone", "more than the better part"),
            [
                (
                    row["pair"], row["language"], row["n"], row["measure"], interval(row["composed"]),
                    *(interval(part) for part in row["parts"]), interval(row["more_than_better_part"]),
                )
                for row in dataset["composed"]
            ],
        )  # fmt: skip
    if dataset["ablation"]:
        names = list(dataset["ablation"][0]["runs"])
        yield (
            "Each stage alone, and all without it: the figure, and in brackets its difference to `all` over the same "
            "queries. A `*` marks a difference whose 95 % interval leaves out 0."
        )
        yield table(
            ("pair", "language", "n", "measure", "all", *names),
            [
                (row["pair"], row["language"] or "-", row["n"], row["measure"], decimal(row["all"]["mean"]),
                 *(_against(row["runs"][name]) for name in names))
                for row in dataset["ablation"]
            ],
        )  # fmt: skip
    yield "Milliseconds per stage, over all queries of the whole walk."
    yield table(
        ("stage", "n", "p50", "p95", "p99"),
        [(row["stage"], row["n"], row["p50_ms"], row["p95_ms"], row["p99_ms"]) for row in dataset["latency"]],
    )
    yield from _skew(dataset["skew"])
    yield from _spaces(dataset["spaces"])


def _against(row: Row) -> str:
    value = row["difference"]
    sure = "*" if value["low"] > 0 or value["high"] < 0 else ""
    return f"{decimal(row['mean'])} ({'+' if value['mean'] >= 0 else ''}{decimal(value['mean'])}{sure})"


def _skew(skew: Row) -> Iterator[str]:
    if not skew["queries"]:
        return
    yield (
        f"What the first ten results of {skew['queries']} queries without any filter are made of, against the library. "
        "Favour is the ratio: 1 for none."
    )
    head = ("results", "share of the results", "share of the library", "favour")
    for kind in ("modality", "language"):
        rows = [(f"{kind}: {r['name']}", f"{r['results']:.1%}", f"{r['library']:.1%}", r["favour"]) for r in skew[kind]]
        yield table(head, rows)
    yield "Files that stand among the first ten most often."
    yield table(
        ("file", "queries", "share", "ever right"),
        [(r["document"], r["queries"], f"{r['share']:.1%}", "yes" if r["ever_right"] else "no") for r in skew["files"]],
    )


def _spaces(spaces: Sequence[Row]) -> Iterator[str]:
    yield (
        "The vector spaces. Mean distance: cosine, 0 when all vectors are one. Hubness: skewness of how often one "
        "is among the ten nearest of others; largest hub: the share of lists it is in. Silhouette: 1 when groups are "
        "islands, 0 when they mix. Gap: the length between mean vectors."
    )
    yield table(
        ("space", "n", "mean distance", "hubness", "largest hub", "silhouette by modality", "by language", "gaps"),
        [
            (
                row["space"], row["n"], row["mean_distance"], row["hubness"], row["largest_hub"],
                row["silhouette_modality"], row["silhouette_language"],
                ", ".join(f"{pair} {gap}" for pair, gap in row["gaps"].items()) or None,
            )
            for row in spaces
        ],
    )  # fmt: skip
