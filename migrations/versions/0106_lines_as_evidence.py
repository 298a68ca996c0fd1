"""Each line of a list is evidence of its own: it names its line, what it says at most, and what was asked of the list.

Evidence that stands keeps what it says, and learns its line and its hour where the list still has them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None

evidence = sa.table(
    "evidence", sa.column("id"), sa.column("batch_id"), sa.column("person_id"), sa.column("line"),
    sa.column("at", sa.DateTime(timezone=True)),
)  # fmt: skip
written = sa.table(
    "attendance_line", sa.column("id"), sa.column("batch_id"), sa.column("person_id"), sa.column("given_at"),
    sa.column("lines", sa.JSON), sa.column("starts_at", sa.DateTime(timezone=True)),
)  # fmt: skip


def upgrade() -> None:
    for name in ("line", "most"):
        op.add_column("evidence", sa.Column(name, sa.Integer))
    op.add_column("attendance_batch", sa.Column("asked_minutes", sa.Integer))
    op.add_column("attendance_line", sa.Column("pieces", sa.JSON, nullable=False, server_default="[]"))
    _name_the_lines()


def _name_the_lines() -> None:
    rows = op.get_bind().execute(
        sa.select(evidence.c.id, written.c.lines, written.c.starts_at)
        .join(written, sa.and_(written.c.batch_id == evidence.c.batch_id, written.c.person_id == evidence.c.person_id))
        .where(written.c.given_at.is_not(None))
        .order_by(evidence.c.id, written.c.id.desc())
    )
    for id, lines, starts_at in rows.all():
        values = {"line": lines[0]} | ({"at": starts_at} if starts_at is not None else {})
        op.execute(sa.update(evidence).where(evidence.c.id == id).values(**values))


def downgrade() -> None:
    op.drop_column("attendance_line", "pieces")
    op.drop_column("attendance_batch", "asked_minutes")
    for name in ("most", "line"):
        op.drop_column("evidence", name)
