"""Busy times of narasumber, calendar addresses, public holidays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holiday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("yearly", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday")),
        sa.UniqueConstraint("day", "yearly", name=op.f("uq_holiday_day_yearly")),
    )
    op.create_table(
        "busy_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_token", sa.String(length=26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_busy_source_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_source")),
        sa.UniqueConstraint("key", name=op.f("uq_busy_source_key")),
        sa.UniqueConstraint("person_id", name=op.f("uq_busy_source_person_id")),
    )
    with op.batch_alter_table("busy_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_busy_source_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_busy_source_state"), ["state"], unique=False)

    op.create_table(
        "busy_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("starts_minute", sa.Integer(), nullable=True),
        sa.Column("ends_minute", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.CheckConstraint(
            "(weekday BETWEEN 0 AND 6 AND starts_minute >= 0 AND ends_minute <= 1440 AND starts_minute < ends_minute AND starts_at IS NULL AND ends_at IS NULL) OR (weekday IS NULL AND starts_minute IS NULL AND ends_minute IS NULL AND starts_at < ends_at)",
            name=op.f("ck_busy_time_weekly_or_dated"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_busy_time_person_id")),
        sa.ForeignKeyConstraint(["source_id"], ["busy_source.id"], name=op.f("fk_busy_time_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_time")),
        sa.UniqueConstraint(
            "person_id",
            "weekday",
            "starts_minute",
            "ends_minute",
            name=op.f("uq_busy_time_person_id_weekday_starts_minute_ends_minute"),
        ),
    )
    with op.batch_alter_table("busy_time", schema=None) as batch_op:
        batch_op.create_index("ix_busy_time_dated", ["person_id", "starts_at", "ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_busy_time_source_id"), ["source_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("busy_time", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_busy_time_source_id"))
        batch_op.drop_index("ix_busy_time_dated")

    op.drop_table("busy_time")
    with op.batch_alter_table("busy_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_busy_source_state"))
        batch_op.drop_index(batch_op.f("ix_busy_source_due_at"))

    op.drop_table("busy_source")
    op.drop_table("holiday")
