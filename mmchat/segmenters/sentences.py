"""Text -> the spans of its sentences, in English, French and kindred languages. It knows no passages and no files."""

from __future__ import annotations

import re

from mmchat.segmenters.locale_words import folded, months

Span = tuple[int, int]

# What ends with a dot and ends no sentence. Common English and French abbreviations, titles and units.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st sr jr vs etc approx fig nos vol ed eds pp p art sec ch cf al inc ltd co corp dept est "
    "e.g i.e a.m p.m u.s u.k m mm mme mmes mlle mlles pr bd av tel tél env ex jan feb mar apr jun jul aug "
    "sep sept oct nov dec janv févr avr juil déc chap réf p.ex c.-à-d".split()
)
_ITEM_CHARACTERS = 24
_LIST_ITEM = re.compile(r"\s*(?:[-*•‣◦–·]|\(?\d{1,3}[.)]|[a-zA-Z][.)])\s+\S")
_TABLE_ROW = re.compile(r"\s*\|.*\|\s*$")
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n]+\Z")
"""As ``str.splitlines`` parts them."""
_HEADING = re.compile(r"\s*#{1,6}\s+\S")
# An end mark, any closing quotes or brackets (in French after a space), then a gap before something that can begin.
_END = re.compile(
    r"(?<![.!?…])(?:[.!?…]+|[。！？]+)(?:\s?»|[\"'”’)\]])*(?=\s+[\"'“‘«(\[¿¡—–-]?\s?[^\Wa-zà-öø-ÿ_]|\s*$)|[。！？]+"
)


def split_sentences(text: str) -> list[Span]:
    """The sentences of ``text`` as (start, end) spans, trimmed of blanks, in order; together they hold every word.

    Lines of a list, rows of a table and headings are sentences of their own; a line break inside a paragraph is not
    an end.
    """
    spans: list[Span] = []
    for start, end in _blocks(text):
        spans += _in_block(text, start, end)
    return spans


def _blocks(text: str) -> list[Span]:
    """Stretches no sentence crosses: paragraphs, list items, table rows, headings."""
    blocks: list[Span] = []
    open_at: int | None = None
    at = 0
    for found in _LINE.finditer(text):  # one at a time: a file may have ten million
        line = found[0]
        alone = bool(_TABLE_ROW.match(line) or _HEADING.match(line))
        if open_at is not None and (not line.strip() or alone or _LIST_ITEM.match(line)):
            blocks.append((open_at, at))
            open_at = None
        if alone:
            blocks.append((at, at + len(line)))
        elif line.strip() and open_at is None:
            open_at = at
        at += len(line)
    if open_at is not None:
        blocks.append((open_at, at))
    return blocks


def _in_block(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    begin = start
    for match in _END.finditer(text, start, end):
        if match[0].startswith(".") and not match[0].startswith("..") and _is_abbreviation(text, begin, match.start()):
            continue
        spans.append((begin, match.end()))
        begin = match.end()
    spans.append((begin, end))
    trimmed = (_trim(text, a, b) for a, b in spans)
    return [(a, b) for a, b in trimmed if a < b]


def _is_abbreviation(text: str, begin: int, dot: int) -> bool:
    word = re.search(r"\S*$", text[max(begin, dot - 24) : dot])
    last = word[0].strip("(\"'«“[").lower() if word else ""
    if len(last) == 1 and last.isalpha() and text[dot - 1].isupper():
        return True  # an initial: J. Smith
    following = re.match(r"\.\s+(\w+)", text[dot : dot + 24])
    if last.isdigit() and len(last) <= 2 and following and folded(following[1]) in months(""):
        return True  # a day: am 22. August
    alone = dot - begin <= _ITEM_CHARACTERS and text[begin:dot].strip() == last
    first_of_item = alone and (last.isdigit() or len(last) == 1)
    return last in _ABBREVIATIONS or first_of_item


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
