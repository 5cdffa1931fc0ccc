"""Which segments stand on one page of a document. It knows no vector; the text and the place are the segments' own.

A library taken in before there were pages has none, until :meth:`PageRecords.unpaged` are given theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from mmchat.catalog.database import Database, attachments, jobs, pages, segments
from mmchat.types import JobState, Modality, Page

_AT_ONCE = 500  # SQLite takes at most 32,766 values in one statement


class PageRecords:
    """The table of pages; every segment of a document has one row in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, library: str, found: Sequence[Page]) -> None:
        """Add the pages of a file that was taken in before there were pages; nothing of a file that is gone."""
        ids = {page.attachment_id for page in found}
        with self._database.write() as connection:
            here = (jobs.c.library == library) & jobs.c.attachment_id.in_(ids)
            held = set(connection.execute(select(jobs.c.attachment_id).where(here)).scalars())
            write_pages(connection, library, [page for page in found if page.attachment_id in held])

    def unpaged(self, library: str) -> list[str]:
        """The documents whose segments have no page yet."""
        paged = select(pages.c.attachment_id).where(pages.c.library == library)
        query = (
            select(segments.c.attachment_id)
            .distinct()
            .join(
                attachments,
                (attachments.c.library == segments.c.library) & (attachments.c.id == segments.c.attachment_id),
            )
            .join(jobs, (jobs.c.library == segments.c.library) & (jobs.c.attachment_id == segments.c.attachment_id))
            .where(
                segments.c.library == library,
                attachments.c.modality == Modality.TEXT.value,
                jobs.c.state == JobState.INDEXED.value,
                segments.c.attachment_id.not_in(paged),
            )
            .order_by(segments.c.attachment_id)
        )
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def fused(self, library: str, attachment_id: str | None = None) -> list[str]:
        """The ids of the pages that have a vector of their own: all, or those of one attachment."""
        with self._database.read() as connection:
            return fused_pages(connection, library, attachment_id)

    def mixed(self, library: str) -> list[str]:
        """The ids of the pages that hold text and figures."""
        query = select(pages.c.id).distinct().where(pages.c.library == library, pages.c.fused, pages.c.figures)
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(pages.c.id)).scalars())

    def count_fused(self, library: str) -> int:
        """How many there are of these."""
        query = select(func.count(pages.c.id.distinct())).where(pages.c.library == library, pages.c.fused)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def members(self, library: str, ids: Sequence[str]) -> Mapping[str, list[str]]:
        """Page id -> the ids of its segments, for those that are here."""
        found: dict[str, list[str]] = {}
        with self._database.read() as connection:
            for at in range(0, len(ids), _AT_ONCE):
                here = (pages.c.library == library) & pages.c.id.in_(ids[at : at + _AT_ONCE])
                for row in connection.execute(select(pages.c.id, pages.c.segment_id).where(here)):
                    found.setdefault(row.id, []).append(row.segment_id)
        return {id: sorted(found[id]) for id in sorted(found)}

    def beside_figures(self, library: str, segment_ids: Collection[str]) -> dict[str, str]:
        """Segment id -> page id, for those that stand on a page that mixes text and figures."""
        ids, found = sorted(segment_ids), dict[str, str]()
        with self._database.read() as connection:
            for at in range(0, len(ids), _AT_ONCE):
                here = (pages.c.library == library) & pages.c.segment_id.in_(ids[at : at + _AT_ONCE])
                mixed = pages.c.fused & pages.c.figures
                rows = connection.execute(select(pages.c.segment_id, pages.c.id).where(here, mixed))
                found |= {row.segment_id: row.id for row in rows}
        return found


def fused_pages(connection: Connection, library: str, attachment_id: str | None = None) -> list[str]:
    """The ids of the pages that have a vector of their own: all, or those of one attachment."""
    query = select(pages.c.id).distinct().where(pages.c.library == library, pages.c.fused)
    if attachment_id is not None:
        query = query.where(pages.c.attachment_id == attachment_id)
    return list(connection.execute(query.order_by(pages.c.id)).scalars())


def write_pages(connection: Connection, library: str, found: Sequence[Page]) -> None:
    """Within a transaction: one row for each segment."""
    rows = [
        {
            "library": library,
            "segment_id": segment_id,
            "id": page.id,
            "attachment_id": page.attachment_id,
            "number": page.number,
            "fused": page.fused,
            "figures": page.figures,
        }
        for page in found
        for segment_id in page.segment_ids
    ]
    for at in range(0, len(rows), _AT_ONCE):
        connection.execute(insert(pages).on_conflict_do_nothing(), rows[at : at + _AT_ONCE])


def forget_pages(connection: Connection, library: str, attachment_id: str | None = None) -> None:
    """Within a transaction: the pages of one attachment, or all of the library's, are gone."""
    here = pages.c.library == library
    if attachment_id is not None:
        here &= pages.c.attachment_id == attachment_id
    connection.execute(delete(pages).where(here))
