"""Alembic's door: the metadata of all rooms, on the engine of the running app."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

import calakan.wiring  # noqa: F401  # so that every room's tables are known
from calakan.kernel import db

target = db.Base.metadata


def render_item(kind: str, item: Any, autogen_context: Any) -> Any:
    """A migration imports no models: own column types are written as what they are in the database."""
    if kind == "type" and isinstance(item, db.UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, db._TextEnum):
        return "sa.String(length=40)"
    return False


def keys_bind(connection: sa.Connection, on: bool) -> None:
    """On SQLite a table that is made anew is dropped in between: no key may hold it meanwhile. Outside of a transaction."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def refuse_loose_ends(connection: sa.Connection) -> None:
    """Raises RuntimeError when a row points at one that is not there any more; then nothing of the migration stays."""
    if connection.dialect.name == "sqlite":
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if loose is not None:
            raise RuntimeError(f"a row of {loose[0]} points at a row of {loose[2]} that is not there")


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        keys_bind(connection, False)
        try:
            context.configure(
                connection=connection, target_metadata=target, render_as_batch=True, render_item=render_item,
                compare_type=False,
            )  # fmt: skip
            with context.begin_transaction():
                context.run_migrations()
            refuse_loose_ends(connection)
            connection.commit()
        finally:
            connection.rollback()
            keys_bind(connection, True)


run()
