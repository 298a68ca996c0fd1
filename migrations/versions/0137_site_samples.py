"""How the site itself fared in the last day, for curves.

Revision ID: 0137
Revises: 0136
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0137"
down_revision = "0136"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site_sample"),
        sa.UniqueConstraint("slot", name="uq_site_sample_slot"),
    )


def downgrade() -> None:
    op.drop_table("site_sample")
