"""What tests asked once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0132"
down_revision = "0131"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_question",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exam_id", sa.Integer(), sa.ForeignKey("exam.id"), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_former_question_exam_id", "former_question", ["exam_id"])
    op.create_index("ix_former_question_origin", "former_question", ["origin"])


def downgrade() -> None:
    op.drop_table("former_question")
