"""Which tests ask what an earlier one asked: whoever read the answers there knows them here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exam", sa.Column("origin_id", sa.Integer(), nullable=True))
    op.create_index("ix_exam_origin_id", "exam", ["origin_id"])


def downgrade() -> None:
    op.drop_index("ix_exam_origin_id", "exam")
    op.drop_column("exam", "origin_id")
