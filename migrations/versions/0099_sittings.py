"""A test may be sat in a session, and then shows who was there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("until", sa.DateTime(timezone=True)))
    op.add_column("evidence", sa.Column("exam_id", sa.Integer()))
    # Both databases take a column with its key so; SQLite would otherwise make the table anew under those that point to it.
    op.execute(
        "ALTER TABLE exam ADD COLUMN live_session_id INTEGER CONSTRAINT fk_exam_live_session_id REFERENCES live_session (id)"
    )


def downgrade() -> None:
    op.drop_column("exam", "live_session_id")
    for name in ("exam_id", "until"):
        op.drop_column("evidence", name)
