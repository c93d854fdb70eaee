"""Runs remember the inputs they began with, so that a run that was interrupted goes on with the very same.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; runs that ended before have none."""
    op.add_column("runs", sa.Column("inputs", sa.Text(), nullable=True))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("runs", "inputs")
