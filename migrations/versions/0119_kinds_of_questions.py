"""questions with several right answers, in words, or to be put in order"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0119"
down_revision = "0118"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("kind", sa.String(length=40), server_default="single", nullable=False))
    op.add_column("question", sa.Column("answers", sa.JSON()))
    op.add_column("given_answer", sa.Column("said", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    # Read as ones with one right option they would show their key. Scores stay as they are.
    op.execute("DELETE FROM given_answer WHERE question_id IN (SELECT id FROM question WHERE kind <> 'single')")
    op.execute("DELETE FROM question WHERE kind <> 'single'")
    op.drop_column("given_answer", "said")
    op.drop_column("question", "answers")
    op.drop_column("question", "kind")
