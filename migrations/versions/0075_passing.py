"""The questionnaire as a condition of passing, and exceptions for one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: rebuilding this table would lose its triggers.
    op.add_column("diklat", sa.Column("questionnaire", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "passing_exception",
        sa.Column("diklat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["diklat_id"], ["diklat.id"], name=op.f("fk_passing_exception_diklat_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_passing_exception_given_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passing_exception_person_id")),
        sa.PrimaryKeyConstraint("diklat_id", "person_id", name=op.f("pk_passing_exception")),
    )
    op.create_index(op.f("ix_passing_exception_person_id"), "passing_exception", ["person_id"])


def downgrade() -> None:
    op.drop_table("passing_exception")
    op.drop_column("diklat", "questionnaire")
