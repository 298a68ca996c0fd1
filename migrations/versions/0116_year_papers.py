"""Papers over the JP of a year."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "year_paper",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(length=26), nullable=False, unique=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("person_id", "year", "revision"),
    )
    op.create_index("ix_year_paper_sha256", "year_paper", ["sha256"])


def downgrade() -> None:
    op.drop_table("year_paper")
