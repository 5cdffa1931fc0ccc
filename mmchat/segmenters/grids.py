"""A table as its file holds it: texts in rows and columns, each with its place; what heads what is not yet known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from mmchat.segmenters.bounds import MOST_CELLS, MOST_COLUMNS, MOST_COVERED, MOST_ROWS, MOST_SPANNED
from mmchat.segmenters.cell_values import Reading


class GridCell(NamedTuple):
    """One cell that holds something; a merged one is the same object in every place that it covers.

    Attributes:
        text: as a person sees it.
        row, column: of its first place: the row as the file counts it from 1, the column from 0.
        start, end: its span in the extracted text, where that is known.
        reading: what it means, where the file itself says so.
        heads: whether the file says that it names a row or a column.
        bold: whether it is printed bold.
    """

    text: str
    row: int
    column: int
    start: int | None = None
    end: int | None = None
    reading: Reading | None = None
    heads: bool = False
    bold: bool = False


class GridRow(NamedTuple):
    """The row's number as the file counts it, its cells from the first column on, and its span in the text."""

    number: int
    cells: Sequence[GridCell | None]
    start: int | None = None
    end: int | None = None

    def at(self, columns: Sequence[int]) -> list[GridCell | None]:
        """The cells of these columns; a row may be shorter than the table."""
        cells, width = self.cells, len(self.cells)
        return [cells[c] if c < width else None for c in columns]

    def filled(self, columns: Sequence[int]) -> list[GridCell]:
        """The different cells of these columns, a merged one once."""
        found: list[GridCell] = []
        last = None
        for cell in self.at(columns):
            if cell is not None and cell is not last:
                found.append(cell)
                last = cell
        return found


@dataclass(frozen=True, slots=True)
class Grid:
    """What a file's reader gives.

    Attributes:
        rows: those that hold anything; a gap in their numbers is a blank row.
        title: the caption, the sheet's name or the heading above; "" for none.
        heading: the headings above, joined by `` > ``, with the title where it is one of them.
        page: page, slide or sheet number from 1.
        sheet: the name of the sheet, which then stands in the names of cells.
        note: what a reader should know of it.
        free: whether titles, notes and several tables may lie on it, as on a sheet; else it is one table.
        named: whether its columns very likely have names, as in a file of comma-separated values.
        width: how many columns there are.
        cut: whether there are more rows in the file than these.
    """

    rows: Sequence[GridRow]
    title: str = ""
    heading: str = ""
    page: int | None = None
    sheet: str = ""
    note: str = ""
    free: bool = False
    named: bool = False
    width: int = field(default=0)
    cut: bool = False

    def cell_name(self, row: int, column: int) -> str:
        """As a person names the cell: ``Budget!B4``, or ``row 4, column 2``."""
        return f"{self.sheet}!{letters(column)}{row}" if self.sheet else f"row {row}, column {column + 1}"

    def row_name(self, row: int, columns: Sequence[int]) -> str:
        """As a person names the row: ``Budget!A4:F4``, or ``row 4``."""
        if not self.sheet:
            return f"row {row}"
        return f"{self.sheet}!{letters(columns[0])}{row}:{letters(columns[-1])}{row}"


def rows_within(rows: Iterable[GridRow]) -> tuple[list[GridRow], bool]:
    """The rows that are read, and whether any was left out; the others are not even made."""
    kept: list[GridRow] = []
    cells = 0
    for row in rows:
        if len(kept) == MOST_ROWS or cells > MOST_CELLS:
            return kept, True
        kept.append(row)
        cells += len(row.cells)
    return kept, False


@lru_cache(maxsize=1 << 14)
def letters(column: int) -> str:
    """The letters of a sheet's column: 0 is A, 26 is AA."""
    found = ""
    column += 1
    while column:
        column, last = divmod(column - 1, 26)
        found = chr(ord("A") + last) + found
    return found


class Spans:
    """Cells that cover several columns or rows, put down in reading order as a page gives them."""

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, GridCell | None]] = {}
        self._covered = 0

    def next_column(self, row: int) -> int:
        """The first column of the row that nothing covers yet."""
        taken = self._rows.get(row, {})
        return next(column for column in range(len(taken) + 1) if column not in taken)

    def put(self, row: int, cell: GridCell | None, width: int, height: int) -> None:
        """Lay the cell into the first free column, and into all that it covers.

        What lies beyond the last column is left out; so is what covers more than any table has places.
        """
        column = self.next_column(row)
        width = min(width, MOST_SPANNED, MOST_COLUMNS - column)
        height = min(height, MOST_SPANNED)
        self._covered += width * height
        if self._covered > MOST_COVERED:
            width, height = min(width, 1), 1
        for down in range(height):
            taken = self._rows.setdefault(row + down, {})
            for right in range(width):
                taken.setdefault(column + right, cell)

    def row(self, number: int) -> list[GridCell | None]:
        """The cells of a row from the first column on."""
        taken = self._rows.pop(number, {})
        return [taken.get(column) for column in range(max(taken, default=-1) + 1)]
