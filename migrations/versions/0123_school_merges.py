"""Schools that were made one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0123"
down_revision = "0122"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "school_merge",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kept_id", sa.Integer(), sa.ForeignKey("school.id"), nullable=False),
        sa.Column("gone_id", sa.Integer(), sa.ForeignKey("school.id"), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("undone_at", _MOMENT),
    )
    op.create_index("ix_school_merge_gone_id", "school_merge", ["gone_id"])


def downgrade() -> None:
    op.drop_table("school_merge")
