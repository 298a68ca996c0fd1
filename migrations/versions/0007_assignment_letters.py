"""Letters of assignment and their register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_register",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_serial", sa.Integer(), nullable=False),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_register")),
        sa.UniqueConstraint("year", name=op.f("uq_letter_register_year")),
    )
    op.create_table(
        "assignment_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("diklat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["diklat_id"], ["diklat.id"], name=op.f("fk_assignment_letter_diklat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_assignment_letter_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_letter")),
        sa.UniqueConstraint("code", name=op.f("uq_assignment_letter_code")),
        sa.UniqueConstraint("diklat_id", "person_id", name=op.f("uq_assignment_letter_diklat_id_person_id")),
        sa.UniqueConstraint("number", name=op.f("uq_assignment_letter_number")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_assignment_letter_year_serial")),
    )
    with op.batch_alter_table("assignment_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_letter_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("assignment_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_letter_person_id"))

    op.drop_table("assignment_letter")
    op.drop_table("letter_register")
