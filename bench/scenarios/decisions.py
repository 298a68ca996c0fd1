"""The rule of a diklat is changed: what all evidence comes to is derived anew for everybody."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

import sqlalchemy as sa

from bench import courses
from bench.runner import Bench, Row, Wrong
from bench.site import DATABASES, Site
from calakan.attendance import evidence
from calakan.attendance.models import Decision, Evidence, Kind, State
from calakan.demo import district
from calakan.diklat.models import Diklat, LiveSession, PresenceRule
from calakan.kernel import clock, db

NAME = "decisions"
TITLE = "everybody's presence in four sessions derived anew after a change of the rule; kept: below 10 s"
ENROLLED, SESSIONS, LIMIT_S = 5000, 4, 10
LONG, SHORT = 170, 90  # minutes of three hours


def run(bench: Bench) -> Iterator[Row]:
    count = bench.size(ENROLLED, 60)
    for kind in DATABASES:
        with Site(bench.databases, kind) as site:
            course, people = _course(site, count)
            for rule, present in ((PresenceRule.CODE_OR_MINUTES, count), (PresenceRule.MINUTES, count // 2)):
                worked = time.process_time()
                seconds = _derived(course, rule)
                worked = time.process_time() - worked
                _check(course, count, present)
                yield {
                    "database": kind,
                    "enrolments": len(people),
                    "sessions": SESSIONS,
                    "evidence": 3 * SESSIONS * len(people),
                    "rule": rule.value,
                    "seconds": round(seconds, 2),
                    "s_of_processor": round(worked, 2),
                    "kept": "yes" if seconds < LIMIT_S else "no",
                }


def _course(site: Site, count: int) -> tuple[int, Sequence[int]]:
    """Everybody came in, typed the code, and stands in the list; every second one for half the time."""
    start = clock.now() - timedelta(days=40)
    course, people = courses.published("Aturan baru", starts_at=start, days=SESSIONS), site.people(count)
    with db.transaction() as session:
        district.fill(course, list(people), random.Random(1), clock.now(), attended=0.0)
        for live in session.scalars(sa.select(LiveSession).where(LiveSession.diklat_id == course)).all():
            district.insert_rows(Evidence, _signs(live, people))
    with db.transaction() as session:
        session.execute(sa.text("ANALYZE"))  # as a database in use does by itself
    return course, people


def _signs(live: LiveSession, people: Sequence[int]) -> Iterator[dict[str, object]]:
    for place, person_id in enumerate(people):
        for kind, minutes in ((Kind.JOIN, None), (Kind.CODE, None), (Kind.LINE, SHORT if place % 2 else LONG)):
            yield {
                "live_session_id": live.id, "person_id": person_id, "kind": kind, "at": live.starts_at, "present": True,
                "minutes": minutes, "least": None, "source": kind.value, "reason": "", "by_id": person_id,
            }  # fmt: skip


def _derived(course: int, rule: PresenceRule) -> float:
    with db.transaction() as session:
        session.get_one(Diklat, course).presence_rule = rule
    begin = time.perf_counter()
    with db.transaction():
        evidence.derive_diklat(course, now=clock.now())
    return time.perf_counter() - begin


def _check(course: int, count: int, present: int) -> None:
    counted = sa.select(Decision.state, sa.func.count()).join(LiveSession, LiveSession.id == Decision.live_session_id)
    rows = db.session().execute(counted.where(LiveSession.diklat_id == course).group_by(Decision.state))
    found: dict[State, int] = dict(rows.all())
    if sum(found.values()) != SESSIONS * count or found.get(State.PRESENT) != SESSIONS * present:
        raise Wrong(f"decisions are {found}")
