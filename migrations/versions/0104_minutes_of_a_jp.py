"""Minutes of one JP are those of the diklat, copied from the office; and which rows have the JP that somebody typed."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("diklat", sa.Column("minutes_per_jp", sa.Integer(), nullable=False, server_default="45"))
    set_by_office = sa.text("SELECT value FROM office_setting WHERE name = 'minutes_per_jp'")
    value = op.get_bind().execute(set_by_office).scalar()
    if value is not None:
        minutes = json.loads(value) if isinstance(value, str) else value
        op.get_bind().execute(sa.text("UPDATE diklat SET minutes_per_jp = :minutes"), {"minutes": minutes})
    # What is planned or was held keeps its JP: only rows made from now on follow the minutes of their sessions.
    op.add_column("programme_row", sa.Column("jp_typed", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    op.drop_column("programme_row", "jp_typed")
    op.drop_column("diklat", "minutes_per_jp")
