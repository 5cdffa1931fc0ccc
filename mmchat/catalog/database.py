"""The tables and the one engine. Writes go through one lock, so that SQLite never has two writers."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.exc import DatabaseError

from mmchat.catalog.migration import backup_of, migrate
from mmchat.errors import MmchatError

metadata = MetaData()

attachments = Table(
    "attachments",
    metadata,
    Column("library", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("path", String, nullable=False),
    Column("media_type", String, nullable=False),
    Column("modality", String, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("duration_s", Float),
    Column("pages", Integer),
    Column("created_at", DateTime, nullable=False),
)
jobs = Table(
    "jobs",
    metadata,
    Column("library", String, primary_key=True),
    Column("attachment_id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("updated_at", DateTime, nullable=False),
    Column("reading", Integer, nullable=False, server_default="1"),
    Column("gone", Text, nullable=False, server_default=""),
)
segments = Table(
    "segments",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("library", String, nullable=False),
    Column("id", String, nullable=False),
    Column("attachment_id", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("modality", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("locator", Text, nullable=False),
    Column("places", LargeBinary, nullable=False),
    Column("concepts", Text, nullable=False),
    Index("segments_by_id", "library", "id", unique=True),
    Index("segments_by_attachment", "library", "attachment_id", "ordinal", "kind"),
)
pages = Table(
    "pages",
    metadata,
    Column("library", String, primary_key=True),
    Column("segment_id", String, primary_key=True),
    Column("id", String, nullable=False),
    Column("attachment_id", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("fused", Boolean, nullable=False),
    Column("figures", Boolean, nullable=False),
    Index("pages_by_id", "library", "id"),
    Index("pages_by_attachment", "library", "attachment_id"),
)
tables = Table(
    "tables",
    metadata,
    Column("library", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("attachment_id", String, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("columns", Text, nullable=False),
    Column("page", Integer),
    Column("note", Text, nullable=False),
    Column("row_count", Integer, nullable=False),
    Index("tables_by_attachment", "library", "attachment_id", "ordinal"),
)
table_rows = Table(
    "table_rows",
    metadata,
    Column("library", String, primary_key=True),
    Column("table_id", String, primary_key=True),
    Column("row_index", Integer, primary_key=True),
    Column("header", Text, nullable=False),
    Column("segment_id", String, nullable=False),
    Column("total", Boolean, nullable=False),
    Column("cells", Text, nullable=False),
)
tags = Table(
    "tags",
    metadata,
    Column("library", String, primary_key=True),
    Column("attachment_id", String, primary_key=True),
    Column("tag", String, primary_key=True),
)
spaces = Table(
    "spaces",
    metadata,
    Column("library", String, primary_key=True),
    Column("role", String, primary_key=True),
    Column("encoder", String, primary_key=True),
    Column("revision", String, primary_key=True),
    Column("dim", Integer, primary_key=True),
    Column("configured", String, nullable=False),
    Column("use", String, nullable=False),
)
likenesses = Table(
    "likenesses",
    metadata,
    Column("library", String, primary_key=True),
    Column("attachment_id", String, primary_key=True),
    Column("method", String, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("proof", LargeBinary, nullable=False),
    Index("likenesses_by_method", "library", "method"),
)
copies = Table(
    "copies",
    metadata,
    Column("library", String, primary_key=True),
    Column("attachment_id", String, primary_key=True),
    Column("first_id", String, nullable=False),
    Index("copies_by_first", "library", "first_id"),
)
conversations = Table(
    "conversations",
    metadata,
    Column("library", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("updated_at", DateTime, nullable=False),
)
messages = Table(
    "messages",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("library", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("id", String, nullable=False),
    Column("role", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("created_at", DateTime, nullable=False),
    Index("messages_by_conversation", "library", "conversation_id", "row"),
    Index("messages_by_id", "library", "id", unique=True),
)

LIBRARY_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def check_library(library: str) -> str:
    """The library id itself, when it is one.

    Raises:
        MmchatError: for anything that is not 1-64 of a-z, 0-9, ``_`` and ``-``. Ids become table, folder and
            collection names, so nothing else may pass.
    """
    if not LIBRARY_ID.fullmatch(library):
        raise MmchatError(
            f"{library[:80]!r} cannot name a library. Use 1 to 64 lower-case letters, digits, '-' or '_', "
            "starting with a letter or digit."
        )
    return library


class Database:
    """The catalog's SQLite file, opened once per process, and brought to this version's schema.

    Raises:
        MmchatError: the file is damaged, a newer mmchat has written it, or no backup copy can be made of an older one.
    """

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 30})
        event.listen(self._engine, "connect", _prepare)
        self._write_lock = threading.RLock()
        self._backup = backup_of(file)
        try:
            migrate(self._engine, file)
        except DatabaseError as error:
            self._engine.dispose()
            if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise damaged(file, str(error.orig)) from error
            raise MmchatError(
                f"The catalog {file.name} in the data folder cannot be opened ({error.orig}). It is as it was; look at "
                "the space on the disk and at the permissions of the folder."
            ) from error
        except BaseException:
            self._engine.dispose()
            raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, committed when the block ends well, undone when it does not."""
        with self._write_lock, self._engine.begin() as connection:
            yield connection

    def shrink_log(self) -> None:
        """Fold the write-ahead log into the file and remove the backup: deleted words are not left behind in them."""
        self._backup.unlink(missing_ok=True)
        with self._write_lock, self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def damaged(file: Path, what: str) -> MmchatError:
    """What to say of a catalog that cannot be opened: nothing is changed, and there is a way back."""
    backup = backup_of(file)
    way_back = f"put {backup.name} in its place" if backup.is_file() else "put a backup of it in its place"
    return MmchatError(
        f"The catalog {file.name} in the data folder cannot be opened ({what}). The originals beside it are untouched. "
        f"To go on: {way_back}, or start with another folder (--data-dir or MMCHAT_DATA_DIR) and give the files in the "
        "folder originals again."
    )


def _prepare(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not only unlinked
    cursor.close()
