"""Where one request of each page of every day spends its processor time, in this process and without a kept page."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import jinja2
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, Site
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db

NAME = "request"
TITLE = "one request without a kept page: statements, and milliseconds of processor by what they went to"
PARTS = {
    "database": (Session, "_execute_internal"),
    "template": (jinja2.Template, "render"),
    "before": (Flask, "preprocess_request"),
    "after": (Flask, "process_response"),
}


class Watch:
    """Processor time of this thread, given to the innermost part that is being worked on."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._open = ["rest"]
        self._since = time.thread_time()

    def turn(self) -> None:
        now = time.thread_time()
        self.spent[self._open[-1]] += now - self._since
        self._since = now

    def within(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            self.turn()
            self._open.append(part)
            try:
                return work(*given, **named)
            finally:
                self.turn()
                self._open.pop()

        return watched


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with Site(bench.databases, kind) as site:
            pages, engine = _pages(site), db.engine()
            # A thread of its own has its own application context, as in a web process.
            with ThreadPoolExecutor(1) as thread:
                for who, path, cookie in pages:
                    found = thread.submit(_asked, site, engine, path, cookie, bench.size(100, 2)).result()
                    yield {"page": path, "visitor": who, "database": kind, **found}


def _pages(site: Site) -> list[tuple[str, str, str]]:
    now = clock.now()
    ids = [courses.published(f"Diklat {n}", starts_at=now + timedelta(days=3 + n), quota=100) for n in range(24)]
    visitor = site.visitors(site.people(1))[0]
    for id in ids[:3]:
        with db.transaction():
            enrolment.join(id, visitor.person_id, actor=ACTOR, now=now, accept_overlap=True)
    slug = courses.slug(ids[0])
    db.session().rollback()
    site.app.extensions["calakan.pages"].seconds = 0  # nothing is kept
    own = ("/diklat", f"/diklat/{slug}", "/saya", "/hari-ini", f"/belajar/{slug}", f"/belajar/{slug}/sesi/1")
    strangers = ("/", "/diklat", f"/diklat/{slug}", "/statistik")
    return [("logged in", path, visitor.cookie) for path in own] + [("anonymous", path, "") for path in strangers]


def _asked(site: Site, engine: sa.Engine, path: str, cookie: str, count: int) -> Row:
    heads = {"Host": site.host, "Accept-Encoding": "br, gzip", **({"Cookie": cookie} if cookie else {})}
    environ = EnvironBuilder(path, headers=heads).get_environ()

    def ask() -> None:
        _, status, _ = run_wsgi_app(site.app, dict(environ), buffered=True)
        if not status.startswith("200"):
            raise Wrong(f"{path} answered {status}")

    for _ in range(5):
        ask()
    statements = _statements(engine, ask)
    gc.collect()
    gc.freeze()  # as the web servers do
    seconds = []
    for _ in range(count):
        begin = time.thread_time()
        ask()
        seconds.append(time.thread_time() - begin)
    with _watched() as watch:
        for _ in range(count):
            ask()
        watch.turn()
    whole = sum(watch.spent.values())
    parts = {f"{part}_percent": round(100 * watch.spent[part] / whole) for part in (*PARTS, "rest")}
    return {
        "statements": statements,
        "ms": load.quantile(seconds, 0.5),
        "least_ms": load.quantile(seconds, 0),
        **parts,
    }


@contextmanager
def _watched() -> Iterator[Watch]:
    watch = Watch()
    patches = [
        mock.patch.object(owner, name, autospec=False, new=_method(watch, part, getattr(owner, name)))
        for part, (owner, name) in PARTS.items()
    ]
    for patch in patches:
        patch.start()
    try:
        yield watch
    finally:
        for patch in patches:
            patch.stop()


def _method(watch: Watch, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
    watched = watch.within(part, work)
    return lambda self, *given, **named: watched(self, *given, **named)


def _statements(engine: sa.Engine, ask: Callable[[], None]) -> int:
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len([text for text in found if not text.startswith(("BEGIN", "PRAGMA"))])
