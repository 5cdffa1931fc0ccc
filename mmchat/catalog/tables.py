"""The tables of attachments and their cells, as rows of the database, and back. It computes nothing from them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select
from sqlalchemy import Row as Record

from mmchat.catalog import codec
from mmchat.catalog.database import attachments, table_rows, tables
from mmchat.types import Cell, CellType, Locator, Row, Table

Records = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""Of the tables, and of their rows."""
_AT_ONCE = 500
_TYPES = {type.value: type for type in CellType}
_NAMED = {"cell"}


def table_records(library: str, found: Sequence[Table]) -> Records:
    """What :func:`write_tables` writes: made before the transaction, which keeps everyone else from writing."""
    rows = [_row_record(library, table.id, row) for table in found for row in table.rows]
    return [_table_record(library, table) for table in found], rows


def write_tables(connection: Connection, records: Records) -> None:
    """Within a transaction: store tables that are not there yet."""
    for table, values in zip((tables, table_rows), records, strict=True):
        for at in range(0, len(values), _AT_ONCE):
            connection.execute(insert(table), values[at : at + _AT_ONCE])


def forget_tables(connection: Connection, library: str, attachment_id: str | None = None) -> None:
    """Within a transaction: the tables of one attachment, or all of the library's, are gone."""
    here, rows_here = tables.c.library == library, table_rows.c.library == library
    if attachment_id is not None:
        here &= tables.c.attachment_id == attachment_id
        rows_here &= table_rows.c.table_id.in_(select(tables.c.id).where(here))
    connection.execute(delete(table_rows).where(rows_here))
    connection.execute(delete(tables).where(here))


def read_heads(connection: Connection, library: str, attachment_ids: Collection[str] = ()) -> list[tuple[Table, int]]:
    """Tables without their rows, each with how many it has; of these attachments, or of all, oldest file first."""
    here: ColumnElement[bool] = tables.c.library == library
    if attachment_ids:
        here &= tables.c.attachment_id.in_(sorted(attachment_ids))
    query = (
        select(tables)
        .join(attachments, (attachments.c.library == tables.c.library) & (attachments.c.id == tables.c.attachment_id))
        .where(here)
        .order_by(attachments.c.created_at, attachments.c.id, tables.c.ordinal)
    )
    return [(_head(record), record.row_count) for record in connection.execute(query)]


def read_tables(
    connection: Connection, library: str, attachment_ids: Collection[str] = (), most_rows: int | None = None
) -> list[Table]:
    """The same with their rows; of those that are more than ``most_rows`` together, the largest are left out."""
    heads, kept, total = read_heads(connection, library, attachment_ids), set[str](), 0
    for head, rows in sorted(heads, key=lambda each: each[1]):
        total += rows
        if most_rows is None or total <= most_rows:
            kept.add(head.id)
    return [replace(head, rows=tuple(read_rows(connection, library, head.id))) for head, _ in heads if head.id in kept]


def read_rows(connection: Connection, library: str, table_id: str) -> Iterator[Row]:
    """The rows of one table, in order; as many are held at once as the caller keeps."""
    query = (
        select(table_rows)
        .where(table_rows.c.library == library, table_rows.c.table_id == table_id)
        .order_by(table_rows.c.row_index)
    )
    for record in connection.execute(query):
        yield Row(
            index=record.row_index,
            header=record.header,
            cells=tuple(_cell(*values) for values in json.loads(record.cells)),
            segment_id=record.segment_id,
            total=record.total,
        )


def _table_record(library: str, table: Table) -> dict[str, Any]:
    return {
        "library": library,
        "id": table.id,
        "attachment_id": table.attachment_id,
        "ordinal": table.ordinal,
        "title": table.title,
        "columns": codec.dump(table.columns),
        "page": table.page,
        "note": table.note,
        "row_count": len(table.rows),
    }


def _head(record: Record[Any]) -> Table:
    return Table(
        id=record.id,
        attachment_id=record.attachment_id,
        ordinal=record.ordinal,
        title=record.title,
        columns=tuple(json.loads(record.columns)),
        rows=(),
        page=record.page,
        note=record.note,
    )


def _row_record(library: str, table_id: str, row: Row) -> dict[str, Any]:
    cells = [[c.column, c.text, c.type.value, c.value, c.unit, c.locator.to_json()] for c in row.cells]
    return {
        "library": library,
        "table_id": table_id,
        "row_index": row.index,
        "header": row.header,
        "segment_id": row.segment_id,
        "total": row.total,
        "cells": codec.dump(cells),
    }


def _cell(column: int, text: str, type: str, value: float | None, unit: str, locator: dict[str, Any]) -> Cell:
    return Cell(column, text, _TYPES[type], value, unit, _locator(locator))


def _locator(value: dict[str, Any]) -> Locator:
    """The inverse of :meth:`Locator.to_json`, quicker for what cells mostly have: a name, and nothing else."""
    return Locator(cell=value["cell"]) if value.keys() == _NAMED else Locator.from_json(value)
