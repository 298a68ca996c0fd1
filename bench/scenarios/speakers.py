"""Who is free for one slot: clash check and ranked candidates, among many volunteers and sessions."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.site import DATABASES, Site
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import DiklatTopic, LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.text import search_key
from calakan.narasumber import queries
from calakan.narasumber.models import Assignment, AssignmentState, Volunteer, VolunteerState, VolunteerTopic
from calakan.office.defaults import CHOICES
from calakan.office.models import ChoiceKind
from calakan.people.models import Person, PersonRole

NAME = "speakers"
TITLE = "clash check and ranked candidates for one slot; kept: p95 below 100 ms"
VOLUNTEERS, SESSIONS, LIMIT_MS = 2000, 5000, 100
TOPICS = [code for code, _ in CHOICES[ChoiceKind.TOPIC]]


def run(bench: Bench) -> Iterator[Row]:
    for kind in DATABASES:
        with Site(bench.databases, kind):
            chance, now = random.Random(1), clock.now()
            people = _volunteers(bench.size(VOLUNTEERS, 50), now)
            slots = _sessions(bench.size(SESSIONS, 100), people, chance, now)
            with db.transaction() as session:
                session.execute(sa.text("ANALYZE"))  # as a database in use does by itself
            asked = chance.sample(slots, bench.size(60, 5))
            yield {"what": "ranked candidates", "database": kind, **_rank(asked, people, now)}
            yield {"what": "clash check", "database": kind, **_clash(asked, people)}
            yield {"what": "open slots of one volunteer", "database": kind, **_board(people[:60], now)}


def _measure(works: list[Callable[[], object]]) -> Row:
    """The first one is not counted: it also prepares the statements."""
    seconds = []
    works[0]()
    for work in works:
        db.db.session.remove()
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    p95 = load.quantile(seconds, 0.95)
    return {"p50_ms": load.quantile(seconds, 0.5), "p95_ms": p95, "kept": "yes" if p95 < LIMIT_MS else "no"}


def _rank(asked: list[int], people: list[int], now: datetime) -> Row:
    def rank(id: int) -> object:
        session = diklat_queries.live_session_by_id(id)
        assert session is not None
        found = queries.candidates(session, now=now)
        if len(found) != len(people):
            raise Wrong(f"{len(found)} candidates of {len(people)}")
        return found

    return _measure([partial(rank, id) for id in asked])


def _clash(asked: list[int], people: list[int]) -> Row:
    def check(id: int, person_id: int) -> object:
        return queries.clash(person_id, db.session().get_one(LiveSession, id))

    pairs = zip(asked, people, strict=False)
    return _measure([partial(check, *pair) for pair in pairs])


def _board(people: list[int], now: datetime) -> Row:
    return _measure([partial(queries.open_slots, id, now=now) for id in people])


def _insert(model: type[db.Base], rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 1000):
        db.session().execute(sa.insert(model), rows[start : start + 1000])


def _volunteers(count: int, now: datetime) -> list[int]:
    names = [f"Relawan {n:04}" for n in range(count)]
    with db.transaction() as session:
        _insert(
            Person,
            [
                {
                    "email": f"relawan{n}@example.org", "name": name, "name_key": search_key(name),
                    "calendar_token": f"relawan{n:019}", "created_at": now, "updated_at": now,
                }
                for n, name in enumerate(names)
            ],
        )  # fmt: skip
        ids = list(session.scalars(sa.select(Person.id).where(Person.email.like("relawan%")).order_by(Person.id)))
        _insert(PersonRole, [{"person_id": id, "role": Role.NARASUMBER} for id in ids])
        state = {"headline": "Guru", "state": VolunteerState.APPROVED, "applied_at": now}
        _insert(Volunteer, [{"person_id": id, "slug": f"relawan-{id}", **state} for id in ids])
        topics = [(id, TOPICS[(id + n) % len(TOPICS)]) for id in ids for n in range(2)]
        _insert(VolunteerTopic, [{"person_id": id, "topic": topic} for id, topic in topics])
    return ids


def _sessions(count: int, people: list[int], chance: random.Random, now: datetime) -> list[int]:
    """Spread over a year around now, four in five of them taken; returns the open ones to come."""
    per_diklat, ids = 10, []
    for number in range(count // per_diklat):
        course = courses.published(f"Diklat {number}", starts_at=now + timedelta(days=2), days=1)
        with db.transaction() as session:
            session.add(DiklatTopic(diklat_id=course, topic=TOPICS[number % len(TOPICS)]))
            first = session.scalars(sa.select(LiveSession).where(LiveSession.diklat_id == course)).one()
            ids += [first.id, *_more(first, per_diklat - 1, chance, now)]
    free = set(ids[::5])
    with db.transaction():
        given = {"state": AssignmentState.CONFIRMED, "created_at": now, "agreed_at": now}
        _insert(
            Assignment,
            [{"live_session_id": id, "person_id": chance.choice(people), **given} for id in ids if id not in free],
        )
    wanted = sa.select(LiveSession.id).where(LiveSession.id.in_(free), LiveSession.starts_at > now)
    return list(db.session().scalars(wanted))


def _more(first: LiveSession, count: int, chance: random.Random, now: datetime) -> list[int]:
    rows = []
    for number in range(2, count + 2):
        start = now + timedelta(days=chance.randint(-180, 180), hours=chance.randint(0, 9))
        rows.append(
            LiveSession(
                diklat_id=first.diklat_id, row_id=first.row_id, number=number, title=f"Sesi {number}", jp=2,
                starts_at=start, ends_at=start + timedelta(hours=2), local_date=clock.local(start).date(),
                changed_at=now,
            )
        )  # fmt: skip
    db.session().add_all(rows)
    db.session().flush()
    return [row.id for row in rows]
