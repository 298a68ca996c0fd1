"""Lets requests run to their commit and undoes it there, so that thousands of them can share one database."""

from __future__ import annotations

import re
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import event, orm

from calakan.kernel import db

# When a log-in was last used is noted by every request, each five minutes; /readyz asks whether writes are taken by
# writing what stands there.
_UNCOUNTED = ("UPDATE login SET last_seen_at", "UPDATE alembic_version SET version_num = version_num")
_WRITE = re.compile(r"\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.I)


class Undoing:
    """`committed` holds the table of each statement that would have been committed since the last `clear()`."""

    def __init__(self) -> None:
        self.committed: list[str] = []
        self._since_begin: list[str] = []

    def clear(self) -> None:
        self.committed.clear()

    def __enter__(self) -> Self:
        self._engine, self._commit = db.engine(), orm.Session.commit
        event.listen(self._engine, "before_cursor_execute", self._note)
        event.listen(self._engine, "rollback", self._forget)
        watching = self

        def undo(session: orm.Session) -> None:
            session.flush()
            watching.committed += watching._since_begin
            session.rollback()

        orm.Session.commit = undo
        return self

    def __exit__(self, *_: object) -> None:
        orm.Session.commit = self._commit
        event.remove(self._engine, "before_cursor_execute", self._note)
        event.remove(self._engine, "rollback", self._forget)

    def _note(self, connection: sa.Connection, cursor: Any, statement: str, *rest: Any) -> None:
        found = _WRITE.match(statement)
        if found and not statement.lstrip().startswith(_UNCOUNTED):
            self._since_begin.append(found[1])

    def _forget(self, connection: sa.Connection) -> None:
        self._since_begin.clear()
