"""Alembic's door: the metadata of all rooms, on the engine of the running app."""

from __future__ import annotations

from typing import Any

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


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=target, render_as_batch=True, render_item=render_item,
            compare_type=False,
        )  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
