"""Pipe tables in Markdown -> grids; each cell keeps its characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mmchat.segmenters.bounds import LONGEST_LINE, MOST_COLUMNS, lines
from mmchat.segmenters.grids import Grid, GridCell, GridRow, rows_within
from mmchat.segmenters.passages import headings_at

_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_CELL = re.compile(r"((?:[^|\\\n]|\\.)*)(?:\||$)")
_MARKS = re.compile(r"\\([^\w\s])|(?<![*\w])(\*\*|__|\*|_|`)(?=\S)|(?<=\S)(\*\*|__|\*|_|`)(?![*\w])")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BOLD = re.compile(r"\*\*.+\*\*|__.+__")


@dataclass(frozen=True, slots=True)
class PipeRow:
    """One line of a pipe table: its span, and the spans of its cells."""

    start: int
    end: int
    cells: tuple[tuple[int, int], ...]


def pipe_rows(text: str, start: int, end: int) -> Iterator[PipeRow]:
    """The lines of ``text[start:end]`` that hold a pipe, cut into cells."""
    for a, b in lines(text, start, end):
        if b - a > LONGEST_LINE or "|" not in text[a:b]:
            continue
        inner = text[a:b].strip()
        a += text[a:b].index(inner)
        b = a + len(inner)
        at = a + inner.startswith("|")
        stop = b - (inner.endswith("|") and not inner.endswith("\\|") and len(inner) > 1)
        cells: list[tuple[int, int]] = []
        while at <= stop and len(cells) < MOST_COLUMNS:
            match = _CELL.match(text, at, stop)
            if match is None:
                break
            shown = match[1].strip()
            begin = match.start(1) + match[1].index(shown) if shown else match.start(1)
            cells.append((begin, begin + len(shown)))
            if match.end() == match.end(1):
                break
            at = match.end()
        yield PipeRow(a, b, tuple(cells))


def markdown_grids(text: str) -> Iterator[Grid]:
    """Tables whose second line is a rule; those within fenced code are none."""
    above = headings_at(text)
    for start, rows in _blocks(text):
        rule = next((n for n in range(1, len(rows)) if _RULE.fullmatch(text, rows[n].start, rows[n].end)), None)
        heading = above(start)
        if rule is None or heading is None:
            continue
        rows = rows[rule - 1 :]
        body = [rows[0], *rows[2:]]
        grid, cut = rows_within(_row(text, line, number) for number, line in enumerate(body, start=1))
        yield Grid(
            [row for row in grid if any(row.cells)],
            title=heading.rpartition(" > ")[2],
            heading=heading,
            named=True,
            width=max(len(line.cells) for line in body),
            cut=cut,
        )


def _blocks(text: str) -> Iterator[tuple[int, list[PipeRow]]]:
    """Two or more lines with pipes, one below the other, and where they begin."""
    block: list[PipeRow] = []
    for row in pipe_rows(text, 0, len(text)):
        if block and text.count("\n", block[-1].end, row.start) > 1:
            yield block[0].start, block
            block = []
        block.append(row)
    yield from [(block[0].start, block)] if block else []


def plain_cell(text: str) -> str:
    """A cell without Markdown's marks."""
    text = _LINK.sub(r"\1", _BREAK.sub("\n", text))
    return _MARKS.sub(lambda m: m[1] or "", text).strip()


def _row(text: str, line: PipeRow, number: int) -> GridRow:
    cells: list[GridCell | None] = []
    for at, (start, end) in enumerate(line.cells):
        written = text[start:end]
        shown = plain_cell(written)
        bold = _BOLD.fullmatch(written) is not None
        cells.append(GridCell(shown, number, at, start, end, heads=number == 1, bold=bold) if shown else None)
    return GridRow(number, cells, line.start, line.end)
