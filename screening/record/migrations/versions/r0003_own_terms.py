"""A column for the user's own terms with which a screening was made; entries made before had none to name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds it: a null says nothing, and is no part of an entry's hash."""
    op.add_column("entries", sa.Column("own_terms", sa.Text))
