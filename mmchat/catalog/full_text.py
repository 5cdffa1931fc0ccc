"""The words of segments, as stems, in one SQLite FTS5 table per library, so that no library's words touch another's.

Words are stemmed by their segment's language, and a word that is asked for by every language the library holds. What
is kept can be made anew from the segments: a table of another shape, or of another stemmer, is replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from mmchat.catalog.bm25 import Bm25, Limits
from mmchat.catalog.database import attachments, segments
from mmchat.perception.stems import REVISION, stems
from mmchat.types import Hit

SHAPE = "2"
"""Changes with what the table's columns hold."""
_AT_ONCE = 1_000


def _prefix(library: str) -> str:
    """What every table of the library's words begins with.

    FTS5 keeps its own tables beside each, named by adding ``_data`` and the like. The dots, which no id can hold, keep
    those of a library called ``x`` apart from those of ``x_data``.
    """
    return f"full_text.{library}."


def _name(library: str) -> str:
    return f"{_prefix(library)}{SHAPE}-{REVISION}"


def exists(connection: Connection, library: str) -> bool:
    """Whether the library has a table as this program makes it."""
    found = connection.execute(
        text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": _name(library)}
    )
    return found.first() is not None


def rebuild(connection: Connection, library: str) -> None:
    """Make the library's table anew from its segments, in place of whatever table it had."""
    drop(connection, library)
    name = _name(library)
    # The tokens are stems already: the tokenizer only parts them at the blanks.
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE \"{name}\" USING fts5(text, heading, name, tokenize = 'unicode61 remove_diacritics 0')"
    )
    connection.exec_driver_sql(f'CREATE VIRTUAL TABLE "{name}.row" USING fts5vocab("{name}", row)')
    add(connection, library)


def add(connection: Connection, library: str, attachment_id: str | None = None) -> None:
    """Index the library's segments, or those of one attachment, that have words or a heading."""
    query = (
        select(segments.c.row, segments.c.text, segments.c.heading, segments.c.language, attachments.c.name)
        .join(
            attachments,
            (attachments.c.library == segments.c.library) & (attachments.c.id == segments.c.attachment_id),
        )
        # A figure has no words of its own, and is found by its caption.
        .where(segments.c.library == library, (segments.c.text != "") | (segments.c.heading != ""))
    )
    if attachment_id is not None:
        query = query.where(segments.c.attachment_id == attachment_id)
    into = text(f'INSERT INTO "{_name(library)}" (rowid, text, heading, name) VALUES (:row, :text, :heading, :name)')
    for rows in connection.execute(query.order_by(segments.c.row)).partitions(_AT_ONCE):
        connection.execute(into, [_stemmed(row) for row in rows])


def _stemmed(row: Any) -> dict[str, Any]:
    texts = {"text": row.text, "heading": row.heading, "name": row.name}
    return {"row": row.row, **{column: " ".join(stems(value, row.language)) for column, value in texts.items()}}


def rows(connection: Connection, library: str) -> list[int]:
    """The rows of the segments whose words are indexed, ascending."""
    return list(connection.execute(text(f'SELECT id FROM "{_name(library)}_docsize" ORDER BY id')).scalars())


def remove(connection: Connection, library: str, attachment_id: str) -> None:
    """Forget an attachment's words, while its segments are still there.

    The index is merged so that they do not linger in old index pages. A table that will be made anew goes as a whole.
    """
    if not exists(connection, library):
        drop(connection, library)
        return
    rows = "SELECT row FROM segments WHERE library = :library AND attachment_id = :attachment_id"
    forgotten = connection.execute(
        text(f'DELETE FROM "{_name(library)}" WHERE rowid IN ({rows})'),
        {"library": library, "attachment_id": attachment_id},
    )
    if forgotten.rowcount:
        connection.execute(text(f'INSERT INTO "{_name(library)}" ("{_name(library)}") VALUES (\'optimize\')'))


def drop(connection: Connection, library: str) -> None:
    """Forget all the library's words, whatever program indexed them."""
    prefix = _prefix(library)
    tables = connection.execute(
        text(
            "SELECT name FROM sqlite_master WHERE substr(name, 1, :length) = :prefix "
            "AND sql LIKE 'CREATE VIRTUAL TABLE%' ORDER BY length(name) DESC"  # what reads a table before the table
        ),
        {"length": len(prefix), "prefix": prefix},
    )
    for name in tables.scalars().all():
        connection.exec_driver_sql(f'DROP TABLE "{name}"')


def search(
    connection: Connection,
    library: str,
    words: Sequence[str],
    k: int,
    *,
    languages: Collection[str],
    limits: Limits | None = None,
) -> list[Hit]:
    """Segments with any of the words, in any of their forms, by BM25, higher is better.

    Args:
        connection: for reading.
        library: whose table, made by this program.
        words: as they are asked for; one with blanks in it is a phrase.
        k: so many at most.
        languages: those that the library's segments are in.
        limits: what the segments are kept to.
    """
    if k < 1:
        return []
    return Bm25(connection, _name(library), limits).search(_asked(words, languages), k)


def _asked(words: Sequence[str], languages: Collection[str]) -> list[frozenset[tuple[str, ...]]]:
    """The forms of each word: its stems in each language. Words that share a form are one."""
    asked: list[frozenset[tuple[str, ...]]] = []
    for word in words:
        forms = frozenset(tuple(stems(word, language)) for language in languages) - {()}
        same = [other for other in asked if other & forms]
        if not same:
            asked += [forms] if forms else []
        else:
            asked[asked.index(same[0])] = forms.union(*same)
            for other in same[1:]:
                asked.remove(other)
    return asked
