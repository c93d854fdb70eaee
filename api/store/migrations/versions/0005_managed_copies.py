"""Digests of the copies of the managed state, and what changed since: a copy is brought up to date, not made again.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.columns import Name, Number

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both tables. There is no copy yet, so no change need be remembered."""
    op.create_table(
        "managed_copies",
        sa.Column("serial", Number, nullable=False),
        sa.Column("content", Name, nullable=False),
        sa.Column("digest", Name, nullable=False),
        sa.PrimaryKeyConstraint("serial", "content", name="pk_managed_copies"),
    )
    op.create_table(
        "managed_changes",
        sa.Column("serial", Number, autoincrement=False, nullable=False),
        sa.Column("person", Name, nullable=False),
        sa.Column("target", Name, nullable=False),
        sa.Column("kind", Name, nullable=False),
        sa.Column("name", Name, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_managed_changes"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("managed_changes")
    op.drop_table("managed_copies")
