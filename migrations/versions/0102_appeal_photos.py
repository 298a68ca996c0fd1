"""A photo goes with an appeal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appeal", sa.Column("photo_sha256", sa.String(length=64)))


def downgrade() -> None:
    op.drop_column("appeal", "photo_sha256")
