"""What people handed in is served from nothing of ours and kept by no cache."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, send_file
from werkzeug.wrappers import Response

# No scripts, no forms, an origin of its own.
ISOLATED = "sandbox; default-src 'none'; frame-ancestors 'none'"


def file(sha256: str | None, mimetype: str, **how: Any) -> Response:
    """`how` is told to `send_file`. 404 where there is none, or not any more."""
    if sha256 is None:
        abort(404)
    try:
        found = current_app.extensions["calakan.files"].sendable(sha256)
    except FileNotFoundError:
        abort(404)
    answer = send_file(found, mimetype=mimetype, **how)
    answer.headers["Content-Security-Policy"] = ISOLATED
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
