"""Volunteers tell more of themselves, assignments are asked and answered, meeting accounts, what a session needs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("volunteer") as table:
        table.add_column(sa.Column("profession", sa.String(120), nullable=False, server_default=""))
        for name in ("links", "languages", "modes"):
            table.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("photo_sha256", sa.String(64), nullable=True))
        table.add_column(sa.Column("public_at", INSTANT, nullable=True))
    op.execute("UPDATE volunteer SET public_at = applied_at WHERE public")
    op.create_table(
        "volunteer_level",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("jenjang", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["volunteer.person_id"], name="fk_volunteer_level_person_id"),
        sa.PrimaryKeyConstraint("person_id", "jenjang", name="pk_volunteer_level"),
    )
    op.create_table(
        "volunteer_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_volunteer_note_person_id"),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name="fk_volunteer_note_live_session_id"),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name="fk_volunteer_note_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_volunteer_note"),
    )
    op.create_index("ix_volunteer_note_person", "volunteer_note", ["person_id", "at"])
    op.create_index("ix_volunteer_note_live_session_id", "volunteer_note", ["live_session_id"])
    op.create_table(
        "meeting_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("room_url", sa.String(500), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("lock_count", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name="pk_meeting_account"),
        sa.UniqueConstraint("name", name="uq_meeting_account_name"),
    )
    op.create_table(
        "staffing",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("speakers", sa.Integer(), nullable=False),
        sa.Column("meeting_account_id", sa.Integer(), nullable=True),
        sa.Column("relay_stopped_at", INSTANT, nullable=True),
        sa.Column("relay_stop_reason", sa.String(300), nullable=False),
        sa.Column("relay_dry_after", sa.Integer(), nullable=True),
        sa.CheckConstraint("speakers BETWEEN 0 AND 9", name="ck_staffing_speakers"),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name="fk_staffing_live_session_id"),
        sa.ForeignKeyConstraint(["meeting_account_id"], ["meeting_account.id"], name="fk_staffing_meeting_account_id"),
        sa.PrimaryKeyConstraint("live_session_id", name="pk_staffing"),
    )
    op.create_index("ix_staffing_meeting_account_id", "staffing", ["meeting_account_id"])
    with op.batch_alter_table("assignment") as table:
        table.add_column(sa.Column("origin", sa.String(40), nullable=False, server_default="panitia"))
        table.add_column(sa.Column("round", sa.Integer(), nullable=False, server_default="0"))
        for name in ("asked_at", "reply_by", "agreed_at", "checked_in_at"):
            table.add_column(sa.Column(name, INSTANT, nullable=True))
        table.add_column(sa.Column("reason", sa.String(300), nullable=False, server_default=""))
        table.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_assignment_replaces_id", "assignment", ["replaces_id"], ["id"])
    op.create_index("ix_assignment_state_person", "assignment", ["state", "person_id"])
    # Whoever stood confirmed before anybody was asked keeps the place.
    op.execute("UPDATE assignment SET agreed_at = COALESCE(decided_at, created_at) WHERE state = 'confirmed'")


def downgrade() -> None:
    op.execute("UPDATE assignment SET state = 'released' WHERE state IN ('invited', 'lapsed', 'missed')")
    op.drop_index("ix_assignment_state_person", "assignment")
    with op.batch_alter_table("assignment") as table:
        table.drop_constraint("fk_assignment_replaces_id", type_="foreignkey")
        for name in ("replaces_id", "reason", "checked_in_at", "agreed_at", "reply_by", "asked_at", "round", "origin"):
            table.drop_column(name)
    op.drop_index("ix_staffing_meeting_account_id", "staffing")
    op.drop_table("staffing")
    op.drop_table("meeting_account")
    op.drop_index("ix_volunteer_note_live_session_id", "volunteer_note")
    op.drop_index("ix_volunteer_note_person", "volunteer_note")
    op.drop_table("volunteer_note")
    op.drop_table("volunteer_level")
    with op.batch_alter_table("volunteer") as table:
        for name in ("public_at", "photo_sha256", "modes", "languages", "links", "profession"):
            table.drop_column(name)
