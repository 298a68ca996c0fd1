"""Angkatan of a diklat, which reports are grouped by.

Revision ID: 0135
Revises: 0134
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0135"
down_revision = "0134"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("diklat", sa.Column("cohort", sa.String(length=30), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("diklat", "cohort")
