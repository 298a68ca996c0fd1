"""What processes count along the way, for `/metrics`.

With PROMETHEUS_MULTIPROC_DIR, which `stack.counters` sets before this is loaded, all processes of a host count together.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # the library's own; it looks once, when it is loaded
SINCE = "since"
REGISTRY = CollectorRegistry(auto_describe=False)
BUCKETS = (0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
LONG_BUCKETS = (0.1, 1.0, 10.0, 60.0, 300.0, 1200.0)

requests = Counter("calakan_requests", "Answered requests", ["endpoint", "status"], registry=REGISTRY)
request_seconds = Histogram(
    "calakan_request_seconds", "Time of an answer", ["endpoint"], buckets=BUCKETS, registry=REGISTRY
)
tasks = Counter("calakan_tasks", "Tasks that ended", ["task", "outcome"], registry=REGISTRY)
task_seconds = Histogram("calakan_task_seconds", "Time of a task", ["task"], buckets=LONG_BUCKETS, registry=REGISTRY)
task_rows = Counter("calakan_task_rows", "Rows that tasks settled", ["task"], registry=REGISTRY)
hand_overs = Counter("calakan_hand_overs", "How hand-overs of letters ended", ["channel", "outcome"], registry=REGISTRY)
connections = Gauge(
    "calakan_database_connections", "Connections of the pool in use", multiprocess_mode="livesum", registry=REGISTRY
)
slow_statements = Counter("calakan_slow_statements", "Statements in the slow log", ["what"], registry=REGISTRY)


def shared() -> CollectorRegistry | None:
    """What all processes of this host counted together; None where each counts alone."""
    found = place()
    if found is None:
        return None
    from prometheus_client.multiprocess import MultiProcessCollector  # looks for the folder as soon as it is loaded

    registry = CollectorRegistry(auto_describe=False)
    MultiProcessCollector(registry, str(found))  # type: ignore[no-untyped-call]  # the library's own, without types
    return registry


def run() -> str:
    """Which start it is that they count since: from the next one on they begin at nothing."""
    found = place()
    try:
        return (found / SINCE).read_text() if found else ""
    except OSError:
        return ""


def place() -> Path | None:
    """The shared folder; None: this process counts alone."""
    found = os.environ.get(VARIABLE)
    return Path(found) if found else None
