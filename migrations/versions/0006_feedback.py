"""Answers to the questionnaire of a session, and who has answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("mastery", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.Integer(), nullable=False),
        sa.Column("interaction", sa.Integer(), nullable=False),
        sa.Column("timing", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.CheckConstraint("delivery BETWEEN 1 AND 4", name=op.f("ck_session_answer_delivery_scale")),
        sa.CheckConstraint("interaction BETWEEN 1 AND 4", name=op.f("ck_session_answer_interaction_scale")),
        sa.CheckConstraint("mastery BETWEEN 1 AND 4", name=op.f("ck_session_answer_mastery_scale")),
        sa.CheckConstraint("timing BETWEEN 1 AND 4", name=op.f("ck_session_answer_timing_scale")),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_session_answer_live_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_answer")),
    )
    with op.batch_alter_table("session_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_answer_live_session_id"), ["live_session_id"], unique=False)

    op.create_table(
        "session_answered",
        sa.Column("live_session_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["live_session_id"], ["live_session.id"], name=op.f("fk_session_answered_live_session_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_answered_person_id")),
        sa.PrimaryKeyConstraint("live_session_id", "person_id", name=op.f("pk_session_answered")),
    )
    with op.batch_alter_table("session_answered", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_answered_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("session_answered", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_answered_person_id"))

    op.drop_table("session_answered")
    with op.batch_alter_table("session_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_answer_live_session_id"))

    op.drop_table("session_answer")
