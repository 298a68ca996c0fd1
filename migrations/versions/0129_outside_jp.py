"""JP that were earned elsewhere, with the file that shows them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0129"
down_revision = "0128"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "outside_jp",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(length=10), nullable=False, unique=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("organiser", sa.String(length=160), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("jp", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("suffix", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT),
        sa.Column("decided_by_id", sa.Integer(), sa.ForeignKey("person.id")),
        sa.Column("lock_count", sa.Integer(), nullable=False),
    )
    op.create_index("ix_outside_jp_person_id", "outside_jp", ["person_id"])
    op.create_index("ix_outside_jp_sha256", "outside_jp", ["sha256"])


def downgrade() -> None:
    op.drop_table("outside_jp")
