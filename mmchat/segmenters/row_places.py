"""Rows of a grid -> where they stand in the text that was extracted of the same file, as lines of a pipe table."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mmchat.segmenters.grids import Grid, GridCell, GridRow
from mmchat.segmenters.markdown_tables import PipeRow, pipe_rows, plain_cell


def placed(grids: Iterable[Grid], text: str, page_spans: dict[int, tuple[int, int]] | None = None) -> Iterator[Grid]:
    """The grids with the spans of their rows and cells; what is not found in ``text`` stays without.

    Args:
        grids: in reading order.
        text: all that was extracted; rows are lines with pipes.
        page_spans: by page number, the part of the text that it is; None where pages are not told apart.
    """
    lines = list(pipe_rows(text, 0, len(text)))
    said: dict[tuple[str, ...], list[int]] = {}
    for number, line in enumerate(lines):
        shown = (_key(plain_cell(text[a:b])) for a, b in line.cells)
        said.setdefault(tuple(filter(None, shown)), []).append(number)
    starts = [line.start for line in lines]
    after = 0
    for grid in grids:
        end = len(lines)
        if page_spans is not None and grid.page is not None:
            begin, stop = page_spans.get(grid.page, (0, 0))
            after, end = max(after, bisect_left(starts, begin)), bisect_left(starts, stop)
        rows = []
        for row in grid.rows:
            cells = [cell for cell in row.filled(range(len(row.cells))) if cell.row == row.number]
            numbers = said.get(tuple(filter(None, (_key(cell.text) for cell in cells))), [])
            at = bisect_left(numbers, after)
            if cells and at < len(numbers) and numbers[at] < end:
                rows.append(_in_line(row, cells, lines[numbers[at]], text))
                after = numbers[at] + 1
            else:
                rows.append(row)
        yield replace(grid, rows=_with_merged(rows))


def _in_line(row: GridRow, cells: list[GridCell], line: PipeRow, text: str) -> GridRow:
    spans = [(a, b) for a, b in line.cells if _key(plain_cell(text[a:b]))]
    new = {id(cell): cell._replace(start=a, end=b) for cell, (a, b) in zip(cells, spans, strict=False)}
    kept = [None if cell is None else new.get(id(cell), cell) for cell in row.cells]
    return GridRow(row.number, kept, line.start, line.end)


def _with_merged(rows: list[GridRow]) -> list[GridRow]:
    """A merged cell is the same one in each of its rows, also once it has its place."""
    first: dict[tuple[int, int], GridCell] = {}
    made = []
    for row in rows:
        cells = [None if cell is None else first.setdefault((cell.row, cell.column), cell) for cell in row.cells]
        made.append(row._replace(cells=cells))
    return made


def _key(text: str) -> str:
    """What is compared: letters and digits, since marks are escaped in several ways."""
    return re.sub(r"[\W_]+", "", text).casefold() or text.strip()
