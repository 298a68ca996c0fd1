"""What an engine is watched for: connections in use, and statements that take long."""

from __future__ import annotations

import logging
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from calakan.kernel import meters, trace

log = logging.getLogger(__name__)
MOST_LETTERS = 2000


def watch(engine: Engine, *, slow_ms: int) -> None:
    """Statements that take `slow_ms` or longer are logged with their endpoint or task, never with their values; 0: none."""

    @event.listens_for(engine, "checkout")
    def _taken(*_: Any) -> None:
        meters.connections.inc()

    @event.listens_for(engine, "checkin")
    def _given_back(*_: Any) -> None:
        meters.connections.dec()

    if not slow_ms:
        return
    limit = slow_ms / 1000

    @event.listens_for(engine, "before_cursor_execute")
    def _begin(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        context.begun_at = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _end(connection: Any, cursor: Any, statement: str, values: Any, context: Any, many: bool) -> None:
        took = time.perf_counter() - context.begun_at
        if took >= limit:
            what = trace.current().what or "-"
            meters.slow_statements.labels(what).inc()
            log.warning(
                "slow statement: %d ms in %s: %s", took * 1000, what, " ".join(statement.split())[:MOST_LETTERS]
            )
