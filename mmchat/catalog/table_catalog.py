"""The part of the catalog that gives tables, whole or their heads alone."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from mmchat.catalog.database import Database, copies
from mmchat.catalog.tables import read_tables
from mmchat.types import Table

MOST_ROWS = 50_000
"""Of tables whose files are not named: some 100 MB in memory, at six cells a row."""


class TableCatalog:
    """Reads the tables of every library in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tables(self, library: str, attachment_ids: Collection[str] | None = None) -> list[Table]:
        """The tables of these attachments, or with None of all of the library, with their rows; oldest file first.

        A copy's tables are those of the file that it is a copy of. Of several files, those that together have at
        most ``MOST_ROWS`` rows, beginning with the smallest: each is whole, or left out.
        """
        with self._database.read() as connection:
            if attachment_ids is None:
                return read_tables(connection, library, most_rows=MOST_ROWS)
            owners = with_firsts(connection, library, frozenset(attachment_ids))
            most_rows = None if len(attachment_ids) == 1 else MOST_ROWS
            return read_tables(connection, library, owners, most_rows) if owners else []


def with_firsts(connection: Connection, library: str, attachment_ids: frozenset[str]) -> frozenset[str]:
    """The attachments, and those that they are copies of."""
    if not attachment_ids:
        return attachment_ids
    asked = copies.c.attachment_id.in_(sorted(attachment_ids))
    query = select(copies.c.first_id).where(copies.c.library == library, asked)
    return attachment_ids.union(connection.execute(query).scalars())
