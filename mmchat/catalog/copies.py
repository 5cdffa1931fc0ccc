"""Which attachments of a library are copies of another, and the likenesses that tell. It knows no way to compare.

A copy has a job and its original like any attachment, and no segments: those of the first stand for it. A library
taken in before there were likenesses has none, until it is rebuilt; its tables come with the first migration.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from mmchat.catalog import full_text
from mmchat.catalog.database import Database, attachments, copies, jobs, likenesses, segments
from mmchat.catalog.jobs import set_state, state_of
from mmchat.catalog.pages import forget_pages
from mmchat.catalog.tables import forget_tables
from mmchat.perception.likeness import Likeness
from mmchat.types import JobState

Compare = Callable[[Likeness, Likeness], bool]
Near = Callable[[int, int], bool]


class Copies:
    """The table of likenesses and that of copies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, library: str, attachment_id: str, likeness: Likeness, near: Near, same: Compare) -> str | None:
        """Be the first with this likeness, or a copy of the attachment that is; both in one transaction.

        A copy's job is done with this, and it loses what segments it had.

        Args:
            library: whose.
            attachment_id: the attachment.
            likeness: its likeness.
            near: whether two keys are worth comparing in full.
            same: whether two likenesses are of one thing.

        Returns: the id of the attachment that it is a copy of, or None when there is none.
        """
        key = {"library": library, "attachment_id": attachment_id}
        mine = (likenesses.c.library == library) & (likenesses.c.attachment_id == attachment_id)
        with self._database.write() as connection:
            # Its state first: what was deleted while it was read claims nothing.
            if state_of(connection, library, attachment_id) is None:
                return None
            connection.execute(delete(copies).filter_by(**key))
            first = self._first(connection, library, attachment_id, likeness, near, same)
            if first is None:
                _keep(connection, library, attachment_id, likeness)
                return None
            connection.execute(delete(likenesses).where(mine))
            release(connection, library, attachment_id)
            forget_pages(connection, library, attachment_id)
            forget_tables(connection, library, attachment_id)
            full_text.remove(connection, library, attachment_id)
            connection.execute(delete(segments).filter_by(**key))
            connection.execute(insert(copies).values({**key, "first_id": first}))
            set_state(connection, library, [attachment_id], JobState.INDEXED)
        return first

    def renew(self, library: str, attachment_id: str, likeness: Likeness) -> None:
        """The attachment, which is no copy, was read anew: later ones are compared with what it is like now."""
        with self._database.write() as connection:
            if state_of(connection, library, attachment_id) is not None:
                _keep(connection, library, attachment_id, likeness)

    def release(self, library: str, attachment_id: str) -> list[str]:
        """The attachment is no first any more; its copies are queued, oldest first, and returned."""
        with self._database.write() as connection:
            return release(connection, library, attachment_id)

    def first_of(self, library: str, attachment_id: str) -> str | None:
        """The attachment that this one is a copy of, or None."""
        query = select(copies.c.first_id).filter_by(library=library, attachment_id=attachment_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def _first(
        self,
        connection: Connection,
        library: str,
        attachment_id: str,
        likeness: Likeness,
        near: Near,
        same: Compare,
    ) -> str | None:
        """The oldest attachment of the same likeness whose job has not failed."""
        keys = (
            select(likenesses.c.attachment_id, likenesses.c.key)
            .join(jobs, (jobs.c.library == likenesses.c.library) & (jobs.c.attachment_id == likenesses.c.attachment_id))
            .join(
                attachments,
                (attachments.c.library == likenesses.c.library) & (attachments.c.id == likenesses.c.attachment_id),
            )
            .where(
                likenesses.c.library == library,
                likenesses.c.method == likeness.method,
                likenesses.c.attachment_id != attachment_id,
                jobs.c.state != JobState.FAILED.value,
            )
            .order_by(attachments.c.created_at, attachments.c.id)
        )
        for row in connection.execute(keys).all():
            if near(row.key, likeness.key):
                proof = select(likenesses.c.proof).filter_by(library=library, attachment_id=row.attachment_id)
                found = Likeness(likeness.method, row.key, connection.execute(proof).scalar_one())
                if same(likeness, found):
                    return str(row.attachment_id)
        return None


def release(connection: Connection, library: str, attachment_id: str) -> list[str]:
    """Within a transaction: forget the attachment's likeness and queue its copies; returns them, oldest first."""
    connection.execute(delete(likenesses).filter_by(library=library, attachment_id=attachment_id))
    query = (
        select(copies.c.attachment_id)
        .join(attachments, (attachments.c.library == copies.c.library) & (attachments.c.id == copies.c.attachment_id))
        .where(copies.c.library == library, copies.c.first_id == attachment_id)
        .order_by(attachments.c.created_at, attachments.c.id)
    )
    waiting = [str(id) for id in connection.execute(query).scalars()]
    connection.execute(delete(copies).filter_by(library=library, first_id=attachment_id))
    set_state(connection, library, waiting, JobState.QUEUED)
    return waiting


def _keep(connection: Connection, library: str, attachment_id: str, likeness: Likeness) -> None:
    row = {
        "library": library,
        "attachment_id": attachment_id,
        "method": likeness.method,
        "key": likeness.key,
        "proof": likeness.proof,
    }
    columns = [likenesses.c.library, likenesses.c.attachment_id]
    connection.execute(insert(likenesses).values(row).on_conflict_do_update(index_elements=columns, set_=row))
