"""For operators: alive, ready, and figures for Prometheus. What waits too long without any progress is a stuck worker."""

from __future__ import annotations

import hmac
import platform
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from calakan.certificates import queries as certificates
from calakan.desk import figures
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget, ways
from calakan.promises import nightly
from calakan.web import writing
from config import Settings

blueprint = Blueprint("health", __name__)


def _settings() -> Settings:
    found: Settings = current_app.extensions["calakan.settings"]
    return found


@blueprint.get("/livez")
def livez() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 while the database is away, writes fail, work sees no progress for CALAKAN_STUCK_SECONDS, or papers are held up.

    `oldest_seconds` is the age of the oldest row that is due and not done, in whatever state; a channel that rests is told
    with its trouble, and is no reason to leave this host.
    """
    now = clock.now()
    try:
        stalled = {name: figures.stalled(queue, now) for name, queue in figures.QUEUES.items()}
        oldest = {name: figures.oldest(queue, now) for name, queue in figures.QUEUES.items()}
        resting = {way: turn.trouble for way, turn in budget.resting(now).items()}
        held_up = {"certificates"} if certificates.held_up() else set()
    except SQLAlchemyError:
        return jsonify(ready=False, database=False), 503
    unwritable = writing.trouble(_settings().data_dir)
    slow = {
        name for name, seconds in stalled.items() if seconds > _settings().stuck_seconds and figures.QUEUES[name].urgent
    }
    stuck = sorted(slow | held_up)
    answer = jsonify(
        ready=not stuck and unwritable is None,
        database=True,
        writes=unwritable or "ok",
        stuck=stuck,
        resting=resting,
        stalled_seconds=stalled,
        oldest_seconds=oldest,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer, 503 if stuck or unwritable else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text, for whoever has the token; without a token only from this host itself."""
    _let_in()
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest  # late: few ask for it

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures())
    answer = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _let_in() -> None:
    token = _settings().metrics_token
    if token:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(sent.encode(), token.encode()):
            abort(404)
    elif "X-Forwarded-For" in request.headers or not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104  # compared, not bound
        # A proxy on this host would make everyone look local.
        abort(404)


class _Figures:
    """Read when they are asked for; nothing is counted along the way."""

    def collect(self) -> list[Any]:
        from prometheus_client.core import GaugeMetricFamily  # late: few ask for it

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
        resting = GaugeMetricFamily("calakan_channel_resting", "1 while a channel takes nothing", labels=["channel"])
        rest = budget.resting(now)
        for way in ways.configured():
            resting.add_metric([way], int(way in rest))
        backup = GaugeMetricFamily("calakan_backup_age_days", "Days since the newest nightly backup")
        if (days := nightly.age_days(_settings(), now)) is not None:
            backup.add_metric([], days)
        build = GaugeMetricFamily("calakan_build_info", "What runs", labels=["python", "database"])
        build.add_metric([platform.python_version(), db.engine().dialect.name], 1)
        return [build, rows, oldest, stalled, resting, backup, *(_counted(name) for name in figures.COUNTED)]


def _counted(name: str) -> Any:
    from prometheus_client.core import GaugeMetricFamily  # late: few ask for it

    label = figures.COUNTED[name][0]
    family = GaugeMetricFamily(f"calakan_{name}", f"Number of {name} by {label}", labels=[label])
    for value, count in figures.counted(name):
        family.add_metric([str(value).lower()], count)
    return family
