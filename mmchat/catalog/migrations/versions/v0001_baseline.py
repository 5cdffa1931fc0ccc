"""The catalog as it was before it had a version. What an older one lacks of it is made."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

_TABLES = {
    "attachments": """
        library VARCHAR NOT NULL, id VARCHAR NOT NULL, name VARCHAR NOT NULL, path VARCHAR NOT NULL,
        media_type VARCHAR NOT NULL, modality VARCHAR NOT NULL, size_bytes INTEGER NOT NULL, width_px INTEGER,
        height_px INTEGER, duration_s FLOAT, pages INTEGER, created_at DATETIME NOT NULL, PRIMARY KEY (library, id)""",
    "jobs": """
        library VARCHAR NOT NULL, attachment_id VARCHAR NOT NULL, state VARCHAR NOT NULL, reason TEXT NOT NULL,
        updated_at DATETIME NOT NULL, PRIMARY KEY (library, attachment_id)""",
    "segments": """
        "row" INTEGER NOT NULL, library VARCHAR NOT NULL, id VARCHAR NOT NULL, attachment_id VARCHAR NOT NULL,
        ordinal INTEGER NOT NULL, modality VARCHAR NOT NULL, kind VARCHAR NOT NULL, text TEXT NOT NULL,
        heading TEXT NOT NULL, language VARCHAR NOT NULL, locator TEXT NOT NULL, places BLOB NOT NULL,
        concepts TEXT NOT NULL, PRIMARY KEY ("row")""",
    "pages": """
        library VARCHAR NOT NULL, segment_id VARCHAR NOT NULL, id VARCHAR NOT NULL, attachment_id VARCHAR NOT NULL,
        number INTEGER NOT NULL, fused BOOLEAN NOT NULL, figures BOOLEAN NOT NULL,
        PRIMARY KEY (library, segment_id)""",
    "tags": """
        library VARCHAR NOT NULL, attachment_id VARCHAR NOT NULL, tag VARCHAR NOT NULL,
        PRIMARY KEY (library, attachment_id, tag)""",
    "spaces": """
        library VARCHAR NOT NULL, role VARCHAR NOT NULL, encoder VARCHAR NOT NULL, revision VARCHAR NOT NULL,
        dim INTEGER NOT NULL, configured VARCHAR NOT NULL, "use" VARCHAR NOT NULL,
        PRIMARY KEY (library, role, encoder, revision, dim)""",
    "likenesses": """
        library VARCHAR NOT NULL, attachment_id VARCHAR NOT NULL, method VARCHAR NOT NULL, "key" BIGINT NOT NULL,
        proof BLOB NOT NULL, PRIMARY KEY (library, attachment_id)""",
    "copies": """
        library VARCHAR NOT NULL, attachment_id VARCHAR NOT NULL, first_id VARCHAR NOT NULL,
        PRIMARY KEY (library, attachment_id)""",
    "conversations": """
        library VARCHAR NOT NULL, id VARCHAR NOT NULL, title TEXT NOT NULL, updated_at DATETIME NOT NULL,
        PRIMARY KEY (library, id)""",
    "messages": """
        "row" INTEGER NOT NULL, library VARCHAR NOT NULL, conversation_id VARCHAR NOT NULL, id VARCHAR NOT NULL,
        role VARCHAR NOT NULL, text TEXT NOT NULL, body TEXT NOT NULL, complete BOOLEAN NOT NULL,
        created_at DATETIME NOT NULL, PRIMARY KEY ("row")""",
}
_INDEXES = (
    "UNIQUE INDEX IF NOT EXISTS segments_by_id ON segments (library, id)",
    "INDEX IF NOT EXISTS segments_by_attachment ON segments (library, attachment_id, ordinal)",
    "INDEX IF NOT EXISTS pages_by_id ON pages (library, id)",
    "INDEX IF NOT EXISTS pages_by_attachment ON pages (library, attachment_id)",
    "INDEX IF NOT EXISTS likenesses_by_method ON likenesses (library, method)",
    "INDEX IF NOT EXISTS copies_by_first ON copies (library, first_id)",
    'INDEX IF NOT EXISTS messages_by_conversation ON messages (library, conversation_id, "row")',
    "UNIQUE INDEX IF NOT EXISTS messages_by_id ON messages (library, id)",
)


def upgrade() -> None:
    """Make what is not there."""
    for name, columns in _TABLES.items():
        op.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    for index in _INDEXES:
        op.execute(f"CREATE {index}")
