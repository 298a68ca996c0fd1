"""How the photo of an appeal is served: from nothing of ours, kept by no cache."""

from __future__ import annotations

from flask import abort, current_app, send_file
from werkzeug.wrappers import Response

from calakan.attendance.models import Appeal

# No scripts, no forms, an origin of its own.
ISOLATED = "sandbox; default-src 'none'; frame-ancestors 'none'"


def photo_of(appeal: Appeal | None) -> Response:
    if appeal is None or appeal.photo_sha256 is None:
        abort(404)
    path = current_app.extensions["calakan.files"].path(appeal.photo_sha256)
    if not path.is_file():
        abort(404)
    answer = send_file(path, mimetype="image/webp")
    answer.headers["Content-Security-Policy"] = ISOLATED
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
