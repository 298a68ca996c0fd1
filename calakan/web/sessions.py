"""The session cookie: bound to this host, and never on an answer that others may keep."""

from __future__ import annotations

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class Sessions(SecureCookieSessionInterface):
    """Flask writes the cookie after every header was set, so what it means for caches is decided here."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        super().save_session(app, session, response)
        if "Set-Cookie" in response.headers or session:
            kept = response.headers.get("Cache-Control", "")
            if "public" in kept or not kept:
                response.headers["Cache-Control"] = "no-store"


def cookie_name(base_url: str) -> str:
    """With the prefix, browsers take it from this very host alone, over TLS and for all paths (RFC 6265bis)."""
    return "__Host-calakan" if base_url.startswith("https:") else "calakan"
