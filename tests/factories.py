"""Plain makers of the things tests need, by way of the services."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.attendance import services as attendance
from calakan.attendance.models import Evidence, Kind
from calakan.demo import district
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import details, sessions, states
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role, system
from calakan.narasumber import services as speaking
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.people import queries
from calakan.people.models import Jenjang, Person, PersonRole, School
from calakan.people.services import accounts, asking, profile

count = itertools.count(1)
SYSTEM = system("test")


def person(name: str = "Sri Mulyati", *roles: Role, complete: bool = True, **values: Any) -> Person:
    """A confirmed account with a complete profile at a real school; detached values such as `.id` stay readable."""
    number = next(count)
    now = clock.now()
    with db.transaction() as session:
        made = accounts.new_person(f"orang{number}@example.org", name, now=now, password_hash=None)
        made.email_confirmed_at = now
        made.roles = [PersonRole(role=role) for role in roles]
        session.add(made)
        session.flush()
        id = made.id
        if complete:
            given = {
                "name": name,
                "jabatan": "guru_kelas",
                "employment": "pns",
                "jenjang": Jenjang.SD,
                "school_id": session.scalar(sa.select(sa.func.min(School.id))),
                "accept_notice": True,
                **values,
            }
            profile.save_profile(id, profile.Profile(**given), actor=SYSTEM, now=now)
    found = queries.person(id)
    assert found is not None
    return found


def crowd(size: int) -> list[int]:
    """The ids of that many complete people, written at once."""
    rows = itertools.islice(district.people_rows(random.Random(1), clock.now()), size)
    with db.transaction() as session:
        district.insert_rows(Person, rows)
        return list(session.scalars(sa.select(Person.id).order_by(Person.id.desc()).limit(size)))[::-1]


def enrol(diklat_id: int, people: Sequence[int]) -> None:
    """All confirmed, written at once and without their letters."""
    with db.transaction():
        district.fill(diklat_id, list(people), random.Random(diklat_id), clock.now())


def actor(who: Person) -> Actor:
    return queries.actor_of(who)


def morning(days: float) -> datetime:
    """That many days after today, at nine in Jakarta: a session that begins then ends on the same day, whatever the hour."""
    return clock.instant(clock.today() + timedelta(days=days), time(9))


def june() -> datetime:
    """In the middle of this year: the days around it are of the same quarter and year."""
    return clock.instant(clock.today().replace(month=6, day=15), time(9))


def diklat(
    title: str = "Asesmen Formatif", *, quota: int | None = None, publish: bool = True, days: int = 3, **values: Any
) -> Diklat:
    """A diklat with one session of 4 JP, in the morning `days` after today; published unless said otherwise."""
    now = clock.now()
    with db.transaction():
        made = details.create(
            details.Details(title=title, summary="Ringkas.", quota=quota, **values),
            lead_id=None,
            actor=SYSTEM,
            now=now,
        )
        id = made.id
        start = morning(days)
        plan = sessions.SessionPlan(title="Sesi 1", starts_at=start, ends_at=start + timedelta(hours=3))
        sessions.add(id, plan, actor=SYSTEM, now=now)
        if publish:
            states.publish(id, actor=SYSTEM, now=now)
    return db.session().get_one(Diklat, id)


def live_session(diklat_id: int, starts_at: datetime, *, hours: float = 3, title: str = "Sesi") -> LiveSession:
    with db.transaction():
        made = sessions.add(
            diklat_id,
            sessions.SessionPlan(title=title, starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours)),
            actor=SYSTEM,
            now=clock.now(),
            past=True,
        )
        id = made.id
    return db.session().get_one(LiveSession, id)


def listed(
    session_id: int,
    minutes: Mapping[int, float | None],
    *,
    source: str,
    batch_id: int | None = None,
    least: int | None = None,
    actor: Actor = SYSTEM,
    now: datetime,
) -> int:
    """A list without hours: person -> minutes. How many are present that were not."""
    signs = [
        Evidence(
            live_session_id=session_id, person_id=person_id, kind=Kind.LINE, at=now, source=source, reason=source,
            minutes=None if there is None else int(there), least=least, batch_id=batch_id, by_id=actor.person_id,
        )
        for person_id, there in sorted(minutes.items())
    ]  # fmt: skip
    return attendance.keep_lines(session_id, signs, source=source, actor=actor, now=now)


def volunteer(name: str = "Tri Handoko", *, topics: tuple[str, ...] = ("asesmen",), **offer: Any) -> Person:
    """An approved narasumber who knows these topics."""
    made = person(name)
    id, now = made.id, clock.now()
    given = speaking.Offer(headline="Guru", profession="Guru SD", topics=list(topics), **offer)
    with db.transaction():
        speaking.offer_to_speak(id, given, actor=SYSTEM, now=now)
        speaking.decide(id, approve=True, actor=SYSTEM, now=now)
    found = queries.person(id)
    assert found is not None
    return found


def slot(title: str = "Asesmen", *, days: float = 10, hours: float = 2, topics: tuple[str, ...] = ("asesmen",)) -> int:
    """The id of a published session that looks for a narasumber, in the morning this many days after today."""
    now = clock.now()
    with db.transaction():
        made = details.create(
            details.Details(title=title, summary="Ringkas.", topics=list(topics)), lead_id=None, actor=SYSTEM, now=now
        )
        start = morning(days)
        plan = sessions.SessionPlan(title=f"Sesi {title}", starts_at=start, ends_at=start + timedelta(hours=hours))
        session = sessions.add(made.id, plan, actor=SYSTEM, now=now)
        states.publish(made.id, actor=SYSTEM, now=now)
        db.session().flush()
        return session.id


def answered() -> None:
    """A worker has done what strangers asked at the door."""
    asking.take()
    db.session().rollback()


def mailed(address: str, kind: str = "") -> letters.Letter:
    """The newest letter to this address, with its secret in it as when it is handed over."""
    answered()
    now = clock.now()
    wanted = sa.select(Message).where(Message.address == address, Message.kind.startswith(kind))
    with db.transaction() as session:
        message = session.scalars(wanted.order_by(Message.id.desc())).first()
        assert message is not None
        letter = letters.compose(message, now)
        assert letter is not None
        return letter.told(letter.secret(now)) if letter.secret is not None else letter


def mailed_secret(kind: str, address: str) -> str:
    """The secret at the end of the first address in the newest letter of this kind."""
    return letters.site_link(mailed(address, kind)).rpartition("/")[2]
