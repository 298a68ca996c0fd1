"""The session cookie: bound to this host, and never on an answer that others may keep."""

from __future__ import annotations

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class Sessions(SecureCookieSessionInterface):
    """Flask writes the cookie after every header was set, so what it means for caches is decided here.

    It is written when it changed, and not with every answer: one that ran beside another (a picture, a part of a page that
    renews itself) would put back what stood in it before.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        return session.modified

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        access = app.extensions["calakan.policy"].get(request.endpoint)
        if access is not None and access.for_machines and not session.modified:
            return  # the same for everybody: kept by all, whoever is logged in
        super().save_session(app, session, response)
        if "Set-Cookie" in response.headers or session:
            kept = response.headers.get("Cache-Control", "")
            if "public" in kept or not kept:
                response.headers["Cache-Control"] = "no-store"


def cookie_name(base_url: str) -> str:
    """With the prefix, browsers take it from this very host alone, over TLS and for all paths (RFC 6265bis)."""
    return "__Host-calakan" if base_url.startswith("https:") else "calakan"
