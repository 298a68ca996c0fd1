"""Static files under hashed addresses: cached for a year, without the white space of their source, compressed once in memory."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
import sys
from functools import cache
from pathlib import Path
from urllib.parse import quote

import brotli
import rcssmin
import rjsmin
from flask import Flask, Response, abort, current_app, request

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STATIC = Path(__file__).parent / "static"
VENDORED = "vendor"
"""Files of others, with their licence and their hash beside them."""
_IMPORT = re.compile(r'^@import "([\w./-]+)"(?: ([^;"]+))?;$', re.M)
_DRAWING = re.compile(r"url\(([\w-]+\.svg)\)")
_SYMBOL = re.compile(r'<symbol id="([\w-]+)"[^>]*>(.*?)</symbol>', re.S)
DRAWN = " !$&'()*+,-./:;=?@_~"
"""Letters of a drawing that need no escape within a quoted data address."""
BELOW = "/aset/"
ENCODINGS = ("br", "zstd", "gzip")  # the smallest first
ZSTD_LEVEL = 19
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

    def part(found: re.Match[str]) -> str:
        text = joined(path.parent / found[1])
        return f"@media {found[2]} {{\n{text}}}\n" if found[2] else text

    return _IMPORT.sub(part, path.read_text())


@cache
def drawing(name: str) -> str:
    """A small drawing as an address that holds it: it costs less there than the head of an answer of its own."""
    text = " ".join((STATIC / name).read_text().split()).replace('"', "'")
    return f"data:image/svg+xml,{quote(text, safe=DRAWN)}"


@cache
def _icons() -> dict[str, str]:
    return dict(_SYMBOL.findall((STATIC / "ikon.svg").read_text()))


def icon(name: str) -> str:
    """The lines of one icon of `ikon.svg`. Raises KeyError when there is none of this name."""
    return _icons()[name]


def lean(path: Path) -> bytes:
    """What is sent of this file: a style sheet or a script of ours without layout and comments, others as they are."""
    content = path.read_bytes()
    if VENDORED in path.parts:
        return content
    if path.suffix == ".css":
        sheet = str(rcssmin.cssmin(joined(path), keep_bang_comments=True))
        return _DRAWING.sub(lambda found: f'url("{drawing(found[1])}")', sheet).encode()
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
    if encoding == "zstd":
        return zstd.compress(content, ZSTD_LEVEL)
    return gzip.compress(content, 9, mtime=0) if encoding == "gzip" else content


def send(build: str, name: str) -> Response:
    encoding = ""
    if Path(name).suffix in COMPRESSED:
        encoding = next((e for e in ENCODINGS if request.accept_encodings.quality(e) > 0), "")
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
    return f"{BELOW}{version()}/{name}"


def service_worker(*names: str, **told: object) -> Response:
    """What a browser runs without a page: what it must be told stands above the scripts."""
    head = "".join(f"const {name}={current_app.json.dumps(value)};\n" for name, value in told.items())
    parts = (lean(STATIC / name).decode() for name in names)
    answer = Response(head + ";\n".join(parts), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def init_app(app: Flask) -> None:
    app.add_url_rule(f"{BELOW}<build>/<path:name>", "web.asset", send)
    app.jinja_env.globals.update(asset=asset, icon=icon)
