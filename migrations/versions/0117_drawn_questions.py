"""questions drawn for each attempt"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0117"
down_revision = "0116"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("drawn", sa.JSON()))
    op.add_column("exam", sa.Column("draw", sa.Integer()))


def downgrade() -> None:
    op.drop_column("exam", "draw")
    op.drop_column("attempt", "drawn")
