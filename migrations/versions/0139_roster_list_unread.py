"""Headings of a staff list that were not read, for its preview.

Revision ID: 0139
Revises: 0138
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0139"
down_revision = "0138"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("roster_list", sa.Column("unread", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("roster_list", "unread")
