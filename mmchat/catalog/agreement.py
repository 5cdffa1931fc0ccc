"""Whether the catalog agrees with itself: what belongs to a file that is gone, words that are not those of segments.

It looks at the catalog alone, and mends what needs nothing else.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, delete, select, text

from mmchat.catalog import full_text
from mmchat.catalog.database import Database, attachments, copies, jobs, likenesses, pages, segments, tables, tags
from mmchat.catalog.jobs import queue

_OF_FILES = {
    "segments": segments,
    "pages": pages,
    "tables": tables,
    "tags": tags,
    "jobs": jobs,
    "copies": copies,
    "likenesses": likenesses,
}


class Agreement:
    """Of one catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def integrity(self) -> list[str]:
        """What SQLite says of the file itself; nothing when it is well."""
        with self._database.read() as connection:
            said = connection.execute(text("PRAGMA integrity_check(20)")).scalars().all()
        return [line for line in said if line != "ok"]

    def libraries(self) -> list[str]:
        """Every library of which anything is left."""
        with self._database.read() as connection:
            named = [select(table.c.library).distinct() for table in (attachments, *_OF_FILES.values())]
            return sorted({library for query in named for library in connection.execute(query).scalars()})

    def without_file(self, library: str) -> dict[str, int]:
        """How many rows belong to files that are not there, by table."""
        with self._database.read() as connection:
            counted = {name: _count(connection, library, name) for name in _OF_FILES}
        return {name: count for name, count in counted.items() if count}

    def without_job(self, library: str) -> list[str]:
        """The ids of files of which it is not known how far they are."""
        known = select(jobs.c.attachment_id).where(jobs.c.library == library)
        query = select(attachments.c.id).where(attachments.c.library == library, attachments.c.id.not_in(known))
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def words_agree(self, library: str) -> bool:
        """Whether the full text has each segment with words once, and nothing else."""
        with self._database.read() as connection:
            if not full_text.exists(connection, library):
                return not connection.execute(_worded(library)).first()
            indexed = full_text.rows(connection, library)
            return indexed == sorted(connection.execute(_worded(library)).scalars())

    def mend(self, library: str) -> None:
        """Forget what belongs to no file, queue what has no job, and make the full text anew where it is wrong."""
        jobless = self.without_job(library)
        with self._database.write() as connection:
            for table in _OF_FILES.values():
                here = select(attachments.c.id).where(attachments.c.library == library)
                connection.execute(delete(table).where(table.c.library == library, table.c.attachment_id.not_in(here)))
            for id in jobless:
                queue(connection, library, id)
        if not self.words_agree(library):
            with self._database.write() as connection:
                full_text.rebuild(connection, library)


def _count(connection: Connection, library: str, name: str) -> int:
    table = _OF_FILES[name]
    here = select(attachments.c.id).where(attachments.c.library == library)
    query = select(table.c.attachment_id).where(table.c.library == library, table.c.attachment_id.not_in(here))
    return len(connection.execute(query).scalars().all())


def _worded(library: str) -> Select[Any]:
    here = (segments.c.library == library) & ((segments.c.text != "") | (segments.c.heading != ""))
    return select(segments.c.row).where(here)
