"""By which version of the reading each file was read, and what of the reading before it is not cleared away yet.

It knows no segmenter and no vector: it remembers their versions and ids.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, select, update

from mmchat.catalog.database import Database, attachments, copies, jobs
from mmchat.catalog.rows import attachment_of
from mmchat.types import Attachment, JobState


class Readings:
    """What the jobs say of readings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def before(self, version: int) -> list[tuple[str, Attachment, int]]:
        """Library, attachment and version of every indexed file that an earlier version than this one read.

        Oldest first. A copy, of which nothing is read, is not among them.
        """
        copy = (copies.c.library == jobs.c.library) & (copies.c.attachment_id == jobs.c.attachment_id)
        query = (
            select(attachments, jobs.c.reading)
            .join(jobs, (jobs.c.library == attachments.c.library) & (jobs.c.attachment_id == attachments.c.id))
            .where(jobs.c.state == JobState.INDEXED.value, jobs.c.reading < version)
            .where(~select(copies.c.first_id).where(copy).exists())
            .order_by(attachments.c.created_at, attachments.c.id)
        )
        with self._database.read() as connection:
            return [(row.library, attachment_of(row), row.reading) for row in connection.execute(query)]

    def tried(self, library: str, attachment_id: str, version: int) -> None:
        """The file could not be read by this version, which is not to try again."""
        with self._database.write() as connection:
            connection.execute(update(jobs).where(_here(library, attachment_id)).values(reading=version))

    def left(self) -> list[tuple[str, str]]:
        """Library and attachment of every file that has segments or pages which are :meth:`gone`."""
        query = select(jobs.c.library, jobs.c.attachment_id).where(jobs.c.gone != "")
        with self._database.read() as connection:
            return [(row.library, row.attachment_id) for row in connection.execute(query)]

    def gone(self, library: str, attachment_id: str) -> list[str]:
        """The ids of the segments and pages that a new reading replaced, while their vectors may still be kept."""
        with self._database.read() as connection:
            return read_gone(connection, library, attachment_id)

    def cleared(self, library: str, attachment_id: str) -> None:
        """No vectors of these are kept any more."""
        with self._database.write() as connection:
            connection.execute(update(jobs).where(_here(library, attachment_id)).values(gone=""))


def read_gone(connection: Connection, library: str, attachment_id: str) -> list[str]:
    """Within a transaction: see :meth:`Readings.gone`."""
    ids = connection.execute(select(jobs.c.gone).where(_here(library, attachment_id))).scalar()
    return (ids or "").split()


def write_reading(
    connection: Connection, library: str, attachment_id: str, version: int, gone: Collection[str]
) -> None:
    """Within a transaction: this version read the file, and replaced these segments and pages."""
    values = {"reading": version, "gone": " ".join(sorted(gone))}
    connection.execute(update(jobs).where(_here(library, attachment_id)).values(values))


def _here(library: str, attachment_id: str) -> ColumnElement[bool]:
    return (jobs.c.library == library) & (jobs.c.attachment_id == attachment_id)
