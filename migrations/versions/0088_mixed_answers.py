"""The numbers of answers are random, and which of them have been mixed is known; those that stand are mixed by the beat."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("counted", "mixed"):
        op.add_column("session_answer", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    _count_fives()
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("session_answer", "id", type_=sa.BigInteger(), existing_type=sa.Integer(), server_default=None)
        op.execute("DROP SEQUENCE IF EXISTS session_answer_id_seq")


def _count_fives() -> None:
    """Of each session the first answers that make whole fives are told already."""
    rows = sa.table("session_answer", sa.column("id"), sa.column("live_session_id"), sa.column("counted", sa.Boolean))
    bind, of_session = op.get_bind(), defaultdict[int, list[int]](list)
    for session_id, id in bind.execute(sa.select(rows.c.live_session_id, rows.c.id).order_by(rows.c.id)):
        of_session[session_id].append(id)
    for ids in of_session.values():
        told = ids[: len(ids) - len(ids) % 5]
        bind.execute(sa.update(rows).where(rows.c.id.in_(told)).values(counted=True))


def downgrade() -> None:
    for name in ("counted", "mixed"):
        op.drop_column("session_answer", name)
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
