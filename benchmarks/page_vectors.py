"""How much the vector of a whole page helps, what it costs text alone, and how long it takes.

``python -m benchmarks.page_vectors DEVDATA``, where DEVDATA holds ``stamps_dev.jsonl`` and ``pages_dev.jsonl`` (see
docs/evaluation.md). Asked are pages that mix text and pictures (:mod:`benchmarks.mixed_pages`), and, as a control of
nothing but text, the manual laid out as PDF pages; the manual alone, and both in one library.
"""

from __future__ import annotations

import json
import math
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image

from benchmarks.mixed_pages import Question, Thing, mixed_files, pdf
from benchmarks.report import row, write
from mmchat.assistant import Assistant
from mmchat.attachments import plain_text
from mmchat.evaluation.answer_questions import DATA, Asked
from mmchat.segmenters.html import read_html
from mmchat.settings import Settings
from mmchat.types import Candidate, Query, Upload

THINGS = 30
LINES_PER_PAGE = 52
DEPTH = 24
TOP = 10
MANUAL, BOTH = "manual", "both"
Figures = dict[str, list[float]]


def main() -> None:
    """Take both sets in once, ask each with late and with hybrid fusion, and write the rows."""
    devdata = Path(sys.argv[1])
    found: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as name:
        questions = take_in(settings(name), devdata)
        for fusion in ("late", "hybrid"):
            found[fusion] = ask(settings(name, fusion), questions)
    rows = [
        row(f"{what}, {fusion}", _told(what, found[fusion][what])) for what in sorted(found["late"]) for fusion in found
    ]
    write("page_vectors", rows)
    for each in rows:
        print(f"{each['what']:<58} {each['measured']:>12}")


def _told(what: str, values: list[float]) -> str:
    return f"{statistics.median(values):.0f}" if what.startswith("ms ") else f"{statistics.fmean(values):.3f}"


def settings(folder: str | Path, fusion: str = "hybrid") -> Settings:
    """The bundled models, without reranking: what is compared is the order in which retrieval finds."""
    return Settings.model_validate({"data_dir": Path(folder), "fusion": fusion, "reranker": "none"})


def take_in(chosen: Settings, devdata: Path) -> list[Question]:
    """Fill both libraries; returns the questions about the mixed pages."""
    files, questions = mixed_files(_things(devdata))
    assistant = Assistant.from_settings(chosen)
    assistant.load_models()
    manual = dict(_manual(devdata))
    for library, contents in ((MANUAL, manual), (BOTH, files | manual)):
        for name, data in contents.items():
            outcome = assistant.ingest_now(library, Upload(name, data))
            if outcome.status == "failed":
                raise SystemExit(f"{name}: {outcome.reason}")
    assistant.close()
    return questions


def ask(chosen: Settings, questions: Sequence[Question]) -> Figures:
    """nDCG@10 of every question, and milliseconds, by what they are called in the table."""
    assistant = Assistant.from_settings(chosen)
    assistant.load_models()
    figures: Figures = defaultdict(list)
    for question in questions:
        pages = _pages(_search(assistant, BOTH, question.text, figures))
        value = ndcg([page == (question.file, question.page) for page in pages], 1)
        for what in (question.kind, "all mixed"):
            figures[f"nDCG@10 {what}, {question.language}"].append(value)
    passages = [segment for segments, _ in assistant.measuring.embeddings(MANUAL).values() for segment in segments]
    for asked in _manual_questions():
        relevant = sum(asked.right(segment.text) for segment in passages)
        for library in (MANUAL, BOTH):
            right = [asked.right(c.segment.text) for c in _search(assistant, library, asked.text, figures)]
            beside = "" if library == MANUAL else " beside mixed pages"
            figures[f"nDCG@10 text{beside}, {asked.language}"].append(ndcg(right, relevant))
    assistant.close()
    return figures


def ndcg(right: Iterable[bool], relevant: int) -> float:
    """Binary nDCG@10."""
    gain = sum(1 / math.log2(rank + 1) for rank, hit in enumerate(list(right)[:TOP], start=1) if hit)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(relevant, TOP) + 1))
    return gain / best if best else 0.0


def _search(assistant: Assistant, library: str, text: str, figures: Figures) -> tuple[Candidate, ...]:
    started = time.perf_counter()
    found = assistant.search(library, Query(text), DEPTH).candidates
    figures[f"ms {library}"].append((time.perf_counter() - started) * 1000)
    return found


def _pages(candidates: Sequence[Candidate]) -> list[tuple[str, int | None]]:
    """Each page once, where its first segment stands."""
    return list(dict.fromkeys((c.attachment.name, c.segment.locator.page) for c in candidates))


def _things(devdata: Path) -> list[Thing]:
    """Photos with a short caption that no other has, always the same."""
    chosen: dict[str, Thing] = {}
    for line in (devdata / "stamps_dev.jsonl").read_text("utf-8").splitlines():
        entry: Mapping[str, str] = json.loads(line)
        english, french = entry.get("text_en", "").rstrip("."), entry.get("text_fr", "").rstrip(".")
        if entry["kind"] != "image" or not entry.get("thing") or english in chosen or not 0 < len(english) <= 30:
            continue
        if not re.fullmatch(r"An? [\w -]+", english) or not french:
            continue
        with Image.open(entry["path"]) as stamp:
            picture = Image.new("RGB", stamp.size, "white")
            shown = stamp.convert("RGBA")
            picture.paste(shown, mask=shown.getchannel("A"))
        chosen[english] = Thing(picture, "the" + english[english.index(" ") :], french[0].lower() + french[1:])
    return [chosen[english] for english in sorted(chosen)][:THINGS]


def _manual(devdata: Path) -> Iterator[tuple[str, bytes]]:
    for line in (devdata / "pages_dev.jsonl").read_text("utf-8").splitlines():
        source = Path(json.loads(line)["path"])
        text = re.sub(r"^#+ ", "", read_html(plain_text(source.read_bytes()))[0], flags=re.MULTILINE)
        lines = [part for each in text.split("\n") for part in (_broken(each) or [""])]
        pages = ["\n".join(lines[at : at + LINES_PER_PAGE]) for at in range(0, len(lines), LINES_PER_PAGE)]
        yield f"{source.name}.pdf", pdf([[page] for page in pages if page.strip()])


def _broken(line: str) -> list[str]:
    return [part.strip() for part in re.findall(r".{1,95}(?:\s|$)", line)]


def _manual_questions() -> Iterator[Asked]:
    for line in (DATA / "pages_questions.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["answers"]:
            answers = tuple(tuple(parts) for parts in entry["answers"])
            yield Asked(entry["id"], entry["question"], entry["language"], answers, "any")


if __name__ == "__main__":
    main()
