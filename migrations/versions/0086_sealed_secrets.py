"""Secrets that are read again lie in the database under a key that does not: codes' keys, push keys, calendar addresses."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from calakan.kernel import vault

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

COLUMNS = (("second_factor", "secret", 40), ("push_subscription", "auth", 40), ("busy_source", "url", 500))


def upgrade() -> None:
    for table, column, _ in COLUMNS:
        _move(table, column, sa.Text(), vault.sealed)


def downgrade() -> None:
    for table, column, length in COLUMNS:
        _move(table, column, sa.String(length), vault.opened)


def _move(table: str, column: str, kind: sa.types.TypeEngine[str], change: Callable[..., str]) -> None:
    """Into a new column of the same name: SQLite would rebuild a table whose column changes, and others refer to it."""
    op.add_column(table, sa.Column("moved", kind, nullable=False, server_default=""))
    here = sa.table(table, sa.column("id", sa.Integer), sa.column(column, sa.Text), sa.column("moved", sa.Text))
    bind = op.get_bind()
    for id, value in bind.execute(sa.select(here.c.id, here.c[column])).all():
        changed = change(value, about=f"{table}.{column}")
        bind.execute(sa.update(here).where(here.c.id == id).values(moved=changed))
    op.drop_column(table, column)
    op.execute(f"ALTER TABLE {table} RENAME COLUMN moved TO {column}")
    if bind.dialect.name == "postgresql":
        op.alter_column(table, column, server_default=None)
