"""The register of breaches of personal data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("data", sa.String(length=300), nullable=False),
        sa.Column("affected", sa.String(length=300), nullable=False),
        sa.Column("remedy", sa.Text(), nullable=False),
        sa.Column("people_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("authority_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_breach"),
        sa.UniqueConstraint("code", name="uq_breach_code"),
    )


def downgrade() -> None:
    op.drop_table("breach")
