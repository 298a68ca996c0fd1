"""a picture beside a question, and what it shows in words"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0122"
down_revision = "0121"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question", sa.Column("picture_sha256", sa.String(length=64)))
    op.add_column("question", sa.Column("picture_alt", sa.String(length=300), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("question", "picture_alt")
    op.drop_column("question", "picture_sha256")
