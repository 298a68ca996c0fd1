"""What came back: told by a mail provider, and forgiven by the owner of the address or the panitia."""

from __future__ import annotations

import hashlib
import hmac

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from calakan.kernel import clock, db
from calakan.notifications.bounces import reports, services
from calakan.notifications.bounces.trust import trust_address
from calakan.people import queries as people
from calakan.web import gate
from config import Settings

blueprint = Blueprint("bounces", __name__)


@blueprint.post("/kait/pantulan")
def told() -> Response:
    """A provider proves itself by `X-Calakan-Signature: sha256=` and the HMAC of the body. A repeat changes nothing."""
    settings: Settings = current_app.extensions["calakan.settings"]
    if not settings.bounce_secret:
        abort(404)
    if (request.content_length or 0) > reports.LARGEST:
        abort(413)
    body = request.get_data(cache=False)
    expected = "sha256=" + hmac.new(settings.bounce_secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), request.headers.get("X-Calakan-Signature", "").encode()):
        abort(404)
    try:
        found = reports.from_json(body)
    except reports.UnreadableReportError:
        abort(400)
    with db.transaction():
        new = services.record(found, now=clock.now())
    return jsonify(recorded=new)


@blueprint.post("/saya/pesan/alamat")
def trust_mine() -> Response:
    me = people.person(gate.actor().person_id or 0)
    _trust((me.email if me is not None else None) or "")
    return redirect(url_for("notifications.preferences"), 303)


@blueprint.post("/kelola/pesan/alamat")
def trust() -> Response:
    _trust(request.form.get("alamat", "")[:254])
    return redirect(url_for("notifications.outbox"), 303)


def _trust(address: str) -> None:
    with db.transaction():
        trusted = trust_address(address, actor=gate.actor(), now=clock.now())
    if trusted:
        flash("Surat ke alamat ini dikirim lagi.", "ok")
    else:
        flash("Alamat ini tidak sedang menolak surat.", "warn")
