"""The paper over a year, asked for by everybody who holds a certificate."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.scenarios import issuing
from bench.site import ACTOR, Site
from calakan.certificates.yearly.models import YearPaper
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.files import Store

NAME = "transcripts"
TITLE = "papers over a year drawn, signed and stored over HTTP, 8 connections, default web processes; kept: within 30 s"
PEOPLE, LIMIT = 5000, 30.0


def run(bench: Bench) -> Iterator[Row]:
    people = bench.size(PEOPLE, 20)
    for kind in bench.kinds:
        with Site(bench.databases, kind, task_workers=2) as site:
            ids = _with_papers(site, people)
            visitors = site.visitors(ids)
            path = f"/saya/rekap-{clock.today().year}"
            db.session().rollback()
            site.start_web()
            asked = [
                load.post(path, f"csrf_token={one.csrf_token}", host=site.host, cookie=one.cookie) for one in visitors
            ]
            done = load.send(site.port, asked, connections=8)
            _check(site, done.answers, people)
        yield {
            "database": kind,
            "people": people,
            "seconds": round(done.seconds, 1),
            "per_s": done.per_second,
            "p95_ms": done.milliseconds(0.95),
            "kept": "yes" if done.seconds < LIMIT else "no",
        }


def _with_papers(site: Site, count: int) -> list[int]:
    """So many people with a certificate each."""
    course = courses.published("Terbit", starts_at=clock.now() - timedelta(days=30))
    ids = site.people(count)
    courses.enrol(course, ids)
    with db.transaction():
        states.close(course, actor=ACTOR, now=clock.now())
    worker = site.start_worker()
    site.wait(lambda: issuing.issued() == count, worker, 300)
    return ids


def _check(site: Site, answers: Sequence[load.Answer], people: int) -> None:
    """One paper for each, and every file is the one whose hash was registered."""
    if {(answer.status, answer.headers.get("location", "")[:12]) for answer in answers} != {(303, "/saya/rekap/")}:
        raise Wrong(f"answers were {dict(Counter(answer.status for answer in answers))}")
    db.session().rollback()
    store = Store(site.settings.data_dir / "files")
    rows = db.session().scalars(sa.select(YearPaper)).all()
    if len({row.person_id for row in rows}) != people or len(rows) != people:
        raise Wrong(f"{len(rows)} papers of {people} people")
    for row in rows:
        if hashlib.sha256(store.get(row.sha256)).hexdigest() != row.sha256:
            raise Wrong(f"the file of {row.number} is not the one that was made")
