"""Where evidence comes from, in words: the file, the page, the seconds."""

from __future__ import annotations

import re

from mmchat.catalog.conversations import DELETED
from mmchat.types import Locator
from mmchat.ui.translations import Wording, clock

_ROW_OR_COLUMN = re.compile(r"\b(row|column) (\d+)")
"""As a cell is named where its file names none."""


def place(locator: Locator, w: Wording) -> str:
    """``page 2``, ``0:17-0:24``, ``Budget!B4``, or nothing when the place is better shown than said."""
    if locator.start_s is not None:
        start, end = clock(locator.start_s), clock(locator.end_s if locator.end_s is not None else locator.start_s)
        return start if start == end else f"{start}–{end}"
    page = w("page", page=locator.page) if locator.page is not None else ""
    if "!" in locator.cell:  # it names its sheet, which is place enough
        return _of_one_sheet(locator.cell)
    return ", ".join(part for part in (page, _counted(locator.cell, w)) if part)


def _of_one_sheet(cells: str) -> str:
    """``Budget!B4, Budget!B5`` as ``Budget!B4, B5``."""
    sheets, names = zip(*(cell.rpartition("!")[::2] for cell in cells.split(", ")), strict=True)
    return f"{sheets[0]}!{', '.join(names)}" if len(set(sheets)) == 1 else cells


def _counted(cells: str, w: Wording) -> str:
    """``row 4, column 2`` in the visitor's language."""
    return _ROW_OR_COLUMN.sub(lambda found: w(f"cell_{found[1]}", number=found[2]), cells)


def shown_name(name: str, w: Wording) -> str:
    """A file's name; for one that was deleted since, that it was."""
    return w("gone_file") if name == DELETED else name
