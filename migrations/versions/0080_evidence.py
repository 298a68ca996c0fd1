"""Signs of presence and what they come to, appeals against it; the rule of each diklat; a second way into a full room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

# What was recorded until now is evidence, and was decided by it.
KEEP = """
INSERT INTO evidence (live_session_id, person_id, kind, at, present, source, reason, by_id)
SELECT live_session_id, person_id, CASE method WHEN 'list' THEN 'line' ELSE method END, marked_at, present,
       CASE method WHEN 'list' THEN reason ELSE '' END, reason, marked_by_id
FROM presence"""
DECIDE = """
INSERT INTO decision (live_session_id, person_id, state, why, rule, decided_at)
SELECT live_session_id, person_id, CASE WHEN present THEN 'present' ELSE 'absent' END,
       CASE WHEN NOT present THEN 'marked_absent' WHEN method = 'code' THEN 'code' WHEN method = 'list' THEN 'listed'
            ELSE 'marked_present' END, 'kode_menit 80', marked_at
FROM presence"""


def upgrade() -> None:
    op.add_column(
        "diklat", sa.Column("presence_rule", sa.String(length=40), nullable=False, server_default="kode_menit")
    )
    op.add_column("diklat", sa.Column("presence_percent", sa.Integer(), nullable=False, server_default="80"))
    op.add_column("live_session", sa.Column("stream_url", sa.String(length=500), nullable=False, server_default=""))
    op.add_column("live_session", sa.Column("room_capacity", sa.Integer(), nullable=True))
    op.create_table(
        "evidence",
        *_of_person("evidence"),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("least", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["attendance_batch.id"], name=op.f("fk_evidence_batch_id")),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_evidence_by_id")),
    )
    op.create_index("ix_evidence_of", "evidence", ["live_session_id", "person_id"])
    op.create_table(
        "decision",
        *_of_person("decision"),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("live_session_id", "person_id", name=op.f("uq_decision_live_session_id_person_id")),
    )
    op.create_table(
        "appeal",
        *_of_person("appeal"),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_appeal_decided_by_id")),
        sa.UniqueConstraint("live_session_id", "person_id", name=op.f("uq_appeal_live_session_id_person_id")),
    )
    for table in ("evidence", "decision", "appeal"):
        op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
    op.execute(KEEP)
    op.execute(DECIDE)


def _of_person(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name=op.f(f"fk_{table}_live_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f(f"fk_{table}_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    for table in ("appeal", "decision", "evidence"):
        op.drop_table(table)
    op.drop_column("live_session", "room_capacity")
    op.drop_column("live_session", "stream_url")
    op.drop_column("diklat", "presence_percent")
    op.drop_column("diklat", "presence_rule")
