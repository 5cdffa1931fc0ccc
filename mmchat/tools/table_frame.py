"""A table's cells by column, as arrays: what the engine computes over and what a question's words are matched with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from mmchat.tools.table_periods import Period, header_period
from mmchat.types import Cell, CellType, Row, Table

_LOOKED_AT = 2_000
"""So many rows show whether a column adds up others."""
_T = TypeVar("_T")


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        texts: object, shape (n_rows,): what each cell says, None where it is empty.
        values: float64, shape (n_rows,): each cell's value, NaN where it has none.
        type, unit: those of most cells.
        units: object, shape (n_rows,): each cell's unit, "" where it has none, if they are not all the same.
    """

    index: int
    header: str
    texts: NDArray[np.object_]
    values: NDArray[np.float64]
    type: CellType
    unit: str
    units: NDArray[np.object_] | None = None

    @property
    def numeric(self) -> bool:
        """Whether it holds amounts, so that it can be added up or averaged."""
        return self.type not in (CellType.TEXT, CellType.DATE)

    @cached_property
    def distinct(self) -> dict[str, int]:
        """How often it says what, in the order of the rows."""
        counted: dict[str, int] = Counter(self.texts.tolist())
        counted.pop(None, None)  # type: ignore[call-overload]
        return counted

    @cached_property
    def period(self) -> tuple[Period, str] | None:
        """The period its header names, and what else the header says."""
        return header_period(self.header)


class TableFrame:
    """The columns of a table, which of its rows and columns sum up others, and which column names the rows."""

    def __init__(self, table: Table) -> None:
        self.table = table
        n, width = len(table.rows), len(table.columns)
        texts = [np.full(n, None, dtype=object) for _ in range(width)]
        values = [np.full(n, np.nan) for _ in range(width)]
        types: list[Counter[CellType]] = [Counter() for _ in range(width)]
        units = [np.full(n, "", dtype=object) for _ in range(width)]
        self.totals: NDArray[np.bool_] = np.zeros(n, dtype=bool)
        for i, row in enumerate(table.rows):
            if row.total:
                self.totals[i] = True
            for cell in row.cells:
                c = cell.column
                texts[c][i] = cell.text
                types[c][cell.type] += 1
                if cell.value is not None:
                    values[c][i] = cell.value
                    units[c][i] = cell.unit
        self.columns = tuple(
            _column(c, header, texts[c], values[c], types[c], units[c]) for c, header in enumerate(table.columns)
        )

    @cached_property
    def numeric(self) -> tuple[int, ...]:
        """The columns with amounts."""
        return tuple(column.index for column in self.columns if column.numeric)

    @cached_property
    def dates(self) -> tuple[int, ...]:
        """The columns with dates."""
        return tuple(column.index for column in self.columns if column.type is CellType.DATE)

    @cached_property
    def texts(self) -> tuple[int, ...]:
        """The columns with words."""
        return tuple(column.index for column in self.columns if column.type is CellType.TEXT)

    @cached_property
    def label(self) -> int | None:
        """The column that names the rows: of those with words before any amount, else of all, the most telling."""
        worded = [c for c in self.texts if any(map(str.isalpha, "".join(self.columns[c].distinct)))] or list(self.texts)
        first = [c for c in worded if all(before not in self.numeric for before in range(c))]
        return max(first or worded, key=lambda c: (len(self.columns[c].distinct), -c), default=None)

    @cached_property
    def rank(self) -> int | None:
        """A column that counts the rows from 1 on, as places in a race do: less is better there."""
        places = np.arange(1, len(self.totals) + 1)
        for column in self.columns:
            if column.type is CellType.NUMBER and len(places) > 1 and np.array_equal(column.values, places):
                return column.index
        return None

    @cached_property
    def total_column(self) -> int | None:
        """The last of at least three columns of amounts, where it is the sum of the others in every row."""
        numeric = [c for c in self.numeric if c != self.rank]
        if len(numeric) < 3:
            return None
        values = np.stack([self.columns[c].values[:_LOOKED_AT] for c in numeric])
        parts, last = np.nansum(values[:-1], axis=0), values[-1]
        said = ~np.isnan(last)
        if said.any() and np.allclose(parts[said], last[said], rtol=1e-4, atol=0.02) and np.any(last[said] != 0):
            return numeric[-1]
        return None

    @cached_property
    def block(self) -> tuple[int, ...]:
        """Columns of one kind of amount side by side, those that name periods if any do; never a total."""
        of_periods = [c for c in self.numeric if self.columns[c].period is not None]
        chosen = of_periods if len(of_periods) > 1 else [c for c in self.numeric if c != self.rank]
        chosen = [c for c in chosen if c != self.total_column]
        kinds = {(self.columns[c].type, self.columns[c].unit, _bracketed(self.columns[c].header)) for c in chosen}
        return tuple(chosen) if len(chosen) > 1 and len(kinds) == 1 else ()

    def cell(self, row: int, column: int) -> tuple[Row, Cell] | None:
        """The row and the cell at a place, or None where it is empty."""
        found: Row = self.table.rows[row]
        return next(((found, cell) for cell in found.cells if cell.column == column), None)


def _column(
    index: int,
    header: str,
    texts: NDArray[np.object_],
    values: NDArray[np.float64],
    types: Counter[CellType],
    units: NDArray[np.object_],
) -> Column:
    said = Counter(unit for unit in units.tolist() if unit)
    mixed = units if len(said) > 1 else None
    return Column(index, header, texts, values, _commonest(types, CellType.TEXT), _commonest(said, ""), mixed)


def _bracketed(header: str) -> str:
    """What a header says in brackets, which is a unit more often than not: kWh of "Gas (kWh)"."""
    return header.partition("(")[2]


def _commonest(counted: Counter[_T], default: _T) -> _T:
    return counted.most_common(1)[0][0] if counted else default


def frames_of(tables: Sequence[Table]) -> list[TableFrame]:
    """The frames of those tables that have rows and columns."""
    return [TableFrame(table) for table in tables if table.rows and table.columns]
