"""Lists that make accounts, looked at and taken back like those of the roster"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0124"
down_revision = "0123"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("roster_list", sa.Column("makes", sa.String(length=40), server_default="rows", nullable=False))
    # As one statement: both databases take it, and no trigger of the table is lost.
    op.execute(
        "ALTER TABLE roster_line ADD COLUMN person_id INTEGER CONSTRAINT fk_roster_line_person_id REFERENCES person (id)"
    )
    op.create_index("ix_roster_line_person_id", "roster_line", ["person_id"])


def downgrade() -> None:
    op.drop_index("ix_roster_line_person_id", "roster_line")
    op.drop_column("roster_line", "person_id")
    op.drop_column("roster_list", "makes")
