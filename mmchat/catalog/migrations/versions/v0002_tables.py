"""Tables keep their cells; jobs say by which version of the reading; answers are answered, not grounded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_GROUNDINGS = {"grounded": "answered", "no-evidence": "nothing"}


def upgrade() -> None:
    """From the baseline."""
    op.create_table(
        "tables",
        sa.Column("library", sa.String, primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("attachment_id", sa.String, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("columns", sa.Text, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
    )
    op.create_index("tables_by_attachment", "tables", ["library", "attachment_id", "ordinal"])
    op.create_table(
        "table_rows",
        sa.Column("library", sa.String, primary_key=True),
        sa.Column("table_id", sa.String, primary_key=True),
        sa.Column("row_index", sa.Integer, primary_key=True),
        sa.Column("header", sa.Text, nullable=False),
        sa.Column("segment_id", sa.String, nullable=False),
        sa.Column("total", sa.Boolean, nullable=False),
        sa.Column("cells", sa.Text, nullable=False),
    )
    op.drop_index("segments_by_attachment", "segments")
    op.create_index("segments_by_attachment", "segments", ["library", "attachment_id", "ordinal", "kind"])
    op.add_column("jobs", sa.Column("reading", sa.Integer, nullable=False, server_default="1"))
    op.add_column("jobs", sa.Column("gone", sa.Text, nullable=False, server_default=""))
    messages = sa.table("messages", sa.column("body", sa.Text))
    grounding = sa.func.json_extract(messages.c.body, "$.grounding")
    for former, now in _GROUNDINGS.items():
        body = sa.func.json_set(messages.c.body, "$.grounding", now)
        op.execute(messages.update().where(grounding == former).values(body=body))
