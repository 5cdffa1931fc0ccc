"""The truth about a library: its attachments, their segments and the words in them, and each file's job.

Vectors can always be rebuilt from what is here. Every call names a library; there is no default.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from mmchat.catalog import codec, full_text
from mmchat.catalog.bm25 import Limits
from mmchat.catalog.copies import release
from mmchat.catalog.database import Database, attachments, check_library, copies, jobs, likenesses, segments, spaces
from mmchat.catalog.jobs import queue, set_state, state_of, unfinished
from mmchat.catalog.narrowing import Added, forget_tags, read_tags, write_tags
from mmchat.catalog.pages import forget_pages, fused_pages, write_pages
from mmchat.catalog.readings import read_gone, write_reading
from mmchat.catalog.rows import attachment_of, segment_of, segment_row, write_concepts
from mmchat.catalog.table_catalog import TableCatalog, with_firsts
from mmchat.catalog.tables import forget_tables, table_records, write_tables
from mmchat.types import (
    Attachment,
    Concept,
    Hit,
    JobState,
    LibraryEntry,
    Modality,
    Page,
    Segment,
    SegmentKind,
    Table,
)

NOT_A_ROW = segments.c.kind != SegmentKind.ROW.value
"""A row of a table says again what its passage says, which has the vector: it does not count a second time."""
_AT_ONCE = 500  # SQLite takes at most 32,766 values in one statement; a row here has 12


class Catalog(TableCatalog):
    """Attachments, segments, full text and jobs of every library in one database."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._languages_lock = Lock()
        self._languages: dict[str, frozenset[str]] = {}
        """Those of each library's segments as far as they were asked for: what was deleted may still be among them."""

    def add_attachment(self, library: str, attachment: Attachment) -> bool:
        """Add it with a queued job; False when this library has these bytes already and they did not fail."""
        check_library(library)
        row = {"library": library, **codec.attachment_to_json(attachment), "created_at": _now()}
        with self._database.write() as connection:
            state = state_of(connection, library, attachment.id)
            if state is not None and state is not JobState.FAILED:
                return False
            connection.execute(insert(attachments).values(row).on_conflict_do_nothing())
            queue(connection, library, attachment.id)
        return True

    def set_state(self, library: str, attachment_id: str, state: JobState, reason: str = "") -> None:
        """Record how far the file's job is; ``reason`` when it failed."""
        with self._database.write() as connection:
            set_state(connection, library, [attachment_id], state, reason)

    def state(self, library: str, attachment_id: str) -> JobState | None:
        """How far the file's job is, or None when this library has no such attachment."""
        with self._database.read() as connection:
            return state_of(connection, library, attachment_id)

    def unfinished(self) -> list[tuple[str, str]]:
        """Library and attachment of every job that is neither indexed nor failed, oldest first."""
        with self._database.read() as connection:
            return unfinished(connection)

    def attachment(self, library: str, attachment_id: str) -> Attachment | None:
        """The attachment, or None when this library has none by that id."""
        with self._database.read() as connection:
            row = connection.execute(
                select(attachments).where(attachments.c.library == library, attachments.c.id == attachment_id)
            ).first()
        return None if row is None else attachment_of(row)

    def entries(self, library: str) -> list[LibraryEntry]:
        """What the library holds, newest first."""
        counted = (
            select(segments.c.attachment_id, func.count().label("n"))
            .where(segments.c.library == library, NOT_A_ROW)
            .group_by(segments.c.attachment_id)
            .subquery()
        )
        first = attachments.alias()
        query = (
            select(
                attachments,
                jobs.c.state,
                jobs.c.reason,
                func.coalesce(counted.c.n, 0).label("n"),
                func.coalesce(first.c.name, "").label("first_name"),
            )
            .join(jobs, (jobs.c.library == attachments.c.library) & (jobs.c.attachment_id == attachments.c.id))
            .outerjoin(counted, counted.c.attachment_id == attachments.c.id)
            .outerjoin(
                copies, (copies.c.library == attachments.c.library) & (copies.c.attachment_id == attachments.c.id)
            )
            .outerjoin(first, (first.c.library == copies.c.library) & (first.c.id == copies.c.first_id))
            .where(attachments.c.library == library, jobs.c.state != JobState.DELETING.value)
            .order_by(attachments.c.created_at.desc(), attachments.c.id)
        )
        with self._database.read() as connection:
            tags = read_tags(connection, library)
            return [
                LibraryEntry(
                    attachment_of(row), JobState(row.state), row.n, row.reason, row.first_name, tags.get(row.id, ())
                )
                for row in connection.execute(query)
            ]

    def tag(self, library: str, attachment_ids: Collection[str], names: Collection[str]) -> None:
        """Put tags on attachments of this library, to find them by."""
        with self._database.write() as connection:
            write_tags(connection, check_library(library), attachment_ids, names)

    def index(
        self,
        library: str,
        attachment: Attachment,
        found: Sequence[Segment],
        remark: str = "",
        pages: Sequence[Page] = (),
        tables: Sequence[Table] = (),
        reading: int = 1,
    ) -> bool:
        """Replace the attachment's segments, pages and tables, and mark its job indexed, all in one transaction.

        Args:
            library: whose.
            attachment: the attachment, with what reading it told of its length.
            found: its segments.
            remark: what of it could not be used, if anything; it is kept as the job's reason.
            pages: which of them stand together.
            tables: its tables.
            reading: the version of the reading that they come of.

        Returns: False when the attachment was deleted while it was being read; nothing is stored then.
        """
        rows, table_rows = [segment_row(library, segment) for segment in found], table_records(library, tables)
        with self._database.write() as connection:
            if state_of(connection, library, attachment.id) is None:
                return False
            gone = self._forget_segments(connection, library, attachment.id)
            current = full_text.exists(connection, check_library(library))
            for at in range(0, len(rows), _AT_ONCE):
                connection.execute(insert(segments), rows[at : at + _AT_ONCE])
            if current:
                full_text.add(connection, library, attachment.id)
            else:
                full_text.rebuild(connection, library)
            write_pages(connection, library, pages)
            write_tables(connection, table_rows)
            connection.execute(
                update(attachments)
                .where(attachments.c.library == library, attachments.c.id == attachment.id)
                .values(duration_s=attachment.duration_s, pages=attachment.pages)
            )
            set_state(connection, library, [attachment.id], JobState.INDEXED, remark)
            gone -= {segment.id for segment in found} | {page.id for page in pages}
            write_reading(connection, library, attachment.id, reading, gone)
        with self._languages_lock:
            if library in self._languages:
                self._languages[library] |= {segment.language for segment in found}
        return True

    def segments(self, library: str, attachment_id: str, *, rows: bool = True) -> list[Segment]:
        """The attachment's segments in order; ``rows`` says whether those that are rows of tables are among them."""
        query = (
            select(segments)
            .where(segments.c.library == library, segments.c.attachment_id == attachment_id)
            .order_by(segments.c.ordinal)
        )
        if not rows:
            query = query.where(NOT_A_ROW)
        with self._database.read() as connection:
            return [segment_of(row) for row in connection.execute(query)]

    def texts(self, library: str, most: int) -> list[str]:
        """The texts of so many segments at most, the newest first."""
        query = (
            select(segments.c.text)
            .where(segments.c.library == library, segments.c.text != "")
            .order_by(segments.c.row.desc())
            .limit(most)
        )
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def describe(self, library: str, concepts: Mapping[str, tuple[Concept, ...]]) -> None:
        """Keep what was recognised in segments, by their ids, in place of what was said of them before."""
        with self._database.write() as connection:
            write_concepts(connection, library, concepts)

    def libraries(self) -> list[str]:
        """Every library that holds an attachment."""
        with self._database.read() as connection:
            return list(connection.execute(select(attachments.c.library).distinct()).scalars())

    def segment_ids(self, library: str, kinds: Collection[SegmentKind]) -> list[str]:
        """The ids of every segment of these kinds."""
        query = select(segments.c.id).where(
            segments.c.library == library, segments.c.kind.in_([kind.value for kind in kinds])
        )
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def languages(self, library: str) -> dict[str, int]:
        """How many segments the library holds in each language, by its ISO 639-1 code; "" where there is none."""
        query = select(segments.c.language, func.count()).where(segments.c.library == library, NOT_A_ROW)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(segments.c.language))}

    def held(self, library: str, segment_ids: Collection[str]) -> set[str]:
        """Those of the ids that this library has a segment by."""
        ids, found = list(segment_ids), set[str]()
        with self._database.read() as connection:
            for at in range(0, len(ids), _AT_ONCE):
                here = (segments.c.library == library) & segments.c.id.in_(ids[at : at + _AT_ONCE])
                found.update(connection.execute(select(segments.c.id).where(here)).scalars())
        return found

    def ids_within(
        self,
        library: str,
        *,
        modality: Modality | None = None,
        attachment_ids: frozenset[str] = frozenset(),
        added: Added | None = None,
    ) -> list[str]:
        """The ids of the segments of that modality and of those attachments; empty means any.

        Rows of tables, which have no vector, are not among them. A copy's segments are those of the file that it is a
        copy of.
        """
        query = select(segments.c.id).where(segments.c.library == library, NOT_A_ROW)
        if modality is not None:
            query = query.where(segments.c.modality == modality.value)
        if added:
            query = query.where(segments.c.attachment_id.in_(added.owners(library)))
        with self._database.read() as connection:
            if attachment_ids:
                here = with_firsts(connection, library, attachment_ids)
                query = query.where(segments.c.attachment_id.in_(sorted(here)))
            return list(connection.execute(query).scalars())

    def candidates(self, library: str, segment_ids: Sequence[str]) -> dict[str, tuple[Segment, Attachment]]:
        """Those of the segments that this library holds, each with its attachment."""
        found: dict[str, tuple[Segment, Attachment]] = {}
        with self._database.read() as connection:
            for at in range(0, len(segment_ids), _AT_ONCE):
                wanted = list(segment_ids[at : at + _AT_ONCE])
                kept = [
                    segment_of(row)
                    for row in connection.execute(
                        select(segments).where(segments.c.library == library, segments.c.id.in_(wanted))
                    )
                ]
                owners = {
                    row.id: attachment_of(row)
                    for row in connection.execute(
                        select(attachments).where(
                            attachments.c.library == library,
                            attachments.c.id.in_({segment.attachment_id for segment in kept}),
                        )
                    )
                }
                found |= {s.id: (s, owners[s.attachment_id]) for s in kept if s.attachment_id in owners}
        return found

    def passages_of_rows(self, library: str, segment_ids: Collection[str]) -> dict[str, str]:
        """Of those of the segments that are rows of tables: row id -> the id of the passage that holds the row."""
        row, passage = segments.alias(), segments.alias()
        start, end = (
            func.json_extract(passage.c.locator, "$.char_start"),
            func.json_extract(passage.c.locator, "$.char_end"),
        )
        at = func.json_extract(row.c.locator, "$.char_start")
        query = (
            select(row.c.id, passage.c.id.label("held_by"))
            .join(
                passage,
                (passage.c.library == row.c.library)
                & (passage.c.attachment_id == row.c.attachment_id)
                & (passage.c.kind == SegmentKind.PASSAGE.value)
                & (start <= at)
                & (at < end),
            )
            .where(row.c.library == library, row.c.id.in_(sorted(segment_ids)), row.c.kind == SegmentKind.ROW.value)
        )
        with self._database.read() as connection:
            return {found.id: found.held_by for found in connection.execute(query)}

    def count_segments(self, library: str, modality: Modality | None = None, attachment_id: str | None = None) -> int:
        """How many segments the library holds: all, of one modality, or of one attachment; without rows of tables."""
        query = select(func.count()).select_from(segments).where(segments.c.library == library, NOT_A_ROW)
        if modality is not None:
            query = query.where(segments.c.modality == modality.value)
        if attachment_id is not None:
            query = query.where(segments.c.attachment_id == attachment_id)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def search_text(
        self,
        library: str,
        words: Sequence[str],
        k: int,
        *,
        modality: Modality | None = None,
        attachment_ids: frozenset[str] = frozenset(),
        added: Added | None = None,
    ) -> list[Hit]:
        """Segments with any of the words, by BM25 over text, heading and file name; higher is better.

        A word is found in all its forms; one with blanks is a phrase. A copy's segments are those of the file that it
        is a copy of.
        """
        with self._languages_lock:
            if library not in self._languages:
                self._languages[library] = frozenset(self.languages(check_library(library)))
            languages = self._languages[library]
        if not languages:
            return []
        self.prepare_full_text(library)
        with self._database.read() as connection:
            here = with_firsts(connection, library, attachment_ids)
            limits = Limits(library, modality, here, added)
            return full_text.search(connection, library, words, k, languages=languages, limits=limits)

    def prepare_full_text(self, library: str) -> None:
        """Make the library's full text anew where another program made it, or it was lost."""
        with self._database.read() as connection:
            if full_text.exists(connection, check_library(library)):
                return
        with self._database.write() as connection:
            if not full_text.exists(connection, library):
                full_text.rebuild(connection, library)

    def delete_attachment(self, library: str, attachment_id: str) -> list[str]:
        """Forget the attachment, its job, segments and words; its copies are queued, oldest first, and returned."""
        with self._database.write() as connection:
            self._forget_segments(connection, library, attachment_id)
            waiting = release(connection, library, attachment_id)
            connection.execute(delete(copies).filter_by(library=library, attachment_id=attachment_id))
            for table, column in ((attachments, attachments.c.id), (jobs, jobs.c.attachment_id)):
                connection.execute(delete(table).where(table.c.library == library, column == attachment_id))
            forget_tags(connection, library, attachment_id)
        self._database.shrink_log()
        return waiting

    def drop(self, library: str) -> None:
        """Forget everything this library holds."""
        with self._database.write() as connection:
            full_text.drop(connection, check_library(library))
            for table in (segments, attachments, jobs, spaces, likenesses, copies):
                connection.execute(delete(table).where(table.c.library == library))
            forget_tags(connection, library)
            forget_pages(connection, library)
            forget_tables(connection, library)
        with self._languages_lock:
            self._languages.pop(library, None)
        self._database.shrink_log()

    def _forget_segments(self, connection: Connection, library: str, attachment_id: str) -> set[str]:
        """Returns: the ids of the segments and pages, whose vectors lie elsewhere."""
        here = (segments.c.library == library) & (segments.c.attachment_id == attachment_id)
        gone = set(read_gone(connection, library, attachment_id))
        gone.update(connection.execute(select(segments.c.id).where(here)).scalars())
        gone.update(fused_pages(connection, library, attachment_id))
        forget_pages(connection, library, attachment_id)
        forget_tables(connection, library, attachment_id)
        full_text.remove(connection, library, attachment_id)
        connection.execute(delete(segments).where(here))
        return gone


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
