"""Pages that belong to no room: health, privacy, manifest, robots."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, jsonify, render_template
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from calakan.kernel import clock, db
from calakan.notifications.queries import oldest_waiting
from calakan.office.queries import office_settings
from calakan.web.assets import asset

blueprint = Blueprint("web", __name__)
STUCK_SECONDS = 600


@blueprint.get("/livez")
def livez() -> str:
    return "ok\n"


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Ready, with the age of the oldest due message: a stuck worker shows here."""
    now = clock.now()
    try:
        db.session().execute(sa.select(1))
        oldest = oldest_waiting(now)
    except SQLAlchemyError:
        return jsonify(database=False), 503
    age = int((now - oldest).total_seconds()) if oldest is not None else 0
    return jsonify(database=True, oldest_message_seconds=age), 503 if age > STUCK_SECONDS else 200


@blueprint.get("/privasi")
def privacy() -> str:
    return render_template("web/privacy.html", office=office_settings())


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    facts: dict[str, Any] = {
        "name": "Banyumas Calakan",
        "short_name": "Calakan",
        "lang": "id",
        "start_url": "/saya",
        "display": "standalone",
        "background_color": "#f4f7f5",
        "theme_color": "#0b5d56",
        "icons": [{"src": asset("ikon-app.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(current_app.json.dumps(facts), mimetype="application/manifest+json")


@blueprint.get("/robots.txt")
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /kelola\nDisallow: /saya\nDisallow: /s/\n", mimetype="text/plain")
