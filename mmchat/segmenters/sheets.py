"""A spreadsheet -> its sheets as tables in text, one row a line. It knows no passages."""

from __future__ import annotations

import datetime
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmchat.errors import UnsupportedAttachment


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its number from 1, its name, and its rows as ``| a | b |``, the first one the names of the columns."""

    number: int
    name: str
    rows: tuple[str, ...]


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets that hold anything, with the values that formulas had when the file was saved.

    Raises:
        UnsupportedAttachment: it cannot be read.
    """
    import openpyxl  # type: ignore[import-untyped, unused-ignore]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped, unused-ignore]

    try:
        # The warnings are of styles and extensions that do not matter for the values.
        with warnings.catch_warnings(action="ignore"), path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            found = [
                Sheet(number, sheet.title, tuple(_rows(sheet.iter_rows(values_only=True))))
                for number, sheet in enumerate(book.worksheets, start=1)
            ]
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise UnsupportedAttachment("The spreadsheet is damaged. Save it again as xlsx and give that.") from error
    return [sheet for sheet in found if sheet.rows]


def _rows(rows: Iterable[tuple[Any, ...]]) -> Iterable[str]:
    """Rows with anything in them; blank cells at a row's end are left out."""
    for row in rows:
        cells = [_shown(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield "| " + " | ".join(cells) + " |"


def _shown(value: Any) -> str:
    """A cell as a person reads it: 12 and not 12.0, a day without midnight."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return " ".join(str(value).split())
