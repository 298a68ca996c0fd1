"""Certificates at once after the last session, and for the panitia of a diklat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("diklat") as table:
        table.add_column(sa.Column("issue_at_once", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "committee_member",
        sa.Column("diklat_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["diklat_id"], ["diklat.id"], name=op.f("fk_committee_member_diklat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_committee_member_person_id")),
        sa.PrimaryKeyConstraint("diklat_id", "person_id", name=op.f("pk_committee_member")),
    )
    op.create_index(op.f("ix_committee_member_person_id"), "committee_member", ["person_id"])


def downgrade() -> None:
    op.drop_table("committee_member")
    with op.batch_alter_table("diklat") as table:
        table.drop_column("issue_at_once")
