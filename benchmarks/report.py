"""The rows a benchmark writes: what was measured, the figure with its unit, the aim, the ratio to a naive script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def row(what: str, measured: str, *, aim: str = "", ratio: float | None = None) -> dict[str, Any]:
    """One line of the table; ``ratio`` is our seconds over the naive script's."""
    return {"what": what, "measured": measured, "aim": aim, "ratio": ratio}


def write(name: str, rows: list[dict[str, Any]]) -> None:
    """Keep the rows for the runner."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(rows, indent=2))


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` (0..1) of the sorted values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
