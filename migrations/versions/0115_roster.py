"""The roster: rows about the office's own people, the lists that brought them, and who says that a row is his own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _lists()
    _rows()
    _lines()
    _claims()


def _lists() -> None:
    op.create_table(
        "roster_list",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("school_id", sa.Integer(), sa.ForeignKey("school.id")),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("decided_at", _MOMENT),
        sa.Column("forgotten_at", _MOMENT),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("lease_until", _MOMENT),
        sa.Column("claim_token", sa.String(length=26)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.UniqueConstraint("key"),
    )
    for column in ("file_hash", "state", "due_at"):
        op.create_index(f"ix_roster_list_{column}", "roster_list", [column])


def _rows() -> None:
    op.create_table(
        "roster_row",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("title_before", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("title_after", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("sex", sa.String(length=40)),
        sa.Column("nip", sa.String(length=18)),
        sa.Column("nuptk", sa.String(length=16)),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=16)),
        sa.Column("jabatan", sa.String(length=40)),
        sa.Column("subject_taught", sa.String(length=80), nullable=False),
        sa.Column("employment", sa.String(length=40)),
        sa.Column("school_id", sa.Integer(), sa.ForeignKey("school.id"), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("list_id", sa.Integer(), sa.ForeignKey("roster_list.id"), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("nip"),
        sa.UniqueConstraint("nuptk"),
        sa.UniqueConstraint("person_id"),
    )
    op.create_index("ix_roster_row_place", "roster_row", ["school_id", "name_key"])
    for column in ("name_key", "email", "list_id"):
        op.create_index(f"ix_roster_row_{column}", "roster_row", [column])


def _lines() -> None:
    op.create_table(
        "roster_line",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("list_id", sa.Integer(), sa.ForeignKey("roster_list.id"), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("column", sa.String(length=20), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("other", sa.Integer()),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("row_id", sa.Integer(), sa.ForeignKey("roster_row.id")),
        sa.Column("applied_at", _MOMENT),
        sa.Column("undone_at", _MOMENT),
        sa.UniqueConstraint("list_id", "number"),
    )
    op.create_index("ix_roster_line_verdict", "roster_line", ["list_id", "verdict", "id"])
    op.create_index("ix_roster_line_row_id", "roster_line", ["row_id"])


def _claims() -> None:
    op.create_table(
        "roster_claim",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("row_id", sa.Integer(), sa.ForeignKey("roster_row.id"), nullable=False),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=40)),
        sa.Column("filled", sa.JSON(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_roster_claim_row_id", "roster_claim", ["row_id"])
    op.create_index("ix_roster_claim_person_id", "roster_claim", ["person_id"])


def downgrade() -> None:
    for table in ("roster_claim", "roster_line", "roster_row", "roster_list"):
        op.drop_table(table)
