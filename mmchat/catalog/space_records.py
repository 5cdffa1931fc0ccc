"""Which space each role of a library is searched in, which one is being made, and which one is on its way out.

A role is text, image or sound. It knows no encoder and no vector: it remembers their names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from mmchat.catalog import codec
from mmchat.catalog.database import Database, check_library, segments, spaces
from mmchat.catalog.rows import write_concepts
from mmchat.types import Concept, SegmentKind, Space

_KEY = [spaces.c.library, spaces.c.role, spaces.c.encoder, spaces.c.revision, spaces.c.dim]


class SpaceUse(StrEnum):
    """What a library does with a space."""

    ACTIVE = "active"
    COMING = "coming"
    LEAVING = "leaving"


@dataclass(frozen=True, slots=True)
class SpaceRecord:
    """One space of one role; ``configured`` is the name under which its encoder can be had again."""

    role: str
    configured: str
    space: Space
    use: SpaceUse


class SpaceRecords:
    """The table of spaces. What a library has no record of was never decided."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, library: str) -> list[SpaceRecord]:
        """Every record of the library."""
        query = select(spaces).where(spaces.c.library == library).order_by(*_KEY)
        with self._database.read() as connection:
            return [
                SpaceRecord(row.role, row.configured, Space(row.encoder, row.revision, row.dim), SpaceUse(row.use))
                for row in connection.execute(query)
            ]

    def put(self, library: str, records: Sequence[SpaceRecord]) -> None:
        """Add or replace, in one transaction."""
        with self._database.write() as connection:
            for record in records:
                row = _row(library, record)
                connection.execute(insert(spaces).values(row).on_conflict_do_update(index_elements=_KEY, set_=row))

    def forget(self, library: str, record: SpaceRecord) -> None:
        """Remove the record, as far as it is still as given."""
        with self._database.write() as connection:
            connection.execute(delete(spaces).where(_here(library, record), spaces.c.use == record.use))

    def switch(
        self,
        library: str,
        former: SpaceRecord,
        coming: SpaceRecord,
        kinds: Collection[SegmentKind],
        concepts: Mapping[str, tuple[Concept, ...]] | None,
    ) -> bool:
        """From one space to the next, in one transaction.

        Args:
            library: whose.
            former: what was searched; it is on its way out from here on.
            coming: what is searched from here on.
            kinds: the kinds of segments whose concepts are the new encoder's from here on.
            concepts: what it says of each of them, by segment id; None where it says nothing of any.

        Returns: False when the record was deleted meanwhile, or ``concepts`` lacks a segment that has come; nothing
            is changed then.
        """
        of_kind = (segments.c.library == library) & segments.c.kind.in_([kind.value for kind in kinds])
        silent = codec.dump(codec.concepts_to_json(()))
        with self._database.write() as connection:
            if concepts is not None:
                held = connection.execute(select(segments.c.id).where(of_kind)).scalars()
                if any(id not in concepts for id in held):
                    return False
            active = update(spaces).where(_here(library, coming)).values(use=SpaceUse.ACTIVE.value)
            if not connection.execute(active).rowcount:
                return False
            leaving = update(spaces).where(_here(library, former)).values(use=SpaceUse.LEAVING.value)
            connection.execute(leaving)
            connection.execute(update(segments).where(of_kind, segments.c.concepts != silent).values(concepts=silent))
            write_concepts(connection, library, {id: said for id, said in (concepts or {}).items() if said})
        return True


def _row(library: str, record: SpaceRecord) -> dict[str, object]:
    space = record.space
    return {
        "library": check_library(library),
        "role": record.role,
        "encoder": space.encoder,
        "revision": space.revision,
        "dim": space.dim,
        "configured": record.configured,
        "use": record.use.value,
    }


def _here(library: str, record: SpaceRecord) -> ColumnElement[bool]:
    space = record.space
    return (
        (spaces.c.library == library)
        & (spaces.c.role == record.role)
        & (spaces.c.encoder == space.encoder)
        & (spaces.c.revision == space.revision)
        & (spaces.c.dim == space.dim)
    )
