"""The numbers of answers are random, and which of them have been mixed is known; those that stand are mixed by the beat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session_answer", sa.Column("mixed", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("session_answer", "id", type_=sa.BigInteger(), existing_type=sa.Integer(), server_default=None)
        op.execute("DROP SEQUENCE IF EXISTS session_answer_id_seq")


def downgrade() -> None:
    op.drop_column("session_answer", "mixed")
    if op.get_bind().dialect.name != "postgresql":
        return
    # An older version counts; what it finds begins at one.
    op.execute("UPDATE session_answer SET id = -id")
    op.execute(
        "UPDATE session_answer SET id = n.number FROM "
        "(SELECT id, row_number() OVER (ORDER BY id DESC) AS number FROM session_answer) n WHERE n.id = session_answer.id"
    )
    op.alter_column("session_answer", "id", type_=sa.Integer(), existing_type=sa.BigInteger())
    op.execute("CREATE SEQUENCE session_answer_id_seq OWNED BY session_answer.id")
    op.execute("SELECT setval('session_answer_id_seq', (SELECT coalesce(max(id), 0) + 1 FROM session_answer), false)")
    op.execute("ALTER TABLE session_answer ALTER COLUMN id SET DEFAULT nextval('session_answer_id_seq')")
