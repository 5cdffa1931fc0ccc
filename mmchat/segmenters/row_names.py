"""The body of a table -> what names each row, and which rows only head those below them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mmchat.segmenters.cell_values import Reading
from mmchat.segmenters.grids import GridRow
from mmchat.segmenters.table_layout import Layout
from mmchat.types import CellType

_MOST_NAMES = 3
_NAME_CHARACTERS = 60
"""A column whose texts are longer than this on average describes rows and does not name them."""
_FIGURES = {CellType.NUMBER, CellType.PERCENT, CellType.MONEY, CellType.DURATION}


@dataclass(frozen=True, slots=True)
class RowNames:
    """The rows of a body with their names.

    Attributes:
        rows: without those that only head others.
        readings: row by row, what each column's cell means.
        columns: those whose texts are the names, as indices of the table's columns.
        names: by the row's number, "" for none.
        sections: by the row's number, the row above that heads it.
    """

    rows: tuple[GridRow, ...]
    readings: tuple[tuple[Reading, ...], ...]
    columns: tuple[int, ...]
    names: dict[int, str]
    sections: dict[int, str]


def name_rows(layout: Layout, readings: Sequence[Sequence[Reading]]) -> RowNames:
    """What names the rows; ``readings`` are column by column."""
    heading = _headings(layout, readings)
    section, sections = "", {}
    for n, row in enumerate(layout.body):
        gap = n > 0 and row.number > layout.body[n - 1].number + 1
        if n in heading:
            section = row.filled(layout.columns)[0].text.strip(" :")
        elif gap and n - 1 not in heading:
            section = ""  # a blank row ends what the heading holds
        if section and n not in heading:
            sections[row.number] = section
    kept = [n for n in range(len(layout.body)) if n not in heading]
    rows = tuple(layout.body[n] for n in kept)
    by_row = tuple(tuple(column[n] for column in readings) for n in kept)
    texts = [_texts(rows, column) for column in layout.columns[: _MOST_NAMES + 1]]
    _fill_groups(texts)
    columns = _naming(layout, rows, texts, by_row, sections)
    names = {}
    for n, row in enumerate(rows):
        parts = [texts[c][n].rstrip(" :") for c in columns if texts[c][n]]
        if sections.get(row.number) and parts:
            parts.insert(0, sections[row.number])
        names[row.number] = ", ".join(dict.fromkeys(parts))
    return RowNames(rows, by_row, columns, names, sections)


def _texts(rows: Sequence[GridRow], column: int) -> list[str]:
    cells = (row.cells[column] if column < len(row.cells) else None for row in rows)
    return ["" if cell is None else " ".join(cell.text.split()) for cell in cells]


def _headings(layout: Layout, readings: Sequence[Sequence[Reading]]) -> set[int]:
    """Rows that head those below: merged over the width, bold, after a blank row, or in the place of the first row.

    A name whose figures are missing looks the same; so a row alone is one only where something more says so.
    """
    body, columns = layout.body, layout.columns
    alone: dict[int, bool] = {}
    for n, row in enumerate(body[:-1]):
        filled = row.filled(columns)
        if len(filled) == 1 and filled[0] is row.at(columns)[0] and len(body[n + 1].filled(columns)) > 1:
            covers = sum(cell is filled[0] for cell in row.at(columns)) > 1
            gap = n > 0 and row.number > body[n - 1].number + 1
            bold = filled[0].bold and not body[n + 1].filled(columns)[0].bold
            alone[n] = covers or gap or bold
    pattern = 0 in alone and len(alone) > 1
    return {n for n, sure in alone.items() if sure or pattern}


def _fill_groups(texts: list[list[str]]) -> None:
    """A group's name that stands at its first row only holds for the rows below it."""
    if len(texts) < 3 or not texts[0] or not texts[0][0]:
        return
    first, second = texts[0], texts[1]
    blank = [n for n, text in enumerate(first) if not text]
    if not blank or 4 * len(blank) < len(first) or not all(second[n] for n in blank):
        return
    for n in blank:
        first[n] = first[n - 1]


def _naming(
    layout: Layout,
    rows: Sequence[GridRow],
    texts: Sequence[Sequence[str]],
    readings: Sequence[Sequence[Reading]],
    sections: Mapping[int, str],
) -> tuple[int, ...]:
    """The columns that name the rows: those marked so, else leading ones until no two rows are called the same."""
    marked = tuple(at for at in range(min(len(layout.columns), len(texts))) if _heads(layout, rows, at))
    if marked and len(marked) < len(layout.columns):
        return marked[:_MOST_NAMES]
    types = [_usual(readings, at) for at in range(len(layout.columns))]
    at = 0
    if types and types[0] in _FIGURES:
        if len(types) > 1 and types[1] not in _FIGURES and types[0] is CellType.NUMBER:
            at = 1  # a running number before the name
        elif len(set(texts[0])) == len(texts[0]) and types[0] in (CellType.NUMBER, CellType.DURATION):
            return (0,) if len(types) > 1 and all(text for text in texts[0]) else ()
        else:
            return ()
    chosen: list[int] = []
    while at < min(len(types) - 1, len(texts)) and len(chosen) < _MOST_NAMES and types[at] not in _FIGURES:
        long = sum(map(len, texts[at])) > _NAME_CHARACTERS * max(1, len(texts[at]))
        if long:
            break
        chosen.append(at)
        called = {(sections.get(row.number), *(texts[c][n] for c in chosen)) for n, row in enumerate(rows)}
        if len(called) == len(rows):
            break
        at += 1
    return tuple(chosen)


def _heads(layout: Layout, rows: Sequence[GridRow], at: int) -> bool:
    cells = [row.at((layout.columns[at],))[0] for row in rows]
    return 2 * sum(cell is not None and cell.heads for cell in cells) > len(cells)


def _usual(readings: Sequence[Sequence[Reading]], at: int) -> CellType:
    types = Counter(row[at].type for row in readings)
    figures = Counter({each: n for each, n in types.items() if each is not CellType.TEXT})
    if figures and figures.total() * 2 > len(readings):
        return figures.most_common(1)[0][0]
    return types.most_common(1)[0][0] if types else CellType.TEXT
