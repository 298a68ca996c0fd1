"""Papers that were issued outside of this system, by the list that tells of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "past_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("jp", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=80), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preview", "kept", "undone", name="paststate", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_past_list_days_in_order")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_past_list_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_list")),
    )
    op.create_index(op.f("ix_past_list_file_hash"), "past_list", ["file_hash"])
    op.create_table(
        "past_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=True),
        sa.Column("number_key", sa.String(length=100), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("jp", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["past_list.id"], name=op.f("fk_past_paper_list_id_past_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_paper")),
        sa.UniqueConstraint("number_key", name=op.f("uq_past_paper_number_key")),
    )
    op.create_index(op.f("ix_past_paper_list_id"), "past_paper", ["list_id"])


def downgrade() -> None:
    op.drop_table("past_paper")
    op.drop_table("past_list")
