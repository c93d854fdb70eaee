"""Events that fire with a diff are kept beside it, and those of enforced diffs are remembered, so each fires once.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.store.columns import Name

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, which older diffs leave empty, and the table."""
    op.add_column("diffs", sa.Column("events", sa.LargeBinary(), nullable=True))
    op.create_table(
        "fired_events",
        sa.Column("event", Name, nullable=False),
        sa.Column("person", Name, nullable=False),
        sa.Column("edge", Name, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("event", "person", "edge", "day", name="pk_fired_events"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("fired_events")
    op.drop_column("diffs", "events")
