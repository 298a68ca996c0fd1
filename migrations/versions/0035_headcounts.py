"""How many people work at each school, as an office's list says; reports that are sent each month; costs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "headcount_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount_source")),
    )
    op.create_table(
        "headcount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("jabatan", sa.String(length=40), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_headcount_people_counted")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_headcount_school_id")),
        sa.ForeignKeyConstraint(["source_id"], ["headcount_source.id"], name=op.f("fk_headcount_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headcount")),
        sa.UniqueConstraint("source_id", "school_id", "jabatan", name=op.f("uq_headcount_source_id_school_id_jabatan")),
    )
    op.create_table(
        "programme_cost",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rupiah", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("rupiah >= 0", name=op.f("ck_programme_cost_not_negative")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_programme_cost")),
    )
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("by", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_month", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_schedule_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
        sa.UniqueConstraint("person_id", "kind", "format", name=op.f("uq_report_schedule_person_id_kind_format")),
    )


def downgrade() -> None:
    op.drop_table("report_schedule")
    op.drop_table("programme_cost")
    op.drop_table("headcount")
    op.drop_table("headcount_source")
