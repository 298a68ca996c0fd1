"""Figures for Prometheus: what all processes counted along the way, and what the database says when it is asked."""

from __future__ import annotations

import hmac
import platform
from ipaddress import ip_address
from typing import Any

from flask import Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from calakan.kernel import claims, clock, db, meters
from calakan.kernel.claims import WorkState
from calakan.notifications import budget, ways
from calakan.promises import figures, nightly
from calakan.stack import counters
from calakan.web import writing
from config import Settings


def page(settings: Settings) -> Response:
    """404 for whoever has no right to it. While the database is away it says so, with what was counted."""
    _let_in(settings.metrics_token)
    text = generate_latest(_counted_along()) + generate_latest(_asked(settings))
    answer = Response(text, content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _let_in(token: str) -> None:
    if token:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(sent.encode(), token.encode()):
            abort(404)
    elif "X-Forwarded-For" in request.headers or not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104  # compared, not bound
        # A proxy on this host would make everyone look local.
        abort(404)


def _counted_along() -> CollectorRegistry:
    """By all processes of this host that share a folder; else by this one."""
    place = counters.place()
    if place is not None:
        counters.forget_dead(place)
    return meters.shared() or meters.REGISTRY


def _asked(settings: Settings) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(settings))
    return registry


class _Figures:
    """Read when they are asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def collect(self) -> list[Any]:
        up = GaugeMetricFamily("calakan_database_up", "1 while the database answers")
        writes = GaugeMetricFamily("calakan_writable", "1 while writes to disk and database get through")
        build = GaugeMetricFamily("calakan_build_info", "What runs", labels=["python", "database"])
        build.add_metric([platform.python_version(), db.engine().dialect.name], 1)
        try:
            found = [*_queues(), _resting(), _seats(), *(_counted(name) for name in figures.COUNTED)]
        except SQLAlchemyError:
            up.add_metric([], 0)
            return [build, up]
        up.add_metric([], 1)
        writes.add_metric([], int(writing.trouble(self._settings.data_dir) is None))
        return [build, up, writes, _backup(self._settings), *found]


def _queues() -> list[GaugeMetricFamily]:
    now = clock.now()
    rows = GaugeMetricFamily("calakan_queue_rows", "Rows of work by state", labels=["queue", "state"])
    oldest = GaugeMetricFamily("calakan_queue_oldest_due_seconds", "Age of the oldest due row", labels=["queue"])
    stalled = GaugeMetricFamily(
        "calakan_queue_stalled_seconds", "Time without progress while work is due", labels=["queue"]
    )
    for name, queue in figures.QUEUES.items():
        found = claims.depths(queue.model)
        for state in WorkState:
            rows.add_metric([name, state.value], found.get(state, 0))
        oldest.add_metric([name], figures.oldest(queue, now))
        stalled.add_metric([name], figures.stalled(queue, now))
    return [rows, oldest, stalled]


def _resting() -> GaugeMetricFamily:
    resting = GaugeMetricFamily("calakan_channel_resting", "1 while a channel takes nothing", labels=["channel"])
    rest = budget.resting(clock.now())
    for way in ways.configured():
        resting.add_metric([way], int(way in rest))
    return resting


def _seats() -> GaugeMetricFamily:
    seats = GaugeMetricFamily("calakan_seats", "Of published diklat with a quota that are not over", labels=["state"])
    for state, count in figures.seats(clock.now()).items():
        seats.add_metric([state], count)
    return seats


def _backup(settings: Settings) -> GaugeMetricFamily:
    backup = GaugeMetricFamily("calakan_backup_age_days", "Days since the newest nightly backup")
    if (days := nightly.age_days(settings, clock.now())) is not None:
        backup.add_metric([], days)
    return backup


def _counted(name: str) -> GaugeMetricFamily:
    label = figures.COUNTED[name][0]
    family = GaugeMetricFamily(f"calakan_{name}", f"Number of {name} by {label}", labels=[label])
    for value, count in figures.counted(name):
        family.add_metric([str(value).lower()], count)
    return family
