"""Ranges of certificate numbers that are kept for papers issued by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_reserve",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first > 0 AND last >= first", name=op.f("ck_number_reserve_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_reserve")),
    )
    op.create_index(op.f("ix_number_reserve_year"), "number_reserve", ["year"])


def downgrade() -> None:
    op.drop_table("number_reserve")
