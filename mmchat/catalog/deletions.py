"""Which files are to be forgotten, and which there are at all."""

from __future__ import annotations

from sqlalchemy import select, update

from mmchat.catalog.database import Database, attachments, jobs
from mmchat.catalog.jobs import deleting
from mmchat.types import JobState


class Deletions:
    """Marks that a file is to be forgotten, which outlast the process that set them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, library: str, attachment_id: str | None = None) -> None:
        """A file, or all files of the library, is shown nowhere any more, and forgotten at the next start at last."""
        here = jobs.c.library == library
        if attachment_id is not None:
            here &= jobs.c.attachment_id == attachment_id
        with self._database.write() as connection:
            connection.execute(update(jobs).where(here).values(state=JobState.DELETING.value, reason=""))

    def begun(self) -> list[tuple[str, str]]:
        """Library and attachment of every file that is still to be forgotten."""
        with self._database.read() as connection:
            return deleting(connection)

    def known(self, library: str) -> set[str]:
        """The ids of all files of the library, whatever has become of them."""
        with self._database.read() as connection:
            return set(connection.execute(select(attachments.c.id).filter_by(library=library)).scalars())
