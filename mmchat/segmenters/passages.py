"""Text -> passages of about 120 to 250 words on sentence and heading borders, with exact spans and their headings."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from mmchat.segmenters.bounds import MOST_HEADINGS, lines
from mmchat.segmenters.sentences import Span, split_sentences

LEAST_WORDS, MOST_WORDS = 120, 250
"""A passage fits the 512 tokens of the text encoder in any language, and is still about one thing."""

MOST_CHARACTERS, _LONGEST_WORD = 3_000, 1_000
"""For text without blanks, which is one word however long."""

SHORT_TAIL_WORDS = 30
"""What is left at a section's end joins the passage before it when it is shorter than this."""

# Bounded, so that a line of a million blanks costs no more than its length.
_HEADING = re.compile(r"^(#{1,6})[ \t]{1,99}(\S.{0,499}?)[ \t]{0,99}#{0,99}[ \t]{0,99}$", re.MULTILINE)
_UNDERLINED = re.compile(r"^(\S[^\n]*)\n(=+|-+)[ \t]*$", re.MULTILINE)
_HEADER_CHARACTERS = 1_000
_WORD = re.compile(r"\S+")
_FENCE = re.compile(r"^(```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Passage:
    """``text[start:end]`` under these headings, joined by `` > ``."""

    start: int
    end: int
    heading: str


def split_markdown(text: str) -> Iterator[Passage]:
    """Passages of Markdown or of plain text that may hold Markdown headings; none crosses a heading."""
    for start, end, heading in _sections(text):
        for a, b in _pack(text, split_sentences_between(text, start, end)):
            yield Passage(a, b, heading)


def split_code(text: str) -> Iterator[Passage]:
    """Passages of source code, cut at blank lines, at lines that begin at the margin where there is a choice."""
    yield from (Passage(a, b, "") for a, b in _pack(text, _code_blocks(text)))


def split_rows(text: str) -> Iterator[Passage]:
    """Passages of a table with one row a line; the first row stands in every passage's heading."""
    rows = list(lines(text))
    if not rows:
        return
    header = text[rows[0][0] : rows[0][1]][:_HEADER_CHARACTERS]
    for a, b in _pack(text, rows):
        yield Passage(a, b, header if a > rows[0][0] else "")


def headings_at(text: str) -> Callable[[int], str | None]:
    """What stands above a place: its headings, joined by `` > ``; None within fenced code."""
    sections = list(_sections(text))
    starts = [start for start, _, _ in sections]
    fences = [m.start() for m in _FENCE.finditer(text)]

    def above(at: int) -> str | None:
        if _is_fenced(fences, at):
            return None
        number = bisect_right(starts, at) - 1
        return sections[number][2] if number >= 0 else ""

    return above


def split_sentences_between(text: str, start: int, end: int) -> list[Span]:
    """The sentences of ``text[start:end]``, as spans of ``text``."""
    return [(start + a, start + b) for a, b in split_sentences(text[start:end])]


def _sections(text: str) -> Iterator[tuple[int, int, str]]:
    fences = [m.start() for m in _FENCE.finditer(text)]
    hashes = ((m.start(), m.end(), len(m[1]), m[2]) for m in _HEADING.finditer(text))
    lines = ((m.start(), m.end(), 1 if m[2][0] == "=" else 2, m[1].strip()) for m in _UNDERLINED.finditer(text))
    found = [*islice(hashes, MOST_HEADINGS), *islice(lines, MOST_HEADINGS)]
    headings = sorted(h for h in found if not _is_fenced(fences, h[0]))
    path: dict[int, str] = {}
    at = below = 0
    for start, end, level, title in headings:
        if text[below:start].strip():  # a heading above another has nothing of its own
            yield at, start, " > ".join(path.values())
            at = start
        path = {depth: name for depth, name in path.items() if depth < level} | {level: title}
        below = end
    if text[at:].strip():
        yield at, len(text), " > ".join(path.values())


def _is_fenced(fences: list[int], at: int) -> bool:
    """Whether an odd number of fence lines lies before: they open and close in turn; one never closed is none."""
    before = bisect_left(fences, at)
    return before % 2 == 1 and before < len(fences)


def _pack(text: str, units: list[Span]) -> list[Span]:
    """Join units in order into passages; a unit that alone is too long is cut between words."""
    passages: list[Span] = []
    words = 0
    for start, end in (piece for unit in units for piece in _cut(text, *unit)):
        more = len(text[start:end].split())
        full = words + more > MOST_WORDS or bool(passages) and end - passages[-1][0] > MOST_CHARACTERS
        full = full or words >= LEAST_WORDS and "\n\n" in text[passages[-1][1] : start]
        if not passages or full:
            passages.append((start, end))
            words = more
        else:
            passages[-1] = (passages[-1][0], end)
            words += more
    if len(passages) > 1 and words < SHORT_TAIL_WORDS and passages[-1][1] - passages[-2][0] <= MOST_CHARACTERS:
        passages[-2:] = [(passages[-2][0], passages[-1][1])]
    return passages


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    if end - start <= MOST_CHARACTERS and len(text[start:end].split()) <= MOST_WORDS:
        yield start, end
        return
    begin, last, words = -1, start, 0
    for word in _WORD.finditer(text, start, end):
        for a in range(word.start(), word.end(), _LONGEST_WORD):
            b = min(a + _LONGEST_WORD, word.end())
            if begin >= 0 and (words == MOST_WORDS or b - begin > MOST_CHARACTERS):
                yield begin, last
                begin, words = -1, 0
            begin, last, words = a if begin < 0 else begin, b, words + 1
    if begin >= 0:
        yield begin, last


def _code_blocks(text: str) -> list[Span]:
    """Runs of lines between blank lines that are followed by a line at the margin."""
    blocks: list[Span] = []
    for start, end in lines(text):
        at_margin = not text[start].isspace()
        if blocks and not (at_margin and re.search(r"\n[ \t]*\n", text[blocks[-1][1] : start])):
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((start, end))
    return [piece for a, b in blocks for piece in _long_block(text, a, b)]


def _long_block(text: str, start: int, end: int) -> list[Span]:
    if len(text[start:end].split()) <= MOST_WORDS:
        return [(start, end)]
    return list(lines(text, start, end))
