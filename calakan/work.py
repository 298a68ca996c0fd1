"""A task as it is carried out: under the id of the request that rang for it, or one of its own, and counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import config
from calakan.kernel import meters, trace

Work = Callable[[config.Settings], int]


@contextmanager
def carried_out(name: str, given: str) -> Iterator[None]:
    begin, outcome = time.perf_counter(), "failed"
    try:
        with trace.carrying(name, given):
            yield
        outcome = "done"
    finally:
        meters.tasks.labels(name, outcome).inc()
        meters.task_seconds.labels(name).observe(time.perf_counter() - begin)


def counted(name: str, work: Work) -> Work:
    """The same work, with the rows that it settles counted."""

    def counting(settings: config.Settings) -> int:
        rows = work(settings)
        meters.task_rows.labels(name).inc(rows)
        return rows

    return counting
