"""The two pages that everybody opens."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.site import Site, Visitor
from calakan.kernel import clock, db

NAME = "pages"
TITLE = "catalogue and detail over HTTP, 8 connections, default web processes; bytes as sent (br)"
CONNECTIONS = 8
LINKED = re.compile(rb"(?:src|href)=\"(/aset/[^\"#]+)")
FONTS = re.compile(rb"url\(\"?([^)\"]+\.woff2)\"?\)")


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with Site(bench.databases, kind) as site:
            now = clock.now()
            ids = [
                courses.published(f"Diklat {n}", starts_at=now + timedelta(days=3 + n), quota=100) for n in range(24)
            ]
            visitor = site.visitors(site.people(1))[0]
            detail = f"/diklat/{courses.slug(ids[0])}"
            site.start_web()
            for page, path in (("catalogue", "/diklat"), ("detail", detail)):
                for who, cookie in (("anonymous", ""), ("logged in", visitor.cookie)):
                    measured = _measure(site, path, cookie, bench.size(600, 20))
                    yield {
                        "page": page,
                        "visitor": who,
                        "database": kind,
                        **measured,
                        "queries": _queries(site, path, visitor if cookie else None),
                    }
            yield {"page": "catalogue", "visitor": "first load", "database": kind, **_first_load(site)}


def _measure(site: Site, path: str, cookie: str, count: int) -> Row:
    request = load.get(path, host=site.host, cookie=cookie)
    load.send(site.port, [request] * CONNECTIONS * 2, connections=CONNECTIONS)
    run = load.send(site.port, [request] * count, connections=CONNECTIONS)
    if {answer.status for answer in run.answers} != {200}:
        raise Wrong(f"{path} answered {sorted({answer.status for answer in run.answers})}")
    return {
        "requests_per_s": run.per_second,
        "p50_ms": run.milliseconds(0.5),
        "p95_ms": run.milliseconds(0.95),
        "bytes": len(run.answers[0].body),
    }


def _queries(site: Site, path: str, visitor: Visitor | None) -> int:
    """SQL statements of one request that no kept page answers, counted in this process.

    A thread of its own has its own application context.
    """
    statements: list[str] = []
    engine = db.engine()

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    def browse() -> None:
        client = site.app.test_client(use_cookies=False)
        headers = {"Host": site.host, **({"Cookie": visitor.cookie} if visitor else {})}
        for n in range(2):  # the first one fills caches
            statements.clear()
            client.get(f"{path}?baru={n}", headers=headers)

    sa.event.listen(engine, "before_cursor_execute", note)
    thread = threading.Thread(target=browse)
    thread.start()
    thread.join()
    sa.event.remove(engine, "before_cursor_execute", note)
    return len([text for text in statements if not text.startswith(("BEGIN", "PRAGMA"))])


def _first_load(site: Site) -> Row:
    """The page with every file that it names, and every font that its style sheet names."""
    asked, sizes = ["/diklat"], []
    for path in asked:
        answer = load.send(site.port, [load.get(path, host=site.host)]).answers[0]
        sizes.append(len(answer.body))
        text = load.plain(answer)
        found = [link.decode() for link in LINKED.findall(text)] if path == "/diklat" else []
        if path.endswith(".css"):
            found = [f"{path.rsplit('/', 1)[0]}/{name.decode()}" for name in FONTS.findall(text)]
        asked += [one for one in dict.fromkeys(found) if one not in asked]
    return {"files": len(asked), "kib": round(sum(sizes) / 1024, 1)}
