"""A second address by which somebody logs in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("second_email", sa.String(254), nullable=True))
    op.create_index("uq_person_second_email", "person", ["second_email"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_person_second_email", "person")
    op.drop_column("person", "second_email")
