"""Accounts that may be one person's, and accounts that were made one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0121"
down_revision = "0120"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "likely_pair",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("first_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("second_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("apart_at", _MOMENT),
        sa.UniqueConstraint("first_id", "second_id"),
    )
    op.create_index("ix_likely_pair_second_id", "likely_pair", ["second_id"])
    op.create_index("ix_likely_pair_weight", "likely_pair", ["weight"])
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("kept_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("gone_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("undone_at", _MOMENT),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_person_merge_kept_id", "person_merge", ["kept_id"])
    op.create_index("ix_person_merge_gone_id", "person_merge", ["gone_id"])


def downgrade() -> None:
    op.drop_table("person_merge")
    op.drop_table("likely_pair")
