"""Static files under hashed addresses: cached for a year, without the white space of their source, compressed once in memory."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from functools import cache
from pathlib import Path

import brotli
import rcssmin
import rjsmin
from flask import Flask, Response, abort, request

STATIC = Path(__file__).parent / "static"
VENDORED = "vendor"
"""Files of others, with their licence and their hash beside them."""
_IMPORT = re.compile(r'^@import "([\w./-]+)";$', re.M)
COMPRESSED = {".css", ".js", ".svg", ".txt", ".json", ".webmanifest"}


@cache
def version() -> str:
    """One hash over all files, so that a style sheet finds its fonts beside it."""
    total = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            total.update(path.relative_to(STATIC).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()[:12]


def joined(path: Path) -> str:
    """A style sheet with its parts, in the order in which it imports them."""
    return _IMPORT.sub(lambda found: joined(path.parent / found[1]), path.read_text())


def lean(path: Path) -> bytes:
    """What is sent of this file: a style sheet or a script of ours without layout and comments, others as they are."""
    content = path.read_bytes()
    if VENDORED in path.parts:
        return content
    if path.suffix == ".css":
        return str(rcssmin.cssmin(joined(path), keep_bang_comments=True)).encode()
    if path.suffix == ".js":
        return str(rjsmin.jsmin(content.decode(), keep_bang_comments=True)).encode()
    return content


@cache
def _body(name: str, encoding: str) -> bytes | None:
    path = (STATIC / name).resolve()
    if not path.is_relative_to(STATIC) or not path.is_file():
        return None
    content = lean(path)
    if encoding == "br":
        return bytes(brotli.compress(content, quality=11))
    return gzip.compress(content, 9, mtime=0) if encoding == "gzip" else content


def send(build: str, name: str) -> Response:
    encoding = ""
    if Path(name).suffix in COMPRESSED:
        encoding = next((e for e in ("br", "gzip") if request.accept_encodings.quality(e) > 0), "")
    if len(name) > 120 or "\x00" in name or (body := _body(name, encoding)) is None:
        abort(404)
    answer = Response(body, mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream")
    if name.endswith(".woff2"):
        answer.mimetype = "font/woff2"
    if encoding:
        answer.headers["Content-Encoding"] = encoding
    answer.headers["Vary"] = "Accept-Encoding"
    lifetime = "public, max-age=31536000, immutable" if build == version() else "no-cache"
    answer.headers["Cache-Control"] = lifetime
    return answer


def asset(name: str) -> str:
    return f"/aset/{version()}/{name}"


def init_app(app: Flask) -> None:
    app.add_url_rule("/aset/<build>/<path:name>", "web.asset", send)
    app.jinja_env.globals["asset"] = asset
