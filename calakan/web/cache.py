"""Public pages as anonymous visitors see them, kept for seconds in this process; and their ETag, so that a second look costs 304.

Nothing personal can enter: a request with a session is neither answered from here nor kept, nor is an answer that makes one.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, current_app, request, session
from werkzeug.datastructures import Headers

from calakan.kernel import clock
from calakan.web.chrome import theme
from config import Settings

PAGES = frozenset({"diklat.home", "diklat.catalogue", "diklat.detail", "reports.public_statistics"})
SECONDS = 5
MOST = 256
LONGEST_ADDRESS = 400
# All that these pages read of an address. What apps hang on a shared link (fbclid, utm_…) is no other page.
ARGUMENTS = frozenset(
    {"q", "jenjang", "topik", "waktu", "jp", "jenis", "cara", "jabatan", "dari", "sampai", "ada", "hal"}
)
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Kept:
    headers: Headers
    body: bytes
    until: datetime


class Again(Response):
    """An answer out of the store."""


class Pages:
    """At most MOST answers, the longest unused leaving first. `seconds` 0 keeps nothing."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()

    def get(self, key: Key, *, now: datetime) -> Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None or found.until <= now:
                self._kept.pop(key, None)
                return None
            self._kept.move_to_end(key)
            return found

    def keep(self, key: Key, headers: Headers, body: bytes, *, now: datetime) -> None:
        with self._lock:
            self._kept[key] = Kept(headers, body, now + timedelta(seconds=self.seconds))
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)


def _key() -> Key:
    """What an anonymous page depends on: its address, the theme, and how it is packed."""
    return request.full_path, theme() or "", request.headers.get("Accept-Encoding", "")[:100]


def _leave_out_unknown_arguments() -> None:
    """Before anything reads them, so that no link on the page brings them back."""
    pairs = parse_qsl(request.query_string.decode("utf-8", "replace"), keep_blank_values=True)
    request.query_string = urlencode([(name, value) for name, value in pairs if name in ARGUMENTS]).encode()
    request.__dict__.pop("args", None)
    request.__dict__.pop("full_path", None)


def _has_session() -> bool:
    return current_app.config["SESSION_COOKIE_NAME"] in request.cookies


def _pages() -> Pages:
    found: Pages = current_app.extensions["calakan.pages"]
    return found


def init_app(app: Flask) -> None:
    """Before the other parts: first to see a request, last to see its answer, packed and with all its headers."""
    settings: Settings = app.extensions["calakan.settings"]
    app.extensions["calakan.pages"] = Pages(0 if settings.testing else SECONDS)

    @app.before_request
    def _answer_at_once() -> Response | None:
        if request.endpoint in PAGES:
            _leave_out_unknown_arguments()
        if request.endpoint not in PAGES or request.method != "GET" or _has_session() or not _pages().seconds:
            return None
        found = _pages().get(_key(), now=clock.now())
        if found is None:
            return None
        return Again(found.body, headers=found.headers.copy())

    @app.after_request
    def _keep(answer: Response) -> Response:
        if request.endpoint not in PAGES:
            return answer
        answer.vary.update(("Cookie", "Accept-Encoding"))
        if request.method != "GET" or answer.status_code != 200 or _personal(answer):
            return answer
        if not isinstance(answer, Again):
            body = answer.get_data()
            answer.set_etag(hashlib.sha256(body).hexdigest()[:20])
            if _pages().seconds and len(request.full_path) <= LONGEST_ADDRESS:
                _pages().keep(_key(), Headers(answer.headers), body, now=clock.now())
        answer.make_conditional(request)
        return answer


def _personal(answer: Response) -> bool:
    """A session came with the request, or goes out with the answer (log-in, flash, form token)."""
    return _has_session() or bool(session) or session.modified or "Set-Cookie" in answer.headers
