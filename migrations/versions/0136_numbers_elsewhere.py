"""What a signed paper from elsewhere calls itself, so that it is counted once.

Revision ID: 0136
Revises: 0135
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0136"
down_revision = "0135"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outside_jp", sa.Column("number", sa.String(length=100), nullable=False, server_default=""))
    op.create_index("ix_outside_jp_number", "outside_jp", ["number"])


def downgrade() -> None:
    op.drop_index("ix_outside_jp_number", "outside_jp")
    op.drop_column("outside_jp", "number")
