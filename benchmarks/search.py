"""Over a library of all spaces: milliseconds of a search, without reranking (p50, p95, and by stage).

10,000 segments, or as many as are named: ``python -m benchmarks.search 102000``. A tenth are pictures and a tenth are
stretches of sound, but 1,000 of each at most; the others are passages. Words are drawn as in real text, the commonest
far more often than the rest. Vectors of passages are 400 really encoded ones with a little noise, those of pictures and
sounds a few classes each: making so many is measured elsewhere, and the search does not know the difference.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.report import percentile, row, write
from mmchat.assistant import Assistant
from mmchat.encoders.base import Encoder, normalise
from mmchat.retrieval import translation
from mmchat.segmenters.base import segment_id
from mmchat.settings import Settings
from mmchat.types import Attachment, Locator, Modality, Segment, SegmentInput, SegmentKind, Vectors

SEGMENTS, MOST_MEDIA, ENCODED, PER_FILE = 10_000, 1_000, 400, 20
AT_ONCE = 5_000
WORDS_IN_PASSAGE = 110
QUERIES = 200
LIBRARY = "bench"
ASKED = (
    ("en", "Where did the {} put the {} of the {}?"),
    ("fr", "Où est-ce que le {} a mis le {} de la {} ?"),
    ("en", "{} {} {}"),
    ("en", "find the photo of a {} with a {} and a {}"),
    ("fr", "le bruit d'un {} près d'un {} et d'un {}"),
)


def main() -> None:
    """Fill a library, ask, and write the rows; with ``--profile``, print where the time goes instead."""
    size = next((int(word) for word in sys.argv[1:] if word.isdecimal()), SEGMENTS)
    with tempfile.TemporaryDirectory() as folder:
        assistant = Assistant.from_settings(Settings(data_dir=Path(folder)))
        assistant.load_models()
        words = _vocabulary()
        _fill(assistant, words, size)
        queries = list(_queries(words))
        for query in queries[:10]:
            _ask(assistant, query)
        if "--profile" in sys.argv:
            profile = cProfile.Profile()
            profile.runcall(lambda: [_ask(assistant, query) for query in queries])
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        else:
            _report([_ask(assistant, query) for query in queries], size)
        assistant.close()


def _report(timings: list[dict[str, float]], size: int) -> None:
    stages = defaultdict(list)
    for timing in timings:
        for stage, elapsed_ms in timing.items():
            stages[stage].append(elapsed_ms)
    rows = []
    for stage, values in stages.items():
        what = f"a search over {size:,} segments" if stage == "total" else f"  of it, {stage}"
        rows.append(row(f"{what}, p50", f"{percentile(values, 0.5):.0f} ms"))
        rows.append(row(f"{what}, p95", f"{percentile(values, 0.95):.0f} ms", aim="150 ms" if stage == "total" else ""))
    write("search", rows)


def _ask(assistant: Assistant, text: str) -> dict[str, float]:
    started = time.perf_counter()
    query = assistant.narrowed_query(text, (), ())
    found = assistant.search(LIBRARY, query, 24)
    total_ms = (time.perf_counter() - started) * 1000
    timings = {stage: ms for stage, ms in found.timings_ms.items() if stage != "rerank"}
    return {"total": total_ms - found.timings_ms.get("rerank", 0.0), **timings}


def _vocabulary() -> dict[str, list[str]]:
    """Words of both languages, the commonest first; as many again that no list of words has."""
    pairs = json.loads((Path(translation.__file__).parent / "english_french.json").read_text("utf-8"))
    source = np.random.default_rng(3)
    found = {}
    for at, language in enumerate(("en", "fr")):
        known = [word for pair in pairs for word in pair[at] if " " not in word and "'" not in word]
        made = ["".join(source.choice(list("aeioubcdlmnprst"), 8)) for _ in range(18_000)]
        found[language] = [*dict.fromkeys(known), *made]
    return found


def _queries(words: dict[str, list[str]]) -> Iterator[str]:
    source = np.random.default_rng(5)
    for n in range(QUERIES):
        language, wording = ASKED[n % len(ASKED)]
        yield wording.format(*source.choice(words[language][:1_500], 3))


def _fill(assistant: Assistant, words: dict[str, list[str]], size: int) -> None:
    source = np.random.default_rng(1)
    text, *spaces = assistant.measuring.encoders
    media = min(MOST_MEDIA, size // 10)
    passages = [_passage(source, words["fr" if n % 2 else "en"]) for n in range(size - media * len(spaces))]
    segments = [_segment(n, SegmentKind.PASSAGE, text, "fr" if n % 2 else "en") for n, text in enumerate(passages)]
    vectors = text.encode_segments([SegmentInput(segment) for segment in segments[:ENCODED]])
    near = vectors[source.integers(0, len(vectors), len(passages))]
    _add(assistant, text, segments, normalise(near + 0.02 * source.normal(size=near.shape).astype(np.float32)))
    for at, encoder in enumerate(spaces, start=1):
        kind = next(iter(encoder.segment_kinds))
        shown = [_segment(at * 1_000_000 + n, kind, "", "") for n in range(media)]
        _add(assistant, encoder, shown, _few_classes(source, media, encoder.space.dim))


def _passage(source: np.random.Generator, words: list[str]) -> str:
    """By Zipf's law, near enough: the n-th word 1/n times as often as the first."""
    ranks = np.exp(source.random(WORDS_IN_PASSAGE) * np.log(len(words))).astype(int) - 1
    return " ".join(words[rank] for rank in ranks)


def _few_classes(source: np.random.Generator, n: int, dim: int) -> Vectors:
    vectors = np.full((n, dim), 0.005, dtype=np.float32)
    for vector in vectors:
        vector[source.integers(0, dim, 6)] = source.random(6)
    return normalise(vectors)


def _segment(n: int, kind: SegmentKind, text: str, language: str) -> Segment:
    modality = {SegmentKind.WHOLE_IMAGE: Modality.IMAGE, SegmentKind.SOUND: Modality.AUDIO}.get(kind, Modality.TEXT)
    file = f"{n if modality is not Modality.TEXT else n // PER_FILE:064x}"
    where = Locator(char_start=0, char_end=len(text)) if text else Locator()
    return Segment(segment_id(file, kind, n, text), file, modality, kind, n, text, where, language=language)


def _add(assistant: Assistant, encoder: Encoder, segments: list[Segment], vectors: Vectors) -> None:
    files: dict[str, list[Segment]] = defaultdict(list)
    for segment in segments:
        files[segment.attachment_id].append(segment)
    for file, members in files.items():
        name = f"file{file.lstrip('0')}"
        attachment = Attachment(file, name, name, "text/plain", members[0].modality, 1)
        assistant._catalog.add_attachment(LIBRARY, attachment)
        assistant._catalog.index(LIBRARY, attachment, members)
    ids = [segment.id for segment in segments]
    for at in range(0, len(ids), AT_ONCE):
        assistant._store.upsert(LIBRARY, encoder.space, ids[at : at + AT_ONCE], vectors[at : at + AT_ONCE])


if __name__ == "__main__":
    main()
