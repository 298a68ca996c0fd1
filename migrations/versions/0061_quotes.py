"""Words of participants that may be printed, with whose they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("consent", sa.String(length=40), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("lock_count", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("(year IS NULL) = (place IS NULL)", name=op.f("ck_quote_chosen_wholly")),
        sa.ForeignKeyConstraint(["live_session_id"], ["live_session.id"], name=op.f("fk_quote_live_session_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quote_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("code", name=op.f("uq_quote_code")),
        sa.UniqueConstraint("live_session_id", "person_id", name=op.f("uq_quote_live_session_id_person_id")),
        sa.UniqueConstraint("year", "place", name=op.f("uq_quote_year_place")),
    )
    op.create_index(op.f("ix_quote_person_id"), "quote", ["person_id"])


def downgrade() -> None:
    op.drop_table("quote")
