"""``make crash``: processes killed at random instants of their work, and the folder checked after the next start."""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.crash.work import KINDS, LIBRARY, do, files, killed, opened, prepare, segments_of, wrong


def main() -> int:
    """Returns 1 where anything was wrong after a start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    chance, at_work, faults = random.Random(options.seed), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        with opened(base / "filled") as assistant:
            for upload in files():
                assistant.ingest_now(LIBRARY, upload)
            whole = segments_of(assistant)
        took_s = {kind: _undisturbed(kind, base) for kind in KINDS}
        print("undisturbed: " + ", ".join(f"{kind} {seconds:.1f} s" for kind, seconds in took_s.items()), flush=True)
        for number in range(options.kills):
            kind, folder = KINDS[number % len(KINDS)], base / f"{number}"
            prepare(kind, folder, base / "filled")
            after_s = chance.uniform(0, took_s[kind])
            running = killed(kind, folder, after_s)
            at_work[kind] += running
            for fault in wrong(kind, folder, whole):
                faults[kind] += 1
                print(f"  kill {number} of {kind} after {after_s:.2f} s: {fault}", flush=True)
            shutil.rmtree(folder)
    print(f"{options.kills} kills, at work when killed: {dict(at_work)}; wrong afterwards: {faults.total()}")
    return 1 if faults else 0


def _undisturbed(kind: str, base: Path) -> float:
    folder = base / f"undisturbed-{kind}"
    prepare(kind, folder, base / "filled")
    started = time.monotonic()
    do(kind, folder)
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
