"""Who may speak for a visitor, and under which names the site answers.

Behind a proxy that is not declared, everybody has the proxy's address, and limits hit all at once: production serves no
request that says it was forwarded, until CALAKAN_TRUSTED_PROXIES says by how many.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings

log = logging.getLogger(__name__)
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded")
UNDECLARED = "requests that say they were forwarded are refused: set CALAKAN_TRUSTED_PROXIES to the number of proxies"
NEAR = ["localhost", "127.0.0.1", "[::1]"]


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["calakan.settings"]
    app.config["TRUSTED_HOSTS"] = trusted_hosts(settings)
    app.before_request(_refuse_foreign_host)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # how Flask documents it
    elif settings.production:
        app.before_request(_refuse_forwarded)


def trusted_hosts(settings: Settings) -> list[str] | None:
    """What a Host header may say; None: anything, for development."""
    if settings.trusted_hosts:
        return [*settings.trusted_hosts.split(), *NEAR]
    return [urlsplit(settings.base_url).hostname or "", *NEAR] if settings.production else None


def _refuse_foreign_host() -> Response | None:
    """Plain, for no address of the site can be built under a name that is not its own."""
    try:
        request.host  # noqa: B018  # looking checks it
    except SecurityError:
        return Response("Alamat situs ini tidak dikenal.\n", 400, mimetype="text/plain")
    return None


def _refuse_forwarded() -> Response | None:
    if not any(name in request.headers for name in FORWARDED):
        return None
    log.error(UNDECLARED)
    return Response("Pengaturan proksi situs ini belum selesai. Hubungi admin.\n", 503, mimetype="text/plain")
