"""Lines of a list keep their hours, and a list what its bare durations were said to be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("starts_at", "ends_at"):
        op.add_column("attendance_line", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("attendance_batch", sa.Column("unit", sa.String(length=10), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("attendance_batch", "unit")
    for name in ("ends_at", "starts_at"):
        op.drop_column("attendance_line", name)
