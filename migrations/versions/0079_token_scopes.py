"""What a bearer token is for; tokens from before live no longer than new ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("one_time_link", sa.Column("scope", sa.String(10), nullable=False, server_default="write"))
    links = sa.table(
        "one_time_link", sa.column("purpose", sa.String), sa.column("expires_at", sa.DateTime(timezone=True))
    )
    latest = (datetime.now(UTC) + timedelta(days=90)).replace(tzinfo=None)
    old = sa.and_(links.c.purpose == "api", links.c.expires_at > latest)
    op.get_bind().execute(sa.update(links).where(old).values(expires_at=latest))


def downgrade() -> None:
    op.drop_column("one_time_link", "scope")
