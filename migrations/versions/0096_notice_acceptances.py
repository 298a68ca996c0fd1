"""Who accepted which version of the privacy notice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_acceptance",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_notice_acceptance_person_id_person"),
        sa.PrimaryKeyConstraint("person_id", "version", name="pk_notice_acceptance"),
    )
    op.execute(
        "INSERT INTO notice_acceptance (person_id, version, at) SELECT id, notice_version, notice_accepted_at "
        "FROM person WHERE notice_accepted_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("notice_acceptance")
