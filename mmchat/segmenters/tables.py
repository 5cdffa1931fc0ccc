"""Grids -> Tables with typed cells, and one segment for each row of their bodies, which can be read alone.

It knows no file format: the readers of sheets, web pages, office files and text give grids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from mmchat.perception.language import detect_language
from mmchat.segmenters.base import segment_id
from mmchat.segmenters.bounds import MOST_COLUMNS
from mmchat.segmenters.cell_values import TEXT, Reading, read_columns, unit_in, unit_of_column
from mmchat.segmenters.grids import Grid, GridCell, GridRow
from mmchat.segmenters.row_names import name_rows
from mmchat.segmenters.table_layout import Layout, lay_out
from mmchat.segmenters.totals import total_rows
from mmchat.types import Attachment, Cell, CellType, Locator, Remark, Row, Segment, SegmentInput, SegmentKind, Table

_LANGUAGE_ROWS = 30
"""Rows whose words tell the language of a table."""


def read_tables(attachment: Attachment, grids: Iterable[Grid], ordinal: int) -> Iterator[Table | SegmentInput | Remark]:
    """Each table, and after it a segment for each of its rows; the first of these has the given ordinal."""
    number = 0
    for grid in grids:
        where = f"The table {grid.title} of {attachment.name}" if grid.title else f"The table in {attachment.name}"
        if grid.width >= MOST_COLUMNS:
            yield Remark(f"{where} has very many columns: only its first {MOST_COLUMNS:,} were read.")
        if grid.cut:
            yield Remark(f"{where} is larger than can be read: only its first {len(grid.rows):,} rows were.")
        for layout in lay_out(grid):
            table, segments = _table(attachment, grid, layout, number, ordinal)
            yield table
            yield from segments
            number += 1
            ordinal += len(segments)


def _table(
    attachment: Attachment, grid: Grid, layout: Layout, number: int, ordinal: int
) -> tuple[Table, list[SegmentInput]]:
    names = _column_names(layout)
    language = _language(layout, names)
    readings = _readings(layout, names, language)
    named = name_rows(layout, readings)
    totals = total_rows([named.names[row.number] for row in named.rows], named.readings)
    title = layout.titles[0] if layout.titles else grid.title
    heading = " > ".join(dict.fromkeys(part for part in (grid.heading, *layout.titles) if part))
    rows, segments = [], []
    for index, row in enumerate(named.rows):
        cells = tuple(_cells(grid, layout, row, named.readings[index]))
        text = row_text(named.names[row.number], names, cells, named.columns)
        section = named.sections.get(row.number, "")
        segment = Segment(
            id=segment_id(attachment.id, SegmentKind.ROW, ordinal + index, text),
            attachment_id=attachment.id,
            modality=attachment.modality,
            kind=SegmentKind.ROW,
            ordinal=ordinal + index,
            text=text,
            locator=_place(grid, layout, row),
            heading=" > ".join(part for part in (heading, section) if part),
            language=language,
        )
        segments.append(SegmentInput(segment))
        rows.append(Row(index, named.names[row.number], cells, segment.id, totals[index]))
    key = "\x1f".join((attachment.id, "table", str(number)))
    table = Table(
        id=hashlib.sha256(key.encode()).hexdigest()[:32],
        attachment_id=attachment.id,
        ordinal=number,
        title=title,
        columns=names,
        rows=tuple(rows),
        page=grid.page,
        note=" ".join(part for part in (grid.note, *layout.notes) if part),
    )
    return table, segments


def row_text(name: str, columns: Sequence[str], cells: Iterable[Cell], naming: Sequence[int]) -> str:
    """A row that reads alone: ``Gutters, zinc | Price 980.00``.

    Args:
        name: what names the row, or "".
        columns: the name of each column, "" for none.
        cells: those that hold anything.
        naming: the columns whose texts are the row's name; they are not said again.
    """
    said = [name] if name else []
    for cell in cells:
        if not name or cell.column not in naming:
            said.append(f"{columns[cell.column]} {_one_line(cell.text)}".strip())
    return " | ".join(said)


def _one_line(text: str) -> str:
    if "\n" not in text:
        return text
    return ", ".join(line.strip(" ,") for line in text.splitlines() if line.strip())


def _column_names(layout: Layout) -> tuple[str, ...]:
    """Header rows joined; a name over several columns without being merged goes on to the right."""
    parts: list[list[str]] = [[] for _ in layout.columns]
    for depth, row in enumerate(layout.headers):
        last = depth == len(layout.headers) - 1
        going_on: GridCell | None = None
        for at, cell in enumerate(row.at(layout.columns)):
            going_on = cell if cell is not None or last else going_on
            shown = cell or (going_on if at else None)
            if shown is not None and (text := _one_line(shown.text)) not in parts[at][-1:]:
                if parts[at] and unit_in(text.strip("()[]")):
                    parts[at][-1] += f" {text}"
                else:
                    parts[at].append(text)
    return tuple(" > ".join(part) for part in parts)


def _language(layout: Layout, names: Sequence[str]) -> str:
    cells = [cell.text for row in layout.body[:_LANGUAGE_ROWS] for cell in row.filled(layout.columns)]
    return detect_language(" ".join((*layout.titles, *names, *cells)))


def _readings(layout: Layout, names: Sequence[str], language: str) -> list[list[Reading]]:
    """Column by column: what the file itself says, else what the texts mean together."""
    grid = [row.at(layout.columns) for row in layout.body]
    columns = [[row[at] for row in grid] for at in range(len(layout.columns))]
    texts = [["" if cell is None or cell.reading is not None else cell.text for cell in column] for column in columns]
    read = read_columns(texts, names, language)
    units = [unit_of_column(name) for name in names]
    return [[_said(cell, read[at][n], units[at]) for n, cell in enumerate(column)] for at, column in enumerate(columns)]


def _said(cell: GridCell | None, read: Reading, unit: tuple[CellType, str] | None) -> Reading:
    if cell is None:
        return TEXT
    if cell.reading is None:
        return read
    plain = cell.reading.type is CellType.NUMBER and not cell.reading.unit
    return Reading(unit[0], cell.reading.value, unit[1]) if plain and unit is not None else cell.reading


def _cells(grid: Grid, layout: Layout, row: GridRow, readings: Sequence[Reading]) -> Iterator[Cell]:
    for at, cell in enumerate(row.at(layout.columns)):
        if cell is not None:
            place = Locator(
                page=grid.page,
                char_start=cell.start,
                char_end=cell.end,
                cell=grid.cell_name(cell.row, cell.column),
            )
            yield Cell(at, cell.text, *readings[at], place)


def _place(grid: Grid, layout: Layout, row: GridRow) -> Locator:
    return Locator(
        page=grid.page,
        char_start=row.start,
        char_end=row.end,
        cell=grid.row_name(row.number, layout.columns),
    )
