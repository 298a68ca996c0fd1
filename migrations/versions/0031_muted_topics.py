"""What people said no to, and until when they have read their inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "muted_topic",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_muted_topic_person_id")),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_muted_topic")),
    )
    op.create_table(
        "inbox_seen",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inbox_seen_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_inbox_seen")),
    )


def downgrade() -> None:
    op.drop_table("inbox_seen")
    op.drop_table("muted_topic")
