"""How a diklat shares out its seats, and under which share each seat was given."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0108"
down_revision = "0107"
branch_labels = None
depends_on = None

LIMITS = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OF_DIKLAT = ("newcomers_first", "seat_release_days", "seat_limits", "seat_by", "seats_kept")
OF_ENROLMENT = ("beyond_share", "share_key", "rank")


def upgrade() -> None:
    op.add_column("diklat", sa.Column("seats_kept", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("diklat", sa.Column("seat_by", sa.String(length=40)))
    op.add_column("diklat", sa.Column("seat_limits", LIMITS, nullable=False, server_default="{}"))
    op.add_column("diklat", sa.Column("seat_release_days", sa.Integer()))
    op.add_column("diklat", sa.Column("newcomers_first", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("enrolment", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("enrolment", sa.Column("share_key", sa.String(length=80)))
    op.add_column("enrolment", sa.Column("beyond_share", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in OF_ENROLMENT:
        op.drop_column("enrolment", name)
    for name in OF_DIKLAT:
        op.drop_column("diklat", name)
