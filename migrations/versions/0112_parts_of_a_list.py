"""Lines of a list keep the number that is written there, and whether the panitia left them out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attendance_line", sa.Column("number", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("attendance_line", sa.Column("left_out", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in ("left_out", "number"):
        op.drop_column("attendance_line", name)
