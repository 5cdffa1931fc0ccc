"""The rows of a table -> how many of the first ones are headers, and what a cell looks like alone.

What the file itself says of headers comes first. Else a header is text over figures, bold over plain, or a name over
what it names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mmchat.segmenters.cell_values import kind_of, unit_in
from mmchat.segmenters.grids import GridCell, GridRow
from mmchat.types import CellType

SAMPLE = 40
"""Rows looked at to tell what a column holds."""
MOST_HEADERS = 4
_AMOUNTS = {CellType.NUMBER, CellType.MONEY, CellType.PERCENT}
"""They stand in one column: 0 among amounts of money. What is a date or a duration there names it."""
_NAME_CHARACTERS = 60
"""A longer text names no column."""


def count_headers(rows: Sequence[GridRow], columns: Sequence[int], *, named: bool) -> tuple[int, bool]:
    """How many rows are headers, and whether anything but custom says so."""
    most = min(MOST_HEADERS, len(rows) - 1)
    marked = 0
    while marked < most and all(cell.heads for cell in rows[marked].filled(columns)):
        marked += 1
    if marked:
        return marked, True
    if _are_labels(rows, columns[0]):
        return 0, True
    score = _score(rows, 0, columns) if most > 0 else -1.0
    if score <= 0:
        usual = named or len(columns) > 2
        default = score == 0 and usual and _could_name(rows[0], columns)
        return (1, False) if default else (0, score < 0)
    count = 1
    while count < most and _goes_below(rows[count - 1], rows[count], columns):
        if _score(rows, count, columns) <= 0 and not _covers_two(rows[count - 1], columns):
            break
        count += 1
    return count, True


def _are_labels(rows: Sequence[GridRow], column: int) -> bool:
    """Whether the first column holds labels with a colon, as a form does, from its first row on."""
    texts = [cell.text for row in rows[:SAMPLE] for cell in row.at((column,)) if cell is not None]
    return 2 * sum(text.endswith(":") for text in texts) > len(texts) and texts[0].endswith(":")


def _goes_below(upper: GridRow, lower: GridRow, columns: Sequence[int]) -> bool:
    """Whether the lower row may be a second row of headers: below a name over several columns, or all units."""
    cells = lower.at(columns)
    if any(c is not None and kind(c) not in (CellType.TEXT, CellType.DATE) and not _is_year(c) for c in cells):
        return False
    if all(unit_in(cell.text.strip("()[]")) for cell in lower.filled(columns)):
        return True
    pairs = list(zip(upper.at(columns), cells, strict=True))
    below_gap = sum(above is None and cell is not None for above, cell in pairs[1:])
    return below_gap > 0 or _covers_two(upper, columns) or any(a is not None and a is b for a, b in pairs)


def _covers_two(row: GridRow, columns: Sequence[int]) -> bool:
    cells = row.at(columns)
    return any(a is not None and a is b for a, b in zip(cells, cells[1:], strict=False))


def _could_name(row: GridRow, columns: Sequence[int]) -> bool:
    cells = row.at(columns)
    texts = [cell.text for cell in cells if cell is not None]
    return None not in cells[1:] and len(set(texts)) == len(texts) and max(map(len, texts)) <= _NAME_CHARACTERS


def _body_kind(rows: Sequence[GridRow], column: int) -> CellType | None:
    kinds = Counter(kind(cell) for row in rows[:SAMPLE] for cell in row.at((column,)) if cell is not None)
    if not kinds:
        return None
    usual, times = kinds.most_common(1)[0]
    return usual if 2 * times > kinds.total() else CellType.TEXT


def _score(rows: Sequence[GridRow], number: int, columns: Sequence[int]) -> float:
    """Of one row: above 0 for a header, below 0 for a row like those below it, 0 where nothing tells."""
    row, below = rows[number], rows[number + 1 :]
    # More headers may follow: what a column holds is told from the lower half of a short table.
    body = rows[max(number + 1, min(MOST_HEADERS, len(rows) // 2)) :]
    kinds = [_body_kind(body, c) for c in columns]
    score = 0.0
    for at, (column, usual) in enumerate(zip(columns, kinds, strict=True)):
        [cell] = row.at((column,))
        if usual is None:
            continue
        if cell is None:
            score += 0.5 if at == 0 and usual is CellType.TEXT else -0.25
        elif usual is not CellType.TEXT:
            own = kind(cell)
            names = own is not usual and not {own, usual} <= _AMOUNTS or _is_year(cell)
            score += 1 if names and not (_is_year(cell) and _years(below, column)) else -1
        else:
            score += _score_text(cell, below, column)
    bold, plain = (
        sum(cell.bold for cell in each.filled(columns)) / max(1, len(each.filled(columns)))
        for each in (row, below[0] if below else row)
    )
    return score + (2 if bold > 0.6 and plain < 0.5 else 0)


def _score_text(cell: GridCell, below: Sequence[GridRow], column: int) -> float:
    """Of a cell over text: names come once, and are shaped otherwise than what they name."""
    cells = [each for row in below[:SAMPLE] for each in row.at((column,))]
    texts = [each.text for each in cells if each is not None and each is not cell]
    if cell.text in texts:
        return -1
    if kind(cell) is not CellType.TEXT and not _is_year(cell):
        return 0.5 if kind(cell) is CellType.DATE else -0.5
    score = 0.0
    for mark in (str.isdecimal, "@".__eq__):
        share = sum(any(map(mark, text)) for text in texts) / max(1, len(texts))
        own = any(map(mark, cell.text))
        if len(texts) > 1 and share > 0.8:
            score += -0.5 if own else 1
    return score


def _is_year(cell: GridCell) -> bool:
    return len(cell.text) == 4 and cell.text.isdecimal() and 1900 <= int(cell.text) <= 2100


def _years(rows: Sequence[GridRow], column: int) -> bool:
    cells = [cell for row in rows[:SAMPLE] for cell in row.at((column,)) if cell is not None]
    return 2 * sum(map(_is_year, cells)) > len(cells)


def kind(cell: GridCell) -> CellType:
    """What the cell looks like alone."""
    return cell.reading.type if cell.reading is not None else kind_of(cell.text)
