"""What is read on one frame after the other -> each text once, with the seconds for which it stands there.

It sees words and boxes only, neither pictures nor files.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mmchat.perception.ocr import OcrParagraph
from mmchat.types import WordPlace

_SAME_SHARE = 0.9
"""The same text is read a little differently from frame to frame: one word in ten may be another."""
_SAME_LETTERS = 0.75
_SHORTEST_FUZZY = 4
_TITLE_HEIGHTS, _FEWEST_LINES = 1.2, 2
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Writing:
    """A region of text, the title it stands under or "", and when it is to be seen."""

    region: OcrParagraph
    title: str
    start_s: float
    end_s: float


class FrameText:
    """Give it the regions of every kept frame in playing order."""

    def __init__(self) -> None:
        self.writings: list[Writing] = []
        self._standing: list[Writing] = []
        self._before: frozenset[str] = frozenset()

    def add(self, regions: Sequence[OcrParagraph], start_s: float, end_s: float) -> None:
        """What a frame shows: a text that stood on the frame before stays that text, only longer."""
        here = frozenset(word for region in regions for word in _words(region.text))
        self._standing = [each for each in self._standing if stands_in(each.region.text, here)]
        for each in self._standing:
            each.end_s = end_s
        title = title_of(regions)
        new = [
            Writing(region, "" if title in region.text else title, start_s, end_s)
            for region in regions
            if not stands_in(region.text, self._before)
        ]
        self.writings += new
        self._standing += new
        self._before = here


def title_of(regions: Sequence[OcrParagraph]) -> str:
    """The line written clearly larger than the rest, as on a slide; "" where there is none.

    It is what a line far below it is about: "Cost: 4.2 million" of what?
    """
    lines = [
        (statistics.median(_height(place) for place in here), region.text[start:end])
        for region in regions
        for start, end in _lines(region.text)
        if (here := [p for p in region.places if start <= p.char_start < end and p.box])
    ]
    if len(lines) < _FEWEST_LINES:
        return ""
    (highest, title), second = max(lines), sorted(height for height, _ in lines)[-2]
    return title.strip() if highest >= _TITLE_HEIGHTS * second and _WORD.search(title) else ""


def stands_in(text: str, words: frozenset[str]) -> bool:
    """Whether the text is made of these words, but for what a second reading may change. Numbers must be the same."""
    missing, count = 0, 0
    for word in _words(text):
        count += 1
        if word in words:
            continue
        if any(c.isdigit() for c in word):
            return False
        fuzzy = len(word) >= _SHORTEST_FUZZY and get_close_matches(word, words, n=1, cutoff=_SAME_LETTERS)
        missing += not fuzzy
    return bool(count) and missing <= (1 - _SAME_SHARE) * count


def _lines(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[^\n]+", text)]


def _height(place: WordPlace) -> float:
    return place.box[3] - place.box[1] if place.box else 0.0


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
