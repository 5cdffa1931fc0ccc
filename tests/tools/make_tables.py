"""Tables for tests, from plain rows: a column says its type behind a colon ("Price:money:EUR").

A unit of ``*`` is each cell's last word.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date

from mmchat.tools.table_question import number
from mmchat.types import Cell, CellType, Locator, Row, Table


def make_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, file: str = "table.csv") -> Table:
    """A row whose first cell begins with ``=`` sums up others."""
    specs = [column.split(":") for column in columns]
    made = []
    for i, texts in enumerate(rows):
        total = texts[0].startswith("=")
        cells = [
            _cell(i, c, text.removeprefix("=") if c == 0 else text, specs[c])
            for c, text in enumerate(texts)
            if text.removeprefix("=")
        ]
        header = cells[0].text if cells and cells[0].type is CellType.TEXT else ""
        made.append(Row(i, header, tuple(cells), total=total))
    attachment = hashlib.sha256(file.encode()).hexdigest()
    headers = tuple(spec[0] for spec in specs)
    id = hashlib.sha256(repr((file, title, headers, rows)).encode()).hexdigest()
    return Table(id, attachment, 0, title, headers, tuple(made))


def _cell(row: int, column: int, text: str, spec: list[str]) -> Cell:
    type_ = CellType(spec[1]) if len(spec) > 1 else CellType.TEXT
    unit = spec[2] if len(spec) > 2 else ""
    if unit == "*":
        unit = text.split()[-1]
    value = None
    if type_ is CellType.DATE:
        value = float(date.fromisoformat(text).toordinal())
    elif type_ is CellType.DURATION:
        value = 0.0
        for part in text.split(":"):
            value = 60 * value + float(part)
    elif type_ is not CellType.TEXT:
        value = number(re.sub(r"[^\d.,]", "", text))
    return Cell(
        column, text, type_, value, unit if value is not None else "", Locator(cell=f"{'ABCDEFGHIJ'[column]}{row + 2}")
    )
