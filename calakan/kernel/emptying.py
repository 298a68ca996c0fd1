"""A database without anything in it, as on the first day: for whoever fills it from a backup."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
_FUNCTIONS = """
    SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


def others(engine: Engine) -> int:
    """How many connections of others the database has; a file cannot be asked, and is used by one host."""
    if engine.dialect.name == "sqlite":
        return 0
    with engine.connect() as connection:
        return int(connection.scalar(sa.text(_OTHERS)) or 0)


def empty(engine: Engine) -> None:
    """Take away all tables, with their triggers, and all functions that are not an extension's; all or nothing."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")  # outside of a transaction: nothing is left to point at anything
        for statement in (_of_sqlite if engine.dialect.name == "sqlite" else _of_postgresql)(connection):
            connection.exec_driver_sql(statement)
        connection.commit()
        connection.invalidate()  # nobody else shall have this one


def _of_postgresql(connection: Connection) -> list[str]:
    tables, functions = connection.scalars(sa.text(_TABLES)).all(), connection.scalars(sa.text(_FUNCTIONS)).all()
    told = [f"DROP TABLE {', '.join(tables)} CASCADE"] if tables else []
    return told + [f"DROP FUNCTION {name} CASCADE" for name in functions]


def _of_sqlite(connection: Connection) -> list[str]:
    wanted = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return [f'DROP TABLE "{name}"' for name in connection.scalars(sa.text(wanted))]
