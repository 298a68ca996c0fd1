"""Each window of a code is a row of its own, for the beginning, the middle or the end; a typed code carries its key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name=op.f("fk_code_window_live_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_window")),
    )
    op.execute(
        "INSERT INTO code_window (live_session_id, part, code, opens_at, closes_at)"
        " SELECT live_session_id, 'start', code, opens_at, closes_at FROM check_in"
    )
    op.create_index(op.f("ix_code_window_code"), "code_window", ["code"])
    op.create_index(op.f("ix_code_window_live_session_id"), "code_window", ["live_session_id"])
    op.drop_table("check_in")
    op.create_table(
        "asked_codes",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name=op.f("fk_asked_codes_live_session_id")),
        sa.PrimaryKeyConstraint("live_session_id", name=op.f("pk_asked_codes")),
    )
    op.add_column("evidence", sa.Column("part", sa.String(length=20), nullable=True))
    op.add_column("missed_code", sa.Column("key", sa.String(length=40), nullable=True))
    op.create_index("ix_missed_code_key", "missed_code", ["person_id", "key"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_missed_code_key", table_name="missed_code")
    op.drop_column("missed_code", "key")
    op.drop_column("evidence", "part")
    op.drop_table("asked_codes")
    op.create_table(
        "check_in",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name=op.f("fk_check_in_live_session_id")),
        sa.PrimaryKeyConstraint("live_session_id", name=op.f("pk_check_in")),
    )
    op.create_index(op.f("ix_check_in_code"), "check_in", ["code"])
    op.execute(
        "INSERT INTO check_in (live_session_id, code, opens_at, closes_at)"
        " SELECT live_session_id, code, opens_at, closes_at FROM code_window AS one"
        " WHERE id = (SELECT MAX(id) FROM code_window WHERE live_session_id = one.live_session_id)"
    )
    op.drop_table("code_window")
