"""The code of a mail has its own end, apart from how long the page waits for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0105"
down_revision = "0104"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail_code", sa.Column("code_until", sa.DateTime(timezone=True)))
    op.execute("UPDATE mail_code SET code_until = expires_at WHERE link_hash IS NOT NULL")


def downgrade() -> None:
    op.drop_column("mail_code", "code_until")
