"""Comma-, semicolon- or tab-separated values -> a grid whose cells know their characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mmchat.segmenters.bounds import MOST_COLUMNS
from mmchat.segmenters.grids import Grid, GridCell, GridRow, rows_within

_DELIMITERS = ",;\t|"
_LOOK_AT_CHARACTERS = 20_000
_DECLARED = re.compile(r"sep=(.)\n")


def delimited_grid(text: str) -> Grid | None:
    """The values of ``text`` with their spans; quoted ones may hold delimiters and line breaks. None for no table."""
    declared = _DECLARED.match(text)
    start = declared.end() if declared else 0
    delimiter = declared[1] if declared else _delimiter(text[:_LOOK_AT_CHARACTERS])
    if not delimiter:
        return None
    rows, cut = rows_within(row for row in _rows(text, delimiter, start) if any(row.cells))
    return Grid(rows, free=True, named=True, width=max((len(row.cells) for row in rows), default=0), cut=cut)


def _delimiter(text: str) -> str:
    """The one that cuts most lines into the same number of values, two or more; "" where none does."""
    best, most = "", 0.0
    for delimiter in _DELIMITERS:
        widths = [len(row.cells) for row in _rows(text, delimiter, 0) if any(row.cells)]
        if len(text) == _LOOK_AT_CHARACTERS:
            widths = widths[:-1] or widths  # cut off in its midst
        counted = Counter(width for width in widths if width > 1)
        if counted:
            width, times = counted.most_common(1)[0]
            score = times / len(widths) + 0.001 * min(width, 50)
            if score > most and 2 * counted.total() > len(widths):
                best, most = delimiter, score
    return best


def _rows(text: str, delimiter: str, start: int) -> Iterator[GridRow]:
    mark = re.escape(delimiter)
    value = re.compile(rf'[^\S\n{mark}]*(?:"((?:[^"]|"")*)"[^\n{mark}]*|([^\n{mark}]*))({mark}|\n|$)')
    cells: list[GridCell | None] = []
    number, begin, at = 1, start, start
    while at <= len(text):
        match = value.match(text, at)
        if match is None:
            break
        quoted = match[1] is not None
        inner = 1 if quoted else 2
        a, b = match.span(inner)
        shown = match[inner].replace('""', '"') if quoted else match[inner]
        a, b = a + len(match[inner]) - len(match[inner].lstrip()), b - len(match[inner]) + len(match[inner].rstrip())
        shown = shown.strip()
        if len(cells) < MOST_COLUMNS:
            cells.append(GridCell(shown, number, len(cells), a, b) if shown else None)
        at = match.end()
        if match[3] != delimiter:
            yield GridRow(number, cells, begin, match.start(3))
            cells, begin = [], at
            number += 1
            if match[3] == "" or at == len(text):
                break
