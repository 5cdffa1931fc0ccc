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
            "Answer recall: questions answered by a right quote, surely or likely. Citation precision: of an answer's "
            "quotes, the right ones; recall: answers with a right quote. Abstention precision: of what is said not to "
            "answer, that which nothing answers; recall: of the questions that nothing answers, those told so."
        )
        yield _intervals("questions", "setting", document["answers"])
    if document.get("places"):
        yield "Cited places against the true ones: intersection over union, where nothing is cited 0."
        yield _intervals("place", "place", document["places"])


def fitted(found: Row) -> Iterator[str]:
    """The numbers of the operating point as they are pasted there, and how they do on what is kept back."""
    yield "Fitted for answering/operating_point.py:"
    lines = [f"    {line.upper()}: ({_listed(weights)})," for line, weights in found["weights"].items()]
    sure = [f"    {line.upper()}: ({_listed(weights)})," for line, weights in found["confidence"].items()]
    sure_biases = ", ".join(f"{line.upper()}: {bias}" for line, bias in found["confidence_bias"].items())
    biases = ", ".join(f"{line.upper()}: {bias}" for line, bias in found["bias"].items())
    yield "\n".join(
        (
            "```python",
            "WEIGHTS = {",
            *lines,
            "}",
            f"BIAS = {{{biases}}}",
            "CONFIDENCE = {",
            *sure,
            "}",
            f"CONFIDENCE_BIAS = {{{sure_biases}}}",
            "```",
        )
    )
    yield f"On {found['n']} questions kept back, {found['base']} of whose best units are right. The best unit, by line:"
    yield _intervals("line", "line", found["first"])
    yield f"Right and wrong best units are told apart with an area under the curve of {found['area']}. Reliability:"
    yield _plain(found["reliability"])
    yield "What is told from a threshold on, of the right best units and of the wrong ones:"
    yield _plain(found["thresholds"])


def speech(rows: Sequence[Row]) -> str:
    """Word error rates."""
    names = list(rows[0]["figures"]) if rows else []
    return table(("prompts", "n", *names), [(r["what"], r["n"], *(r["figures"][n] for n in names)) for r in rows])


def _intervals(head: str, key: str, rows: Sequence[Row]) -> str:
    names = [name for name in rows[0] if name != key]
    cells = [(r[key], *(f"{interval(r[name])} ({r[name]['n']})" for name in names)) for r in rows]
    return table((head, *names), cells)


def _plain(rows: Sequence[Row]) -> str:
    return table(tuple(rows[0]), [tuple(row.values()) for row in rows])


def _listed(values: Sequence[float]) -> str:
    return ", ".join(map(str, values))
