"""Which attachments a search is kept to, as SQL; and the tags that people put on their files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import CompoundSelect, Connection, delete, select, union
from sqlalchemy.dialects.sqlite import insert

from mmchat.catalog.database import attachments, copies, tags
from mmchat.types import Query

TAG = re.compile(r"(?<![\w&/#])#([^\W\d_][\w-]{0,39})")
"""A tag in a text, with its mark."""
_AS_STORED = "%Y-%m-%d %H:%M:%S.%f"
"""How SQLAlchemy writes a time for SQLite."""


@dataclass(frozen=True, slots=True)
class Added:
    """When a file was added, at or after the one and before the other, in UTC, and a tag it carries; empty for any."""

    since: datetime | None = None
    before: datetime | None = None
    tag: str = ""

    @classmethod
    def of(cls, query: Query) -> Added:
        """What of a query is about the file and not about its kind or its id."""
        return cls(query.added_from, query.added_before, query.tag)

    def __bool__(self) -> bool:
        return bool(self.since or self.before or self.tag)

    def owners(self, library: str) -> CompoundSelect[tuple[str]]:
        """The ids of the attachments, and of those that they are copies of: a copy has no segments of its own."""
        wanted = select(attachments.c.id).where(attachments.c.library == library)
        if self.since is not None:
            wanted = wanted.where(attachments.c.created_at >= _plain(self.since))
        if self.before is not None:
            wanted = wanted.where(attachments.c.created_at < _plain(self.before))
        if self.tag:
            tagged = select(tags.c.attachment_id).where(tags.c.library == library, tags.c.tag == as_tag(self.tag))
            wanted = wanted.where(attachments.c.id.in_(tagged))
        firsts = select(copies.c.first_id).where(copies.c.library == library, copies.c.attachment_id.in_(wanted))
        return union(wanted, firsts)

    def sql(self) -> tuple[str, dict[str, str]]:
        """The same as text for a statement that is text; the library is its parameter ``library``."""
        sql, values = "SELECT id FROM attachments WHERE library = :library", dict[str, str]()
        if self.since is not None:
            sql, values["since"] = f"{sql} AND created_at >= :since", _plain(self.since).strftime(_AS_STORED)
        if self.before is not None:
            sql, values["before"] = f"{sql} AND created_at < :before", _plain(self.before).strftime(_AS_STORED)
        if self.tag:
            sql += " AND id IN (SELECT attachment_id FROM tags WHERE library = :library AND tag = :tag)"
            values["tag"] = as_tag(self.tag)
        firsts = f"SELECT first_id FROM copies WHERE library = :library AND attachment_id IN ({sql})"
        return f"{sql} UNION {firsts}", values


def as_tag(text: str) -> str:
    """A tag as it is stored: small letters, without its mark."""
    return re.sub(r"\s+", "-", text.strip().lstrip("#").casefold())[:40]


def write_tags(connection: Connection, library: str, attachment_ids: Collection[str], names: Collection[str]) -> None:
    """Put each tag on each attachment; one that is there already stays."""
    rows = [
        {"library": library, "attachment_id": id, "tag": tag}
        for id in attachment_ids
        for tag in dict.fromkeys(map(as_tag, names))
        if tag
    ]
    if rows:
        connection.execute(insert(tags).on_conflict_do_nothing(), rows)


def read_tags(connection: Connection, library: str) -> Mapping[str, tuple[str, ...]]:
    """The tags by attachment, in the order of the alphabet."""
    found: dict[str, list[str]] = {}
    query = select(tags.c.attachment_id, tags.c.tag).where(tags.c.library == library).order_by(tags.c.tag)
    for row in connection.execute(query):
        found.setdefault(row.attachment_id, []).append(row.tag)
    return {id: tuple(names) for id, names in found.items()}


def forget_tags(connection: Connection, library: str, attachment_id: str | None = None) -> None:
    """Forget the tags of one attachment, or of all."""
    here = tags.c.library == library
    if attachment_id is not None:
        here &= tags.c.attachment_id == attachment_id
    connection.execute(delete(tags).where(here))


def _plain(moment: datetime) -> datetime:
    """As the catalog keeps times: UTC, without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
