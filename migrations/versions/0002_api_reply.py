"""answers kept for repeated requests of programs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_reply")),
        sa.UniqueConstraint("token_hash", "key", name=op.f("uq_api_reply_token_hash_key")),
    )
    with op.batch_alter_table("api_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_reply_created_at"), ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("api_reply")
