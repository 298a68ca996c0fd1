"""More people than seats, all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.site import Site, stopwatch
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db

NAME = "rush"
TITLE = "people enrol over HTTP with CSRF, 5 for each seat, every request sent twice: on 200 connections, then at a steady rate (open model)"
CONNECTIONS, TIMES, SECONDS = 200, 2, 60


def run(bench: Bench) -> Iterator[Row]:
    people, seats = bench.size(5000, 40), bench.size(1000, 8)
    for kind in bench.kinds:
        for web_workers in (2,) if bench.small else (2, 8):
            for model in ("closed", "open"):
                row = _rush(bench, kind, web_workers, model, people, seats)
                yield {"database": kind, "web_processes": web_workers, "model": model, "people": people, **row}


def _rush(bench: Bench, kind: str, web_workers: int, model: str, people: int, seats: int) -> Row:
    with Site(bench.databases, kind, web_workers=web_workers) as site:
        course = courses.published("Rebutan", starts_at=clock.now() + timedelta(days=10), quota=seats)
        visitors = site.visitors(site.people(people))
        path = f"/diklat/{courses.slug(course)}/daftar"
        db.session().rollback()
        site.start_web()
        requests = [
            load.post(path, f"csrf_token={one.csrf_token}", host=site.host, cookie=one.cookie)
            for one in visitors
            for _ in range(TIMES)
        ]
        if model == "closed":
            done = load.send(site.port, requests, connections=CONNECTIONS)
        else:  # whoever comes, comes, whether others were answered or not
            with stopwatch() as measured:
                answers = load.spread(site.port, requests, seconds=bench.size(SECONDS, 1))
            done = load.Run(answers, measured[0])
        sold, waiting = _check(course, done, path, people, seats, times=TIMES)
    return {
        "seats": seats,
        "sold": sold,
        "waiting": waiting,
        "seconds": round(done.seconds, 2),
        "per_s": done.per_second,
        "p50_ms": done.milliseconds(0.5),
        "p95_ms": done.milliseconds(0.95),
        "p99_ms": done.milliseconds(0.99),
    }


def _check(course: int, done: load.Run, path: str, people: int, seats: int, times: int = 1) -> tuple[int, int]:
    told = Counter((answer.status, answer.headers.get("location", "")) for answer in done.answers)
    if told != {(302, path.replace("/daftar", "/terdaftar")): people * times}:
        raise Wrong(f"answers were {dict(told)}")
    db.session().rollback()
    stored = dict(
        db.session()
        .execute(
            sa.select(Enrolment.state, sa.func.count()).where(Enrolment.diklat_id == course).group_by(Enrolment.state)
        )
        .all()
    )
    sold, waiting = stored.get(EnrolmentState.CONFIRMED, 0), stored.get(EnrolmentState.WAITING, 0)
    if (sold, waiting) != (seats, people - seats):
        raise Wrong(f"{sold} of {seats} seats sold, {waiting} of {people - seats} wait")
    return sold, waiting
