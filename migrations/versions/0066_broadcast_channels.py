"""By which channels a broadcast leaves; those of before left by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcast", sa.Column("channels", sa.JSON(), server_default='["mail"]', nullable=False))


def downgrade() -> None:
    op.drop_column("broadcast", "channels")
