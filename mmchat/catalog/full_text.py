"""Words -> segments by BM25, in one SQLite FTS5 table per library, so that no library's words touch another's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from mmchat.catalog.narrowing import Added
from mmchat.types import Hit, Modality, Segment

# A word in the passage itself says more than one in its heading or in the file's name.
WEIGHTS = {"text": 1.0, "heading": 0.5, "name": 0.5}


def table(library: str) -> str:
    """The library's table, quoted; ids are checked before they get here.

    FTS5 keeps its own tables beside it, named by adding ``_data`` and the like. The dot at the end, which no id can
    hold, keeps the table of a library called ``x_data`` from being one of those of ``x``.
    """
    return f'"{_name(library)}"'


def _name(library: str) -> str:
    return f"full_text.{library}."


def create(connection: Connection, library: str) -> None:
    """Make the library's table when it is not there. Accents are folded: ``cle`` finds ``clé``."""
    connection.exec_driver_sql(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {table(library)} USING fts5(text, heading, name, id UNINDEXED, "
        "attachment_id UNINDEXED, modality UNINDEXED, tokenize = 'unicode61 remove_diacritics 2')"
    )


def exists(connection: Connection, library: str) -> bool:
    """Whether the library has a table."""
    found = connection.execute(
        text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": _name(library)}
    )
    return found.first() is not None


def add(connection: Connection, library: str, segments: Sequence[Segment], name: str) -> None:
    """Index the segments that have words, or a caption; ``name`` is their attachment's."""
    rows = [
        {"t": s.text, "h": s.heading, "n": name, "id": s.id, "a": s.attachment_id, "m": s.modality.value}
        for s in segments
        if s.text or s.heading  # a figure has no words of its own, and is found by its caption
    ]
    if rows:
        connection.execute(
            text(
                f"INSERT INTO {table(library)} (text, heading, name, id, attachment_id, modality) "
                "VALUES (:t, :h, :n, :id, :a, :m)"
            ),
            rows,
        )


def remove(connection: Connection, library: str, attachment_id: str) -> None:
    """Forget an attachment's words; the index is merged so that they do not linger in old index pages."""
    if exists(connection, library):
        connection.execute(text(f"DELETE FROM {table(library)} WHERE attachment_id = :a"), {"a": attachment_id})
        connection.execute(text(f"INSERT INTO {table(library)} ({table(library)}) VALUES ('optimize')"))


def drop(connection: Connection, library: str) -> None:
    """Forget all the library's words."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table(library)}")


def search(
    connection: Connection,
    library: str,
    words: Sequence[str],
    k: int,
    *,
    modality: Modality | None = None,
    attachment_ids: frozenset[str] = frozenset(),
    added: Added | None = None,
) -> list[Hit]:
    """Segments with any of the words, by BM25, higher is better.

    A word with blanks in it is a phrase; one that ends in a star stands for all words that begin so.
    """
    terms = [_term(word) for word in words if any(c.isalnum() for c in word)]
    if not terms or k < 1 or not exists(connection, library):
        return []
    weights = f"{WEIGHTS['text']}, {WEIGHTS['heading']}, {WEIGHTS['name']}"
    clauses, values = [f"{table(library)} MATCH :match"], {"match": " OR ".join(terms), "k": k}
    if modality is not None:
        clauses.append("modality = :modality")
        values["modality"] = modality.value
    if attachment_ids:
        clauses.append("attachment_id IN (" + ", ".join(f":a{i}" for i in range(len(attachment_ids))) + ")")
        values |= {f"a{i}": id for i, id in enumerate(sorted(attachment_ids))}
    if added:
        owners, more = added.sql()
        clauses.append(f"attachment_id IN ({owners})")
        values |= {"library": library, **more}
    rows = connection.execute(
        text(
            f"SELECT id, bm25({table(library)}, {weights}) AS cost FROM {table(library)} "
            f"WHERE {' AND '.join(clauses)} ORDER BY cost, id LIMIT :k"
        ),
        values,
    )
    return [Hit(row.id, -float(row.cost)) for row in rows]


def _term(word: str) -> str:
    beginning = word.endswith("*")
    return '"' + word.removesuffix("*").replace('"', '""') + '"' + ("*" if beginning else "")
