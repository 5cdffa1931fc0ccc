"""A manual in two languages -> questions and headings with the passages that answer them, within and across languages.

The passages are those that the project's own segmenter cuts, so the dataset is built anew when the segmenter changes.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from mmchat import attachments
from mmchat.evaluation.answer_questions import DATA, Asked
from mmchat.evaluation.dataset import EvaluationQuery, unbroken
from mmchat.segmenters import create_segmenter, segmenter_for
from mmchat.settings import Settings
from mmchat.types import Segment, SegmentInput, Upload

LANGUAGES = ("en", "fr")

_HEADING = re.compile(r"<h[1-5][^>]*>\s*<a id=\"([^\"]+)\"\s*/?>(?:</a>)?(.*?)</h[1-5]>", re.DOTALL)
_NUMBER = re.compile(r"^(?:(?:Chapter|Chapitre|Appendix|Annexe)\s+)?(?:\d+|[A-Z])(?:\.\d+)*\.\s+")


def page_queries(pages: Mapping[str, Path], settings: Settings) -> Iterator[tuple[EvaluationQuery, Sequence[str]]]:
    """Questions and headings of each language asked of the pages in each, with the ids of the right passages.

    Args:
        pages: path in the dataset, ``page/LANGUAGE/NAME`` -> the HTML file.
        settings: for the segmenter.
    """
    segments: dict[str, list[Segment]] = {language: [] for language in LANGUAGES}
    headings: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for path, original in sorted(pages.items()):
        language = path.split("/")[1]
        segments[language] += _segments(path, original, settings)
        headings[language] |= _headings(original.read_text("utf-8"))
    yield from _questions(segments)
    yield from _titles(segments, headings)


def _questions(segments: Mapping[str, Sequence[Segment]]) -> Iterator[tuple[EvaluationQuery, Sequence[str]]]:
    for line in (DATA / "pages_questions.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        answers = tuple(tuple(parts) for parts in entry["answers"])
        anywhere: list[str] = []
        for wanted in LANGUAGES if answers else ():
            asked = Asked(entry["id"], entry["question"], entry["language"], answers, wanted)
            gold = [segment.id for segment in segments[wanted] if asked.right(segment.text)]
            yield _query("question", entry["id"], asked.text, asked.language, wanted), gold
            anywhere += gold
        if answers:
            query = _query("question", entry["id"], entry["question"], entry["language"], "any")
            yield replace(query, pair="question to anything", folder=""), anywhere


def _titles(
    segments: Mapping[str, Sequence[Segment]], headings: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[EvaluationQuery, Sequence[str]]]:
    """A heading asks for the passages under it; the same place has the same anchor in both languages."""
    under: dict[str, dict[str, list[str]]] = {}
    for language in LANGUAGES:
        found = under.setdefault(language, defaultdict(list))
        for segment in segments[language]:
            found[_plain(segment.heading.split(" > ")[-1])].append(segment.id)
    for language in LANGUAGES:
        for wanted in LANGUAGES:
            for anchor, heading in headings[language].items():
                there = headings[wanted].get(anchor)
                if there is not None:
                    query = _query("heading", anchor, _NUMBER.sub("", heading), language, wanted)
                    yield query, under[wanted].get(_plain(there), [])


def _query(kind: str, id: str, text: str, language: str, wanted: str) -> EvaluationQuery:
    return EvaluationQuery(
        id=f"{kind}-{wanted}:{language}:{unbroken(id)}",
        pair=f"{kind} to {'English' if wanted == 'en' else 'French'} passage",
        text=text,
        folder=f"page/{wanted}",
        language=language,
        unit="segment",
    )


def _segments(path: str, original: Path, settings: Settings) -> Iterator[Segment]:
    attachment = attachments.inspect(Upload(original.name, original.read_bytes(), path), settings)
    segmenter = create_segmenter(segmenter_for(attachment), settings)
    for found in segmenter.segment(attachment, original, lambda *_: None):
        if isinstance(found, SegmentInput):
            yield found.segment


def _headings(source: str) -> dict[str, str]:
    """Anchor -> heading, as text."""
    from bs4 import BeautifulSoup

    found = {}
    for anchor, inner in _HEADING.findall(source):
        found[anchor] = " ".join(BeautifulSoup(inner, "html.parser").get_text(" ").split())
    return found


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()
