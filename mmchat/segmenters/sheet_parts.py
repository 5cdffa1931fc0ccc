"""What stands in a sheet's XML besides its values: which cells are merged, and formulas without a value."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field

_CHUNK = 1 << 20
_TAIL = 1 << 16
"""Bytes kept of a chunk, since a cell may go on in the next one."""
_FORMULA = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]{1,3}\d+)"[^>]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>([^<]*)</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_MOST = 10_000
"""Formulas noted; a sheet with more formulas without a value was written by what calculates nothing."""
_MOST_MERGED_ROWS = 200_000
"""That all merged areas of a sheet may cover together, rows under several of them counted as often."""

Area = tuple[int, int, int, int]
"""Top row from 1, left column from 0, bottom row, right column; all included."""


@dataclass(frozen=True, slots=True)
class SheetParts:
    """``uncalculated``: by cell, the formula that has no value, "…" where it is written elsewhere."""

    merged: Sequence[Area] = ()
    uncalculated: dict[str, str] = field(default_factory=dict)
    by_row: dict[int, list[Area]] = field(default_factory=dict)

    def merged_at(self, row: int) -> Sequence[Area]:
        """The merged areas that cover a row."""
        return self.by_row.get(row, ())


def read_parts(archive: zipfile.ZipFile, name: str, recalculated: bool) -> SheetParts:
    """The parts of one sheet.

    Args:
        archive: the spreadsheet.
        name: of the sheet's part in it.
        recalculated: whether the file asks to be calculated when it is opened. Programs that write formulas and
            cannot calculate give each the value 0 then; so where all of them are 0, none was calculated.
    """
    empty, zero = dict[str, str](), dict[str, str]()
    others = covered = 0
    merged = list[Area]()
    with archive.open(name) as file:
        left = b""
        while chunk := file.read(_CHUNK):
            data = left + chunk
            done = 0
            for match in _FORMULA.finditer(data):
                done = match.end()
                value = match[3]
                if value and value != b"0":
                    others += 1
                elif len(empty) + len(zero) < _MOST:
                    formula = html.unescape((match[2] or b"").decode("utf-8", "replace")) or "…"
                    (zero if value else empty)[match[1].decode()] = formula
            for match in _MERGED.finditer(data):
                done = match.end()
                area = int(match[2]), _column(match[1]), int(match[4]), _column(match[3])
                covered += area[2] - area[0]
                if covered < _MOST_MERGED_ROWS:
                    merged.append(area)
            left = data[max(done, len(data) - _TAIL) :]
    found = SheetParts(merged, empty | zero if recalculated and not others else empty)
    for area in merged:
        for row in range(area[0], area[2] + 1):
            found.by_row.setdefault(row, []).append(area)
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
