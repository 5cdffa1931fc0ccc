"""Questions over invented tables, and how many are answered right: run with ``first.json`` or ``kept.json``."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from mmchat.encoders.e5_small import E5SmallEncoder
from mmchat.tools.query_table import TableAnswer, answer_from_tables
from mmchat.tools.table_meaning import Embed
from mmchat.types import Table
from tests.tools.make_tables import make_table

DATA = Path(__file__).parent / "data"


def tables_of(part: str) -> list[tuple[dict[str, Any], Table]]:
    spec = json.loads((DATA / part).read_text("utf-8"))["tables"]
    return [(each, make_table(each["title"], each["columns"], each["rows"], file=each["file"])) for each in spec]


def verdict(answer: TableAnswer | None, expected: dict[str, Any] | None) -> str:
    if answer is None:
        return "none" if expected else "right"
    if expected is None:
        return "wrong"
    if "rows" in expected:
        return "right" if [row.index for row in answer.rows] == expected["rows"] else "wrong"
    if "value" in expected:
        close = answer.value is not None and abs(answer.value - expected["value"]) < 0.01
        return "right" if close else "wrong"
    says = [expected["says"]] if isinstance(expected["says"], str) else expected["says"]
    return "right" if any(each in answer.value_text for each in says) else "wrong"


def ask(part: str, embed: Embed, *, together: bool = False, show: bool = False) -> Counter[str]:
    """The verdicts, each table asked alone, or all at once."""
    made, counted = tables_of(part), Counter[str]()
    names = {table.attachment_id: spec["file"] for spec, table in made}
    for spec, table in made:
        for language, question, expected in spec["questions"]:
            tables = [each for _, each in made] if together else [table]
            since = time.perf_counter()
            answer = answer_from_tables(question, language, tables, embed, names=names)
            ms = 1000 * (time.perf_counter() - since)
            found = verdict(answer, expected)
            counted[found] += 1
            counted["silent on unanswerable"] += expected is None and found == "right"
            if show and found != "right" or show and "-v" in sys.argv:
                said = answer and (
                    f"{answer.operation}: {answer.value_text[:60]} [{answer.label[:50]}] {answer.confidence:.2f}"
                )
                print(f"{found:6}{ms:5.0f} ms  {question}  -> {said}  (expected {expected})")  # noqa: T201
    return counted


if __name__ == "__main__":
    encoder = E5SmallEncoder(Path("~/.cache/mmchat-tests").expanduser(), threads=2)
    for all_at_once in (False, True):
        print(dict(ask(sys.argv[1], encoder.encode_texts, together=all_at_once, show=True)))  # noqa: T201
