"""For operators: alive and ready. What waits too long without any progress is a stuck worker."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from calakan.certificates import queries as certificates
from calakan.kernel import clock
from calakan.notifications import budget
from calakan.promises import figures
from calakan.web import writing
from calakan.web.metrics import page as figures_page
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
    with its trouble, and is no reason to leave this host; neither is a bucket that is away, since all hosts have the same.
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
    bucket = writing.bucket_trouble(_settings())
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
        **({"bucket": bucket or "ok"} if _settings().many_hosts else {}),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer, 503 if stuck or unwritable else 200


@blueprint.get("/metrics")
def metrics() -> Response:
    """Prometheus text, for whoever has the token; without a token only from this host itself."""
    return figures_page(_settings())
