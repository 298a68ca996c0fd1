"""What writing a message and ringing for it adds to a request: the same enrolments with and without, in turns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.site import Site, Visitor, _free_port
from calakan.kernel import clock, db
from calakan.notifications.models import Message
from calakan.stack.port import answers

NAME = "enqueue"
TITLE = "enrolments over HTTP whose proof is queued, and the same by a web server that queues nothing; in turns"
TURN = 20  # requests one after the other, before the other server has its turn


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with Site(bench.databases, kind, web_workers=1) as site:
            yield _measure(site, kind, bench.size(600, 40))


def _measure(site: Site, kind: str, count: int) -> Row:
    course = courses.published("Antrean", starts_at=clock.now() + timedelta(days=10))
    visitors = site.visitors(site.people(2 * (count + TURN)))
    path = f"/diklat/{courses.slug(course)}/daftar"
    db.session().rollback()
    site.start_web()
    ports = (site.port, _start_silent(site))
    seconds: dict[int, list[float]] = {port: [] for port in ports}
    waiting = iter([visitors[at : at + TURN] for at in range(0, len(visitors), TURN)])
    for number, (one, other) in enumerate(zip(waiting, waiting, strict=True)):
        for port, some in zip(ports, (one, other), strict=True):
            done = _enrol(site, port, path, some)
            if number:  # the first turn warms up
                seconds[port] += done
    _check(2 * (count + TURN), count + TURN)
    with_messages, without = (seconds[port] for port in ports)
    return {
        "database": kind,
        "requests_each": len(with_messages),
        "p50_ms": load.quantile(with_messages, 0.5),
        "p50_without_ms": load.quantile(without, 0.5),
        "p95_ms": load.quantile(with_messages, 0.95),
        "p95_without_ms": load.quantile(without, 0.95),
        "p95_added_ms": round(load.quantile(with_messages, 0.95) - load.quantile(without, 0.95), 1),
    }


def _start_silent(site: Site) -> int:
    port = _free_port()
    process = site.spawn(["env", f"CALAKAN_PORT={port}", sys.executable, "-m", "bench.silent_web"])
    site.wait(lambda: answers(replace(site.settings, port=port)), process)
    return port


def _enrol(site: Site, port: int, path: str, visitors: list[Visitor]) -> list[float]:
    requests = [load.post(path, f"csrf_token={one.csrf_token}", host=site.host, cookie=one.cookie) for one in visitors]
    done = load.send(port, requests)
    if any(answer.status != 302 for answer in done.answers):
        raise Wrong(f"answers were {sorted({answer.status for answer in done.answers})}")
    return [answer.seconds for answer in done.answers]


def _check(enrolled: int, queued: int) -> None:
    db.session().rollback()
    kinds = sa.select(sa.func.count()).select_from(Message).where(Message.kind == "enrolment.confirmed")
    found = db.session().scalar(kinds)
    if found != queued:
        raise Wrong(f"{found} messages for {enrolled} enrolments, not {queued}")
