"""Security headers on every answer (OWASP ASVS 3.4): nothing inline, nothing from elsewhere."""

from __future__ import annotations

from flask import Flask, Response, g, request
from flask_compress import Compress

from config import Settings

# Set by a view whose page any site may frame: it holds nothing private and nothing to press. Never sent.
FRAMED = "X-Calakan-Framed"
PUBLIC_CACHE = "public, max-age=0, must-revalidate"


def init_app(app: Flask) -> None:
    settings: Settings = app.extensions["calakan.settings"]
    rest = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
    )
    policy, anywhere = rest + settings.frame_ancestors, rest + "*"
    app.config["COMPRESS_ALGORITHM"] = ["br", "zstd", "gzip"]
    app.config["COMPRESS_BR_LEVEL"] = 4
    Compress(app)

    @app.after_request
    def _headers(answer: Response) -> Response:
        heads = answer.headers
        framed_anywhere = heads.pop(FRAMED, None) is not None
        heads.setdefault("Content-Security-Policy", anywhere if framed_anywhere else policy)
        heads["X-Content-Type-Options"] = "nosniff"
        heads.setdefault("Referrer-Policy", "same-origin")
        heads["Cross-Origin-Opener-Policy"] = "same-origin"
        heads["Cross-Origin-Resource-Policy"] = "same-origin"
        heads["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        if settings.frame_ancestors == "'self'" and not framed_anywhere:
            heads["X-Frame-Options"] = "SAMEORIGIN"
        if settings.base_url.startswith("https:"):
            heads["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if "Cache-Control" not in heads:
            private = g.get("actor") is not None or request.method not in ("GET", "HEAD") or "Set-Cookie" in heads
            heads["Cache-Control"] = "no-store" if private else PUBLIC_CACHE
        return answer
