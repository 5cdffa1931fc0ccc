"""The rows of answers, places and speech -> Markdown. It measures nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mmchat.evaluation.figures import interval
from mmchat.evaluation.tables import table

Row = Mapping[str, Any]


def answers(document: Row) -> Iterator[str]:
    """What is measured of answers; nothing where it was not."""
    if document.get("answers"):
        yield "### Answers"
        yield (
            "Answer recall: questions answered by a right quote. Citation precision: of an answer's quotes, the right "
            "ones; recall: answers with a right quote. Abstention precision: of the silences, those where nothing "
            "answers; recall: of the questions that nothing answers, those met with silence."
        )
        yield _intervals("questions", "setting", document["answers"])
    if document.get("places"):
        yield "Cited places against the true ones: intersection over union, where nothing is cited 0."
        yield _intervals("place", "place", document["places"])


def fitted(rows: Sequence[Row]) -> Iterator[str]:
    """Lines fitted anew, and what thresholds do."""
    head = ("line", "score", "others", "bias", "usual", "n", "threshold", "speaks", "right", "silent otherwise")
    yield table(
        head,
        [
            (*(row[key] for key in ("line", "score", "others", "bias", "usual", "n")), *at.values())
            for row in rows
            for at in row["thresholds"]
        ],
    )


def speech(rows: Sequence[Row]) -> str:
    """Word error rates."""
    names = list(rows[0]["figures"]) if rows else []
    return table(("prompts", "n", *names), [(r["what"], r["n"], *(r["figures"][n] for n in names)) for r in rows])


def _intervals(head: str, key: str, rows: Sequence[Row]) -> str:
    names = [name for name in rows[0] if name != key]
    cells = [(r[key], *(f"{interval(r[name])} ({r[name]['n']})" for name in names)) for r in rows]
    return table((head, *names), cells)
