"""The reminder plan that a diklat's panitia chose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_plan",
        sa.Column("diklat_id", sa.Integer(), nullable=False),
        sa.Column("moments", sa.JSON(), nullable=False),
        sa.Column("morning", sa.Time(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["diklat_id"], ["diklat.id"], name=op.f("fk_reminder_plan_diklat_id")),
        sa.PrimaryKeyConstraint("diklat_id", name=op.f("pk_reminder_plan")),
    )


def downgrade() -> None:
    op.drop_table("reminder_plan")
