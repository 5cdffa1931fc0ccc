"""``make fuzz``: mutations of every accepted kind of file, then the shapes that are small to send and large to read.

Each is taken in by an assistant with real workers. Told is what was not answered with a sentence, what ended a worker,
and how seconds and memory grow with size.
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from tests.fuzz.mutations import mutated
from tests.fuzz.reading import Outcome, reading
from tests.fuzz.seeds import seeds
from tests.fuzz.shapes import SHAPES

_SHARES = (0.25, 0.5, 1.0)


def mutations(count: int, seed: int, folder: Path) -> int:
    """So many mutated files; returns how many were not answered with a sentence."""
    kinds = seeds()
    names = sorted(kinds)
    outcomes: list[Outcome] = []
    broken: dict[str, list[str]] = defaultdict(list)
    with reading(folder, workers=2) as reader:
        for number in range(count):
            name = names[number % len(names)]
            chance = random.Random(f"{seed}/{number}")
            data = mutated(name, kinds[name], chance)
            outcome = reader.read(name, data)
            outcomes.append(outcome)
            if outcome.fault or outcome.ended_a_worker or outcome.broke_a_reader:
                broken[name].append(f"{number}: {outcome.fault or 'told'}: {outcome.reason}")
                kept = folder.parent / "kept"
                kept.mkdir(exist_ok=True)
                (kept / f"{number}-{name}").write_bytes(data)
            if number % 500 == 499:
                print(f"{number + 1} files, {sum(map(len, broken.values()))} that a reader fell over", flush=True)
    told = Counter(outcome.status for outcome in outcomes)
    faults = [outcome for outcome in outcomes if outcome.fault]
    slowest = max(outcomes, key=lambda outcome: outcome.seconds)
    print(f"{len(outcomes)} mutated files of {len(names)} kinds: {dict(told)}")
    print(
        f"without a sentence: {len(faults)}; ended a worker: {sum(o.ended_a_worker for o in outcomes)}; "
        f"a reader fell over: {sum(o.broke_a_reader for o in outcomes)}"
    )
    most_mb = max(outcome.peak_mb for outcome in outcomes)
    print(f"slowest: {slowest.name}, {slowest.seconds:.1f} s; most memory of a worker: {most_mb} MB")
    for name, lines in sorted(broken.items()):
        for line in lines[:4]:
            print(f"  {name} {line}")
    return len(faults)


def shapes(folder: Path, names: list[str]) -> int:
    """Each shape at three sizes; returns how many were not answered with a sentence."""
    faults = 0
    print(f"{'shape':18} {'MB':>7} " + " ".join(f"{share:>7.0%}" for share in _SHARES) + "  peak MB  outcome")
    with reading(folder, workers=1, max_text_mb=20) as reader:
        for name in names:
            make, size = SHAPES[name]
            tried = [reader.read(name, make(int(size * share))) for share in _SHARES]
            faults += sum(bool(outcome.fault) for outcome in tried)
            last = tried[-1]
            seconds = " ".join(f"{outcome.seconds:7.1f}" for outcome in tried)
            said = last.reason or f"{last.segments} segments"
            print(
                f"{name:18} {last.size / 1e6:7.2f} {seconds}  {max(o.peak_mb for o in tried):7}  {last.status}: {said}",
                flush=True,
            )
    return faults


def main() -> int:
    """Returns 1 where anything was not answered with a sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000, help="mutated files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shapes", nargs="*", default=sorted(SHAPES), help="by name; none to leave them out")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        faults = mutations(options.count, options.seed, folder / "mutations") if options.count else 0
        faults += shapes(folder / "shapes", options.shapes) if options.shapes else 0
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
