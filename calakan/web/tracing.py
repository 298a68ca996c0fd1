"""Each request has an id: that of a declared proxy (X-Request-ID), else one made here. Its answer carries it, and is counted."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from calakan.kernel import meters, trace
from config import Settings

HEADER = "X-Request-ID"
NOWHERE = "-"  # an address that is none; never the address itself, which anybody can invent


def init_app(app: Flask) -> None:
    """Before all other parts, so that what they do is counted, and nothing of it is kept with a page."""
    settings: Settings = app.extensions["calakan.settings"]

    @app.before_request
    def _begin() -> None:
        g.begun_at = time.perf_counter()
        given = request.headers.get(HEADER, "") if settings.trusted_proxies else ""
        trace.begin(request.endpoint or NOWHERE, given)

    @app.after_request
    def _answer(answer: Response) -> Response:
        answer.headers[HEADER] = trace.current_id()
        endpoint = request.endpoint or NOWHERE
        meters.requests.labels(endpoint, answer.status_code).inc()
        meters.request_seconds.labels(endpoint).observe(time.perf_counter() - g.begun_at)
        return answer

    @app.teardown_request
    def _end(_: BaseException | None) -> None:
        trace.end()
