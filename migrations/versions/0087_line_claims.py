"""Participants may say that a line which names nobody is their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["attendance_line.id"], name=op.f("fk_line_claim_line_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_line_claim_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_claim")),
        sa.UniqueConstraint("line_id", "person_id", name=op.f("uq_line_claim_line_id_person_id")),
    )
    op.create_index(op.f("ix_line_claim_person_id"), "line_claim", ["person_id"])


def downgrade() -> None:
    op.drop_table("line_claim")
