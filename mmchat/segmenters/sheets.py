"""A spreadsheet -> its sheets, as tables in text with one row a line and as grids. It knows no passages.

What a cell shows is made from its value and its number format; formulas are not calculated: they have the values that
they had when the file was saved.
"""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from mmchat.errors import UnsupportedAttachment
from mmchat.segmenters.bounds import BROKEN_OFFICE, MOST_CELLS, MOST_COLUMNS, MOST_ROWS
from mmchat.segmenters.cell_values import Reading
from mmchat.segmenters.grids import Grid, GridCell, GridRow, letters
from mmchat.segmenters.moment_formats import shown_moment
from mmchat.segmenters.number_formats import shown_number
from mmchat.segmenters.sheet_parts import SheetParts, read_parts
from mmchat.types import CellType

_Styles = dict[int, tuple[str, bool]]
"""By the number of a style, its number format and whether it is bold."""
_BEAT_ROWS = 5_000
_RULE = "| --- |\n"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet.

    Attributes:
        number: from 1.
        name: as its tab shows it.
        text: its rows as ``| a | b |``, under its name as a heading; the first row is the head of a Markdown table.
        first: where the first row starts in ``text``.
        columns: the first row.
        grid: its cells; their spans count from the start of the first sheet's text.
    """

    number: int
    name: str
    text: str
    first: int
    columns: str
    grid: Grid


def read_sheets(path: Path, beat: Callable[[], None] = lambda: None) -> list[Sheet]:
    """The sheets that hold anything, hidden ones too. Their texts are to be joined as they are.

    Args:
        path: of the file.
        beat: called now and then; it may raise to stop the work.

    Raises:
        UnsupportedAttachment: it cannot be read.
    """
    import openpyxl  # type: ignore[import-untyped, unused-ignore]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped, unused-ignore]

    found: list[Sheet] = []
    try:
        # The warnings are of styles and extensions that do not matter for the values.
        with warnings.catch_warnings(action="ignore"), path.open("rb") as file:
            _measure_nothing()
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            recalculated = book.calculation is not None and bool(book.calculation.fullCalcOnLoad)
            for number, sheet in enumerate(book.worksheets, start=1):
                parts = read_parts(book._archive, sheet._worksheet_path, recalculated)
                at = sum(len(each.text) for each in found)
                beat()
                made = _sheet(number, sheet, parts, at, beat)
                if made is not None:
                    found.append(made)
            book.close()
    except (InvalidFileException, *BROKEN_OFFICE, TypeError) as error:
        raise UnsupportedAttachment("The spreadsheet is damaged. Save it again as xlsx and give that.") from error
    return found


@cache
def _measure_nothing() -> None:
    """Where a sheet does not say how large it is, openpyxl reads all of it to know, when the book is opened."""
    from openpyxl.reader import excel  # type: ignore[import-untyped, unused-ignore]

    class Unmeasured(excel.ReadOnlyWorksheet):  # type: ignore[misc, unused-ignore]
        def _get_size(self) -> None:
            """Nobody here asks for it."""

    excel.ReadOnlyWorksheet = Unmeasured


def _sheet(number: int, sheet: Any, parts: SheetParts, at: int, beat: Callable[[], None]) -> Sheet | None:
    head = f"{'' if at == 0 else chr(10) * 2}## {sheet.title}\n"
    lines: list[str] = []
    rows: list[GridRow] = []
    where = at + len(head)
    width = 0
    merged: dict[tuple[int, int], GridCell] = {}
    styles: _Styles = {}
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    cells_kept, cut = 0, False
    for row_number, cells in enumerate(sheet.rows, start=1):
        if row_number % _BEAT_ROWS == 0:
            beat()
        if not cells:
            continue
        texts, kept = _row(row_number, islice(cells, MOST_COLUMNS), parts, where, styles)
        if not texts:
            continue
        cut = len(rows) == MOST_ROWS or cells_kept > MOST_CELLS
        if cut:
            break
        cells_kept += len(kept)
        line = "| " + " | ".join(texts) + " |"
        _spread(row_number, kept, parts, merged)
        rows.append(GridRow(row_number, kept, where, where + len(line)))
        width = max(width, len(kept))
        lines.append(line)
        where += len(line) + 1 + (len(_RULE) if len(lines) == 1 else 0)
    if not lines:
        return None
    grid = Grid(
        rows,
        title=sheet.title,
        heading=sheet.title,
        page=number,
        sheet=sheet.title,
        note=_note(sheet, parts),
        free=True,
        width=width,
        cut=cut,
    )
    text = head + "\n".join((lines[0], _RULE.strip(), *lines[1:]))
    return Sheet(number, sheet.title, text, len(head), lines[0].strip("| "), grid)


def _note(sheet: Any, parts: SheetParts) -> str:
    said = []
    if sheet.sheet_state != "visible":
        said.append("This sheet is hidden.")
    if parts.uncalculated:
        cells = ", ".join(list(parts.uncalculated)[:5]) + (" and others" if len(parts.uncalculated) > 5 else "")
        said.append(f"Formulas without a stored value, which are shown as formulas: {cells}.")
    return " ".join(said)


def _row(
    number: int, cells: Iterable[Any], parts: SheetParts, where: int, styles: _Styles
) -> tuple[list[str], list[GridCell | None]]:
    """The texts of a row as its line shows them, blank ones at its end left out, and its cells."""
    texts: list[str] = []
    kept: list[GridCell | None] = []
    at = where + 2
    for column, cell in enumerate(cells):
        value = cell.value
        formula = None
        if parts.uncalculated and not value and cell.data_type != "s":
            formula = parts.uncalculated.get(f"{letters(column)}{number}")
        if formula is None and value is None:
            texts.append("")
            kept.append(None)
            at += 3
            continue
        style = getattr(cell, "_style_id", 0)  # of a blank cell there is none
        if style not in styles:
            styles[style] = (cell.number_format, bool(cell.font and cell.font.b)) if value is not None else ("", False)
        code, bold = styles[style]
        text, reading = (f"={formula}", None) if formula is not None else _shown(value, code)
        line = " ".join(text.split())
        texts.append(line)
        kept.append(GridCell(text, number, column, at, at + len(line), reading, False, bold) if line else None)
        at += len(line) + 3
    while texts and not texts[-1]:
        texts.pop()
    return texts, kept[: len(texts)]


def _spread(row: int, kept: list[GridCell | None], parts: SheetParts, merged: dict[tuple[int, int], GridCell]) -> None:
    """Put a merged cell in every place that it covers; a row of its own it does not make."""
    for top, left, _, right in parts.merged_at(row):
        if row == top and left < len(kept) and (origin := kept[left]) is not None:
            merged[top, left] = origin
        cell = merged.get((top, left))
        if cell is not None:
            right = min(right, MOST_COLUMNS - 1)
            kept += [None] * (right + 1 - len(kept))
            kept[left : right + 1] = [cell] * (right + 1 - left)


def _shown(value: Any, code: str) -> tuple[str, Reading | None]:
    """A cell as a person reads it, and what it means where its value is no text."""
    if isinstance(value, bool):
        return str(value).upper(), Reading(CellType.TEXT)
    if isinstance(value, int | float):
        return shown_number(value, code)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return shown_moment(value, code)
    text = str(value).strip()
    # Digits that were typed as text are meant as text.
    return text, Reading(CellType.TEXT) if text.isdecimal() else None
