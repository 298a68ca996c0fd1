"""People are found in an index that holds all that is searched

Revision ID: 0130
Revises: 0129
"""

from __future__ import annotations

from alembic import op

revision = "0130"
down_revision = "0129"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_person_found", "person", ["name_key", "id", "email"])


def downgrade() -> None:
    op.drop_index("ix_person_found", table_name="person")
