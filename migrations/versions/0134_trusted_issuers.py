"""Installations whose papers are believed by their signature, and what the file of JP from elsewhere proves.

Revision ID: 0134
Revises: 0133
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0134"
down_revision = "0133"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trusted_issuer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(length=160), nullable=False, unique=True),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("outside_jp", sa.Column("proof", sa.String(length=40)))
    op.add_column("outside_jp", sa.Column("issuer", sa.String(length=160), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("outside_jp", "issuer")
    op.drop_column("outside_jp", "proof")
    op.drop_table("trusted_issuer")
