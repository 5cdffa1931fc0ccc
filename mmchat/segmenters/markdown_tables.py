"""Pipe tables in Markdown -> grids; each cell keeps its characters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mmchat.segmenters.grids import Grid, GridCell, GridRow
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
    for line in re.finditer(r"[^\n]*\|[^\n]*", text[start:end]):
        a, b = start + line.start(), start + line.end()
        inner = text[a:b].strip()
        a += text[a:b].index(inner)
        b = a + len(inner)
        at = a + inner.startswith("|")
        stop = b - (inner.endswith("|") and not inner.endswith("\\|") and len(inner) > 1)
        cells = []
        while at <= stop:
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
    for block in re.finditer(r"(?:^[^\n]*\|[^\n]*(?:\n|\Z)){2,}", text, re.MULTILINE):
        rows = list(pipe_rows(text, block.start(), block.end()))
        rule = next((n for n in range(1, len(rows)) if _RULE.fullmatch(text, rows[n].start, rows[n].end)), None)
        heading = above(block.start())
        if rule is None or heading is None:
            continue
        rows = rows[rule - 1 :]
        lines = [rows[0], *rows[2:]]
        grid = [_row(text, line, number) for number, line in enumerate(lines, start=1)]
        width = max(len(line.cells) for line in lines)
        yield Grid(
            [row for row in grid if any(row.cells)],
            title=heading.rpartition(" > ")[2],
            heading=heading,
            named=True,
            width=width,
        )


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
