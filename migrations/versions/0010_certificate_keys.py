"""Which keys signed a certificate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.add_column(sa.Column("paper_kid", sa.String(16), nullable=True))
        table.add_column(sa.Column("code_kid", sa.String(16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.drop_column("code_kid")
        table.drop_column("paper_kid")
