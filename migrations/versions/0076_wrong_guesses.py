"""Wrong passwords in a row, by the hash of the address that was typed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wrong_guesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_hash", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_guesses")),
        sa.UniqueConstraint("email_hash", name=op.f("uq_wrong_guesses_email_hash")),
    )
    op.create_index(op.f("ix_wrong_guesses_at"), "wrong_guesses", ["at"])


def downgrade() -> None:
    op.drop_table("wrong_guesses")
