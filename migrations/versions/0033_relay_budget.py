"""Which message leaves first, and the row behind which workers count what the relay lets through."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "relay_turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_turn")),
    )
    op.add_column("message", sa.Column("priority", sa.SmallInteger(), server_default="50", nullable=False))
    op.create_index(op.f("ix_message_sent_at"), "message", ["sent_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_message_sent_at"), table_name="message")
    op.drop_column("message", "priority")
    op.drop_table("relay_turn")
