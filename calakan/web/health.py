"""For operators: alive, ready, and figures for Prometheus. What waits too long without any progress is a stuck worker."""

from __future__ import annotations

import hmac
import platform
from datetime import datetime
from ipaddress import ip_address
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from calakan.availability.models import BusySource
from calakan.certificates import queries as certificates
from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat
from calakan.enrolment.models import Enrolment
from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget
from calakan.notifications.models import Message
from calakan.office.queries import office_settings
from calakan.people.models import Person
from calakan.reports.models import Export
from config import Settings

blueprint = Blueprint("health", __name__)


class Queue(NamedTuple):
    """A table of work; `settled` is when a row was done. Only `urgent` ones say whether this installation is ready."""

    model: type[db.Base]
    settled: sa.orm.InstrumentedAttribute[datetime | None]
    urgent: bool


QUEUES = {
    "messages": Queue(Message, Message.sent_at, True),
    "certificates": Queue(Certificate, Certificate.issued_at, True),
    "exports": Queue(Export, Export.finished_at, False),
    "calendars": Queue(BusySource, BusySource.fetched_at, False),
}
COUNTED: dict[str, tuple[str, sa.orm.InstrumentedAttribute[Any]]] = {
    "people": ("active", Person.active),
    "diklat": ("state", Diklat.state),
    "enrolments": ("state", Enrolment.state),
    "certificates": ("status", Certificate.status),
}


def _settings() -> Settings:
    found: Settings = current_app.extensions["calakan.settings"]
    return found


@blueprint.get("/livez")
def livez() -> Response:
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """503 while the database is away, due work sees no progress for longer than CALAKAN_STUCK_SECONDS, or papers are held up."""
    try:
        stalled = {name: _stalled(queue, clock.now()) for name, queue in QUEUES.items()}
        held_up = {"certificates"} if certificates.held_up() else set()
    except SQLAlchemyError:
        return jsonify(ready=False, database=False), 503
    slow = {name for name, seconds in stalled.items() if seconds > _settings().stuck_seconds and QUEUES[name].urgent}
    stuck = sorted(slow | held_up)
    answer = jsonify(ready=not stuck, database=True, stuck=stuck, stalled_seconds=stalled)
    answer.headers["Cache-Control"] = "no-store"
    return answer, 503 if stuck else 200


def _stalled(queue: Queue, now: datetime) -> int:
    """How long the oldest open row has waited, counted from the last progress: a long queue that moves is no stuck one."""
    # What waits for a cap or for a provider in trouble stands on the page of messages; no worker is to blame.
    flows = Message.channel.in_(budget.flowing(office_settings(), now)) if queue.model is Message else None
    since = claims.open_since(queue.model, now=now, where=flows)
    if since is None:
        return 0
    progress = [since, claims.last_claim(queue.model), db.session().scalar(sa.select(sa.func.max(queue.settled)))]
    return max(0, int((now - max(filter(None, progress))).total_seconds()))


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
    elif "X-Forwarded-For" in request.headers or not ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104
        # A proxy on this host would make everyone look local.
        abort(404)


class _Figures:
    """Read when they are asked for; nothing is counted along the way."""

    def collect(self) -> list[Any]:
        from prometheus_client.core import GaugeMetricFamily

        now = clock.now()
        rows = GaugeMetricFamily("calakan_queue_rows", "Rows of work by state", labels=["queue", "state"])
        oldest = GaugeMetricFamily("calakan_queue_oldest_due_seconds", "Age of the oldest due row", labels=["queue"])
        stalled = GaugeMetricFamily(
            "calakan_queue_stalled_seconds", "Time without progress while work is due", labels=["queue"]
        )
        for name, queue in QUEUES.items():
            found = claims.depths(queue.model)
            for state in WorkState:
                rows.add_metric([name, state.value], found.get(state, 0))
            since = claims.open_since(queue.model, now=now)
            oldest.add_metric([name], (now - since).total_seconds() if since is not None else 0)
            stalled.add_metric([name], _stalled(queue, now))
        build = GaugeMetricFamily("calakan_build_info", "What runs", labels=["python", "database"])
        build.add_metric([platform.python_version(), db.engine().dialect.name], 1)
        return [build, rows, oldest, stalled, *(_counted(name) for name in COUNTED)]


def _counted(name: str) -> Any:
    from prometheus_client.core import GaugeMetricFamily

    label, column = COUNTED[name]
    family = GaugeMetricFamily(f"calakan_{name}", f"Number of {name} by {label}", labels=[label])
    wanted = sa.select(column, sa.func.count()).group_by(column)
    if name == "certificates":  # those that were issued
        wanted = wanted.where(Certificate.state == WorkState.DONE)
    for value, count in db.session().execute(wanted):
        family.add_metric([str(value).lower()], count)
    return family
