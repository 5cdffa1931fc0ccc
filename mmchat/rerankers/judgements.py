"""What a judge wrote -> the judgements in it that can be believed. Any text at all may come in; nothing is raised."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

WORST, BEST = 0, 3
MOST_REASON_CHARACTERS = 120

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "judgements": {
            "type": "array",
            "items": {
                "type": "object",
                # The reason comes before the grade: a model that has said why grades by it.
                "properties": {
                    "number": {"type": "integer"},
                    "reason": {"type": "string"},
                    # Listed, since not every provider takes a minimum and a maximum.
                    "grade": {"type": "integer", "enum": list(range(WORST, BEST + 1))},
                },
                "required": ["number", "reason", "grade"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["judgements"],
    "additionalProperties": False,
}
"""The JSON schema of a judge's answer, within what every provider's structured output takes."""

_MOST_CHARACTERS = 100_000
_MOST_STARTS = 2_000
"""A judge of 20 candidates writes 21 braces; reading stops somewhere, whatever was written."""
_THOUGHT = "</think>"
_WHOLE = re.compile(r"\s*(-?\d{1,6})(?:\.0*)?\s*")
_JOINERS = "\u200c\u200d"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The grade of one numbered candidate, 0 (has nothing to do with it) to 3 (answers it), and why, on one line."""

    number: int
    grade: int
    reason: str = ""


def read_judgements(output: str, count: int) -> dict[int, Judgement]:
    """The judgements of candidates 1 to ``count``, by number; the first of each number, in the order written.

    JSON is looked for everywhere: inside Markdown, after thoughts, in a document that was cut off. Unknown numbers
    and judgements without a grade are left out, grades beyond the scale are brought to its end.
    """
    said = output[:_MOST_CHARACTERS]
    found: dict[int, Judgement] = {}
    for row in _rows(said.rpartition(_THOUGHT)[2]):
        number, grade = _whole(row.get("number")), _whole(row.get("grade"))
        if number is None or grade is None or not 1 <= number <= count or number in found:
            continue
        found[number] = Judgement(number, min(max(grade, WORST), BEST), one_line(row.get("reason")))
    return found


def one_line(words: object) -> str:
    """A reason as it may be shown: one line of at most 120 printable characters; "" for what says nothing."""
    if not isinstance(words, str):
        return ""
    # Twenty times too much is cut first: the rest would be cut anyway.
    line = " ".join(words[: 20 * MOST_REASON_CHARACTERS].split())
    line = "".join(letter for letter in line if letter.isprintable() or letter in _JOINERS)
    line = " ".join(line.split())
    if not any(letter.isalnum() for letter in line):  # "...", copied from the form
        return ""
    if len(line) <= MOST_REASON_CHARACTERS:
        return line
    return line[: MOST_REASON_CHARACTERS - 1].rstrip() + "…"


def _rows(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object with a ``number`` in it, in the order written, however deep it lies."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    for _ in range(_MOST_STARTS):
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):  # cut off, or no JSON: what lies inside may still be whole
            end = at + 1
        else:
            yield from _inside(value)
        at = text.find("{", end)


def _inside(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict) and "number" in each:
            yield each
        elif isinstance(each, dict | list):
            waiting += reversed(list(each.values()) if isinstance(each, dict) else each)


def _whole(value: object) -> int | None:
    """A whole number, also where it was written as ``2.0`` or ``"2"``."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value == int(value) else None
    match = _WHOLE.fullmatch(value) if isinstance(value, str) else None
    return int(match[1]) if match else None
