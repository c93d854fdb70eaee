"""Digests of the column files that were made of a snapshot, so that nobody evaluates files that somebody changed.

From this version on a person who came or went is one row of the history, with an empty field and the whole person.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.columns import Name

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table. Older snapshots get their columns when they are first asked for."""
    op.create_table(
        "column_seals",
        sa.Column("snapshot", Name, nullable=False),
        sa.Column("persons", Name, nullable=False),
        sa.Column("contracts", Name, nullable=False),
        sa.ForeignKeyConstraint(["snapshot"], ["snapshots.digest"], name="fk_column_seals_snapshot_snapshots"),
        sa.PrimaryKeyConstraint("snapshot", "persons", "contracts", name="pk_column_seals"),
    )


def downgrade() -> None:
    """Forget them, and rows of the history that older versions cannot read."""
    op.execute("DELETE FROM person_changes WHERE field = ''")
    op.drop_table("column_seals")
