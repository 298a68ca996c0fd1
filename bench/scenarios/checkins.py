"""A code that a whole hall types within a minute, while others look at pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load, yardstick
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, Site
from calakan.attendance import queries, services
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db

NAME = "checkins"
TITLE = "a code typed by everybody within a minute, and as many pages looked at; kept: p99 below 500 ms, nobody lost"
PEOPLE, SECONDS, LIMIT_MS = 2000, 60, 500
EARLY = 0.05  # of all: what has just started builds what it has never built


def run(bench: Bench) -> Iterator[Row]:
    people, seconds = bench.size(PEOPLE, 40), bench.size(SECONDS, 2)
    for kind in bench.kinds:
        with Site(bench.databases, kind) as site:
            session_id, slug, code, cookies = _running(site, people)
            site.start_web()
            typed = [
                load.post("/hadir", f"csrf_token={token}&kode={code}", host=site.host, cookie=cookie)
                for cookie, token in cookies
            ]
            looked = [
                load.get(path, host=site.host, cookie=cookies[n][0])
                for n, path in enumerate(
                    (f"/belajar/{slug}", "/hari-ini", "/hadir", "/diklat")[n % 4] for n in range(people)
                )
            ]
            load.send(site.port, looked[:8])  # what is kept is kept
            both = [request for pair in zip(typed, looked, strict=True) for request in pair]
            with yardstick.Beside(site.folder) as beside:
                answers = load.spread(site.port, both, seconds=seconds)
            found = _checked(answers, session_id, slug, people)
            yield {"database": kind, "people": people, "in_s": seconds, **found, **beside.row}


def _running(site: Site, count: int) -> tuple[int, str, str, list[tuple[str, str]]]:
    """A session that began a minute ago, its code, and everybody logged in."""
    now = clock.now()
    course = courses.published("Sesi besar", starts_at=now - timedelta(minutes=1), days=1)
    people = site.people(count)
    courses.enrol(course, people)
    session_id = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == course)).one()
    with db.transaction():
        code = services.open_check_in(session_id, minutes=60, actor=ACTOR, now=now).code
    visitors = site.visitors(people)
    slug = courses.slug(course)
    db.session().rollback()
    return session_id, slug, code, [(one.cookie, one.csrf_token) for one in visitors]


def _checked(answers: Sequence[load.Answer], session_id: int, slug: str, people: int) -> Row:
    typed, looked = answers[::2], answers[1::2]
    told = Counter((answer.status, answer.headers.get("location", "")) for answer in typed)
    if told != {(302, f"/belajar/{slug}"): people}:
        raise Wrong(f"codes were answered {dict(told)}")
    if {answer.status for answer in looked} != {200}:
        raise Wrong(f"pages were answered {dict(Counter(answer.status for answer in looked))}")
    db.session().rollback()
    if queries.present_count(session_id) != people:
        raise Wrong(f"{queries.present_count(session_id)} of {people} are present")
    p99 = load.quantile([answer.seconds for answer in typed], 0.99)
    slow = [place for place, answer in enumerate(typed) if answer.seconds * 1000 >= p99]
    return {
        "p50_ms": load.quantile([answer.seconds for answer in typed], 0.5),
        "p99_ms": p99,
        "kept": "yes" if p99 < LIMIT_MS else "no",
        "slow_ones_early": f"{sum(place < people * EARLY for place in slow)} of {len(slow)}",
        "pages_p50_ms": load.quantile([answer.seconds for answer in looked], 0.5),
        "pages_p99_ms": load.quantile([answer.seconds for answer in looked], 0.99),
    }
