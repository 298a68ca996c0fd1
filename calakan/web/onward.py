"""No answer to a form leads out of the site: browsers follow no form there (`form-action`), and nothing would happen.

Where a form leads to an address that leaves (a room, a recording, an issuer), as after a log-in, a page stands between.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def init_app(app: Flask) -> None:
    app.after_request(_between)


def _between(answer: Response) -> Response:
    if request.method != "POST" or answer.status_code not in (302, 303) or not _leaves(answer.location or ""):
        return answer
    return make_response(render_template("web/onward.html", address=answer.location))


def _leaves(address: str) -> bool:
    """Whether it is an address of ours that sends its visitors elsewhere (`Access.leaves`)."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(urlsplit(address).path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    access = current_app.extensions["calakan.policy"].get(endpoint)
    return access is not None and access.leaves
