"""What stands at the beginning of files and of tables: little of each, read fast, whatever their length."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import select

from mmchat.catalog.database import Database, segments
from mmchat.catalog.tables import read_heads, read_rows
from mmchat.types import SegmentKind, Table

MOST_TABLES = 20
_WRITTEN = (SegmentKind.PASSAGE.value, SegmentKind.TEXT_REGION.value)


@dataclass(frozen=True, slots=True)
class Written:
    """One stretch of a file's text, under its headings joined by `` > ``."""

    attachment_id: str
    heading: str
    text: str


class Beginnings:
    """Reads the first segments of files, and the first rows of tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def written(self, library: str, attachment_ids: Collection[str], most: int) -> list[Written]:
        """Of each of these files the text among its first ``most`` segments, in order; what is said is left out."""
        query = (
            select(segments.c.attachment_id, segments.c.heading, segments.c.text)
            .where(segments.c.library == library, segments.c.attachment_id.in_(sorted(attachment_ids)))
            .where(segments.c.ordinal < most, segments.c.kind.in_(_WRITTEN), segments.c.text != "")
            .order_by(segments.c.attachment_id, segments.c.ordinal)
        )
        with self._database.read() as connection:
            return [Written(*row) for row in connection.execute(query)]

    def tables(self, library: str, attachment_ids: Collection[str], most_rows: int) -> list[Table]:
        """The tables of these files with their first rows, oldest file first; of very many, the first ones."""
        with self._database.read() as connection:
            heads = [head for head, _ in read_heads(connection, library, attachment_ids)] if attachment_ids else []
            return [
                replace(head, rows=tuple(islice(read_rows(connection, library, head.id), most_rows)))
                for head in heads[:MOST_TABLES]
            ]
