"""Sessions have a name in calendars that is of this installation alone; those that were sent keep theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: rebuilding this table would lose its triggers.
    op.add_column("live_session", sa.Column("old_uid", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text("UPDATE live_session SET old_uid = true"))


def downgrade() -> None:
    op.drop_column("live_session", "old_uid")
