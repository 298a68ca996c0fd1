"""A letter knows the request that asked for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("request_id", sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("message", "request_id")
