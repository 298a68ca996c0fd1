"""Plans of reminders that spare the mailbox of whoever is reached by another channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder_plan", sa.Column("spare_mail", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("reminder_plan", "spare_mail")
