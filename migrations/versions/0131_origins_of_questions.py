"""What a question was taken from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0131"
down_revision = "0130"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that there are begin with themselves; copies of whole tests know each other by the test."""
    op.add_column("question", sa.Column("origin", sa.String(20), nullable=False, server_default=""))
    op.execute("UPDATE question SET origin = 'id' || id")
    op.create_index("ix_question_origin", "question", ["origin"])


def downgrade() -> None:
    op.drop_index("ix_question_origin", "question")
    op.drop_column("question", "origin")
