"""The questionnaire of a whole diklat"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0127"
down_revision = "0126"
branch_labels = None
depends_on = None

_ELEMENTS = tuple(f"u{number}" for number in range(1, 10))


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("diklat_id", sa.Integer(), sa.ForeignKey("diklat.id"), primary_key=True, autoincrement=False),
        sa.Column("rated", sa.JSON(), nullable=False),
        sa.Column("worded", sa.JSON(), nullable=False),
    )
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("diklat_id", sa.Integer(), sa.ForeignKey("survey.diklat_id"), nullable=False),
        *(sa.Column(item, sa.Integer(), nullable=False) for item in _ELEMENTS),
        sa.Column("rated", sa.JSON(), nullable=False),
        sa.Column("worded", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("mixed", sa.Boolean(), nullable=False, server_default=sa.false()),
        *(sa.CheckConstraint(f"{item} BETWEEN 1 AND 4", name=f"ck_survey_answer_{item}_scale") for item in _ELEMENTS),
    )
    op.create_index("ix_survey_answer_diklat_id", "survey_answer", ["diklat_id"])
    op.create_table(
        "survey_answered",
        sa.Column("diklat_id", sa.Integer(), sa.ForeignKey("survey.diklat_id"), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), primary_key=True),
    )
    op.create_index("ix_survey_answered_person_id", "survey_answered", ["person_id"])


def downgrade() -> None:
    op.drop_table("survey_answered")
    op.drop_table("survey_answer")
    op.drop_table("survey")
