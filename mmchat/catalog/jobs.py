"""How far each file's job is, within a transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from mmchat.catalog.database import jobs
from mmchat.types import JobState


def state_of(connection: Connection, library: str, attachment_id: str) -> JobState | None:
    """How far the job is, or None when this library has no such attachment."""
    state = connection.execute(select(jobs.c.state).filter_by(library=library, attachment_id=attachment_id)).scalar()
    return None if state is None else JobState(state)


def queue(connection: Connection, library: str, attachment_id: str) -> None:
    """The file has a job, and it is to be done."""
    row = {"library": library, "attachment_id": attachment_id, **_values(JobState.QUEUED, "")}
    keys = [jobs.c.library, jobs.c.attachment_id]
    connection.execute(insert(jobs).values(row).on_conflict_do_update(index_elements=keys, set_=row))


def set_state(
    connection: Connection, library: str, attachment_ids: Iterable[str], state: JobState, reason: str = ""
) -> None:
    """Record how far these jobs are; one that was deleted meanwhile stays deleted."""
    here = (jobs.c.library == library) & jobs.c.attachment_id.in_(list(attachment_ids))
    here &= jobs.c.state != JobState.DELETING.value
    connection.execute(update(jobs).where(here).values(_values(state, reason)))


def unfinished(connection: Connection) -> list[tuple[str, str]]:
    """Library and attachment of every job that is neither indexed nor failed, oldest first."""
    ended = (JobState.INDEXED.value, JobState.FAILED.value, JobState.DELETING.value)
    rows = connection.execute(
        select(jobs.c.library, jobs.c.attachment_id)
        .where(jobs.c.state.not_in(ended))
        .order_by(jobs.c.updated_at, jobs.c.attachment_id)
    )
    return [(row.library, row.attachment_id) for row in rows]


def deleting(connection: Connection) -> list[tuple[str, str]]:
    """Library and attachment of every file that is to be forgotten and is not yet."""
    rows = connection.execute(select(jobs.c.library, jobs.c.attachment_id).filter_by(state=JobState.DELETING.value))
    return [(row.library, row.attachment_id) for row in rows]


def _values(state: JobState, reason: str) -> dict[str, object]:
    return {"state": state.value, "reason": reason, "updated_at": datetime.now(UTC).replace(tzinfo=None)}
