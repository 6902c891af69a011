"""The tables as they were first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "entries",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "screening")),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("corrects", sa.Integer),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "by", "software", "protocol_id")),
        sa.Column("as_of", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("verdict", "letters", "letters_as")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("protocol", "content", "erases", "previous", "hash")),
    )
    op.create_index("ix_entries_screening", "entries", ["screening"])
    op.create_table("texts", sa.Column("sha256", sa.Text, primary_key=True), sa.Column("text", sa.Text))
