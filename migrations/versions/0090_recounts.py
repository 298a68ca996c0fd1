"""Sessions whose decisions the workers make anew after the rule of a diklat was changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name=op.f("fk_recount_live_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recount")),
        sa.UniqueConstraint("live_session_id", name=op.f("uq_recount_live_session_id")),
    )


def downgrade() -> None:
    op.drop_table("recount")
