"""Lists of who was there are kept as they were read: batches with their lines."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendance_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("least_minutes", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.Boolean(), nullable=False),
        sa.Column("ignored", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_attendance_batch_live_session_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_attendance_batch_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_batch")),
    )
    op.create_index("ix_attendance_batch_file", "attendance_batch", ["live_session_id", "file_hash"])
    op.create_table(
        "attendance_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("shown", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=True),
        sa.Column("lane", sa.String(length=20), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=20), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("unclear", sa.String(length=20), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["attendance_batch.id"], name=op.f("fk_attendance_line_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_line_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_line")),
    )
    op.create_index(op.f("ix_attendance_line_batch_id"), "attendance_line", ["batch_id"])
    op.create_index(op.f("ix_attendance_line_person_id"), "attendance_line", ["person_id"])


def downgrade() -> None:
    op.drop_table("attendance_line")
    op.drop_table("attendance_batch")
