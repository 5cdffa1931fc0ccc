"""A piece of evidence -> the stretches of its text that can stand as a quote, each with what gives it sense.

A quote is always ``segment.text[start:end]``; nothing is added to it and nothing inside it is left out. This module
knows no model and no score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mmchat.segmenters.sentences import split_sentences
from mmchat.types import Evidence, SegmentKind

LONGEST_WORDS = 45
"""A longer sentence (a transcript without punctuation, a list run together) is cut into windows."""
WINDOW_WORDS = 18
WINDOW_STEP_WORDS = 9
LABEL_WORDS = 3
"""A line of a picture this short may be a label whose value is the next line."""

_LEADS_ON = re.compile(
    r"(?:[:?]|\b(?:following|follows|as below|ce qui suit|comme suit|suivante?s?))\W*$", re.IGNORECASE
)
_SAYS_SOMETHING = re.compile(r"\w\w|\d")
_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"'”’»)\]]*$")

_OPENING_MARKS = re.compile(r"(?:\|\s*|[-*•‣◦–·]\s+)+")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+\S")
_CLOSING_BAR = re.compile(r"(?<=\S)\s*\|\s*$")
_TABLE_HEAD = re.compile(r"^\s*\|(.+)\|\s*\n\s*\|[\s:|-]+\|\s*$", re.MULTILINE)

Place = tuple[int, int]
"""Start and end in the segment's text."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch that can be quoted.

    Attributes:
        start, end: its place in the segment's text.
        heading: what it stands under: the innermost heading, and for a row of a table its columns; or "".
    """

    evidence: Evidence
    start: int
    end: int
    heading: str = ""

    @property
    def text(self) -> str:
        """The words exactly as they stand."""
        return self.evidence.candidate.segment.text[self.start : self.end]


def spans_of(evidence: Evidence) -> list[Span]:
    """Every stretch of this evidence that can be quoted, in reading order; none for a picture or a sound."""
    segment = evidence.candidate.segment
    text = segment.text
    if segment.kind is SegmentKind.TEXT_REGION and not _is_prose(text):
        places = list(_with_neighbours(text, list(_lines(text))))
    else:
        places = list(_windows(text, _with_sequels(text, _sentences(text))))
    heading = re.sub(r"^[\d.]+\s+", "", segment.heading.rsplit(" > ", 1)[-1].strip())
    columns = _columns(text)
    spans = []
    for start, end in places:
        if _HEADING.match(text, text.rfind("\n", 0, start) + 1):
            continue  # a heading stands above answers; it is none
        row = text.startswith("|", start)
        start, end = _without_marks(text, start, end)
        if _SAYS_SOMETHING.search(text[start:end]):
            spans.append(Span(evidence, start, end, _joined(heading, columns if row else "")))
    return spans


def _sentences(text: str) -> list[Place]:
    """Sentences, cut further at line breaks that end a line of a list, a table or code."""
    places = []
    for start, end in split_sentences(text):
        places += list(_unwrapped_lines(text, start, end))
    return places


def _unwrapped_lines(text: str, start: int, end: int) -> Iterator[Place]:
    """The lines of one sentence, where a line that goes on in the next (hard-wrapped prose) is joined to it."""
    lines = [(start + a, start + b) for a, b in _lines(text[start:end])]
    if not lines:
        return
    first, last = lines[0]
    for a, b in lines[1:]:
        if _goes_on(text[text.rfind("\n", 0, last) + 1 : last], text[a:b]):
            last = b
        else:
            yield first, last
            first, last = a, b
    yield first, last


def _goes_on(line: str, following: str) -> bool:
    """Whether the line looks wrapped, and the next one like the rest of its last sentence."""
    return len(line) >= 40 and following[:1].islower() and not _ENDS_SENTENCE.search(line)


def _lines(text: str) -> Iterator[Place]:
    for found in re.finditer(r"[^\n]+", text):
        stripped = found.group().strip()
        if stripped:
            start = found.start() + found.group().index(stripped)
            yield start, start + len(stripped)


def _is_prose(text: str) -> bool:
    """Whether a picture's text reads on from line to line: a paragraph, not a receipt or a form."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return len(text.split()) > LONGEST_WORDS or bool(re.search(r"[.!?]\s+[A-ZÀ-Þ]", text))
    long_lines = sum(len(line.split()) >= 6 for line in lines)
    read_on = sum(b.strip()[:1].islower() for b in lines[1:])
    return long_lines * 2 > len(lines) and read_on * 3 >= len(lines) - 1


def _with_neighbours(text: str, lines: list[Place]) -> Iterator[Place]:
    """Each line, and each label together with the next line: "Total" above "15.51" answers only as a pair."""
    for at, (start, end) in enumerate(lines):
        yield start, end
        label = len(text[start:end].split()) <= LABEL_WORDS and not re.search(r"\d", text[start:end])
        if label and at + 1 < len(lines):
            yield start, lines[at + 1][1]


def _with_sequels(text: str, places: list[Place]) -> Iterator[Place]:
    """A question, or a sentence that announces what follows, is quoted together with what follows."""
    for at, (start, end) in enumerate(places):
        if at + 1 < len(places) and _LEADS_ON.search(text[start:end]):
            end = places[at + 1][1]
        yield start, end


def _windows(text: str, places: Iterator[Place]) -> Iterator[Place]:
    """Overlapping windows of a sentence too long to be a quote."""
    for start, end in places:
        words = [(start + w.start(), start + w.end()) for w in re.finditer(r"\S+", text[start:end])]
        if len(words) <= LONGEST_WORDS:
            yield start, end
            continue
        for at in range(0, len(words) - WINDOW_WORDS + WINDOW_STEP_WORDS, WINDOW_STEP_WORDS):
            chosen = words[at : at + WINDOW_WORDS]
            yield chosen[0][0], chosen[-1][1]


def _without_marks(text: str, start: int, end: int) -> Place:
    """Without the bullet or the bars that a line of a list or a table begins and ends with."""
    opening = _OPENING_MARKS.match(text, start, end)
    closing = _CLOSING_BAR.search(text[start:end])
    if closing:
        end = start + closing.start()
    return min(opening.end() if opening else start, end), end


def _columns(text: str) -> str:
    """The first row of the text's first table, when a rule below it says that it names the columns."""
    found = _TABLE_HEAD.search(text)
    return ", ".join(cell.strip() for cell in found[1].split("|") if cell.strip()) if found else ""


def _joined(*parts: str) -> str:
    return ". ".join(part for part in parts if part)
