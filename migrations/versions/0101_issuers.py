"""Accounts at other issuers, tied to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "issuer_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("last_used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_issuer_account_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_issuer_account"),
        sa.UniqueConstraint("issuer", "subject", name="uq_issuer_account_issuer_subject"),
    )
    op.create_index("ix_issuer_account_person_id", "issuer_account", ["person_id"])


def downgrade() -> None:
    op.drop_table("issuer_account")
