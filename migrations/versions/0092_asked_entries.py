"""What strangers ask at the door waits for a worker, so that the answer takes as long for everybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("password_hash", sa.String(length=160), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asked_entry"),
    )


def downgrade() -> None:
    op.drop_table("asked_entry")
