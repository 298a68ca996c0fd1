"""A month with hundreds of sessions, and the feed that calendar programs fetch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, DATABASES, Site
from calakan.diklat.services import sessions
from calakan.kernel import clock, db

NAME = "calendars"
TITLE = "month of 300 sessions: statements fixed; feed of 1,000 events; kept: p95 below 200 ms"
LIMIT_MS = 200


def run(bench: Bench) -> Iterator[Row]:
    for kind in DATABASES:
        with Site(bench.databases, kind) as site:
            now = clock.now()
            month = clock.start_of((clock.local(now).date().replace(day=28) + timedelta(days=4)).replace(day=1))
            _sessions("Satu", 1, month, timedelta(hours=2))
            path = f"/kalender?tampilan=bulan&hari={clock.local(month).date()}"
            few = _statements(site, path)
            _sessions("Banyak", bench.size(299, 9), month, timedelta(hours=2))
            many = _statements(site, path)
            if few != many:
                raise Wrong(f"a month asks {few} statements for one session and {many} for many")
            site.start_web()
            yield {"what": "month", "database": kind, "statements": many, **_measure(site, path, bench.size(40, 3))}
            # The feed looks ninety days ahead.
            _sessions("Umpan", bench.size(700, 10), now + timedelta(days=1), timedelta(hours=1))
            feed = _measure(site, "/kalender.ics", bench.size(40, 3))
            yield {"what": "feed", "database": kind, "kept": "yes" if feed["p95_ms"] < LIMIT_MS else "no", **feed}


def _sessions(title: str, count: int, first: datetime, gap: timedelta) -> None:
    """One published diklat with that many sessions."""
    diklat_id = courses.published(title, starts_at=first, days=1)
    with db.transaction():
        for n in range(1, count):
            start = first + n * gap
            plan = sessions.SessionPlan(title=f"Sesi {n + 1}", starts_at=start, ends_at=start + timedelta(minutes=90))
            sessions.add(diklat_id, plan, actor=ACTOR, now=first, past=True)


def _measure(site: Site, path: str, count: int) -> dict[str, float]:
    """One after the other, in the processes of the product."""
    request = load.get(path, host=site.host)
    load.send(site.port, [request] * 4)
    done = load.send(site.port, [request] * count)
    if {answer.status for answer in done.answers} != {200}:
        raise Wrong(f"{path} answered {sorted({answer.status for answer in done.answers})}")
    events = load.plain(done.answers[0]).count(b"BEGIN:VEVENT")
    counted = {"events": events} if events else {}
    return {**counted, "p50_ms": done.milliseconds(0.5), "p95_ms": done.milliseconds(0.95)}


def _statements(site: Site, path: str) -> int:
    """SQL statements of one request, in this process; a thread of its own has its own application context."""
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    def browse() -> None:
        client = site.app.test_client()
        for _ in range(2):  # the first one fills caches
            statements.clear()
            client.get(path)

    sa.event.listen(db.engine(), "before_cursor_execute", note)
    thread = threading.Thread(target=browse)
    thread.start()
    thread.join()
    sa.event.remove(db.engine(), "before_cursor_execute", note)
    return len([text for text in statements if not text.startswith(("BEGIN", "PRAGMA"))])
