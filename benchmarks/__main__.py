"""``python -m benchmarks``: run each benchmark in a process of its own; print a table, write JSON.

Figures from a shared machine are noisy: read the ratios to the naive scripts, taken in the same run.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
BENCHMARKS = ("text_encoder", "ingest", "video", "search", "answer", "start")


def main() -> None:
    """Run all, or those named on the command line."""
    RESULTS.mkdir(exist_ok=True)
    rows = []
    for name, *size in _asked(sys.argv[1:]):
        command = [sys.executable, "-m", f"benchmarks.{name}", *size]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name} failed:\n{done.stderr[-2000:]}", file=sys.stderr)
            continue
        rows += json.loads((RESULTS / f"{name}.json").read_text())
    document = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "rows": rows}
    (RESULTS / "all.json").write_text(json.dumps(document, indent=2))
    print(f"{'what':<58} {'measured':>12} {'aim':>12} {'ratio to naive':>15}")
    for row in rows:
        ratio = f"{row['ratio']:.2f}" if row.get("ratio") is not None else ""
        print(f"{row['what']:<58} {row['measured']:>12} {row.get('aim', ''):>12} {ratio:>15}")


def _asked(words: list[str]) -> list[list[str]]:
    """Each benchmark, with the size that follows it, if any: ``search 102000``."""
    asked: list[list[str]] = []
    for word in words or BENCHMARKS:
        if word.isdecimal() and asked:
            asked[-1].append(word)
        else:
            asked.append([word])
    return asked


if __name__ == "__main__":
    main()
