"""What somebody looked for in vain: told once, when a diklat that fits is published; then the wish is gone.

It can be taken back at any time, and is forgotten after a year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.diklat.queries import Filters
from calakan.enrolment import services
from calakan.enrolment.errors import TooManyWishes, WishEmpty
from calakan.enrolment.models import Enrolment, EnrolmentState, Wish
from calakan.kernel import db
from calakan.kernel.text import search_key
from calakan.narasumber import queries as narasumber
from calakan.notifications import services as notifications
from calakan.people.models import Jenjang, Person

KIND = "enrolment.wished"
MOST = 10
KEPT = timedelta(days=365)
AT_ONCE = 200


def ask(person_id: int, words: str, level: str, *, now: datetime) -> None:
    """Twice is once. Locks the person. Raises WishEmpty, TooManyWishes."""
    db.lock(Person, person_id)
    words, level = _tidy(words, level)
    if not words and not level:
        raise WishEmpty()
    held = of_person(person_id)
    if any((row.words, row.level) == (words, level) for row in held):
        return
    if len(held) >= MOST:
        raise TooManyWishes(most=MOST)
    db.session().add(Wish(person_id=person_id, words=words, level=level, created_at=now))
    db.session().flush()


def take_back(person_id: int, words: str, level: str) -> None:
    """What is gone already stays gone."""
    words, level = _tidy(words, level)
    db.session().execute(sa.delete(Wish).where(Wish.person_id == person_id, Wish.words == words, Wish.level == level))


def wished(person_id: int, words: str, level: str) -> bool:
    words, level = _tidy(words, level)
    mine = sa.exists().where(Wish.person_id == person_id, Wish.words == words, Wish.level == level)
    return bool(db.session().scalar(sa.select(mine)))


def of_person(person_id: int) -> Sequence[Wish]:
    return db.session().scalars(sa.select(Wish).where(Wish.person_id == person_id).order_by(Wish.id)).all()


def tell(*, now: datetime) -> int:
    """Queue a letter for each wish that something open fits by now, and let the wish go; returns how many."""
    db.session().execute(sa.delete(Wish).where(Wish.created_at <= now - KEPT))
    asked: dict[tuple[str, str], list[Wish]] = defaultdict(list)
    for wish in db.session().scalars(sa.select(Wish).order_by(Wish.id)):
        asked[wish.words, wish.level].append(wish)
    told = 0
    for (words, level), wishes in sorted(asked.items()):
        found = _found(words, level, since=wishes[0].created_at, now=now)
        for wish in wishes if found else ():
            told += _told(wish, found, now=now)
    return told


def _found(words: str, level: str, *, since: datetime, now: datetime) -> Sequence[Diklat]:
    """What was published since and can be joined now."""
    filters = Filters(words=words, level=level)
    wanted = diklat_queries.catalogue(filters, now=now, also=[narasumber.speaks]).where(
        Diklat.published_at > since,
        sa.or_(Diklat.enrol_opens_at.is_(None), Diklat.enrol_opens_at <= now),
        sa.or_(Diklat.enrol_closes_at.is_(None), Diklat.enrol_closes_at > now),
    )
    return db.session().scalars(wanted.limit(AT_ONCE)).all()


def _told(wish: Wish, found: Sequence[Diklat], *, now: datetime) -> bool:
    person = db.session().get_one(Person, wish.person_id)
    fit = [d for d in found if d.published_at is not None and d.published_at > wish.created_at and _meant(d, person)]
    if not fit or not person.active:
        return False
    chosen = next((d for d in fit if not _enrolled(d.id, person.id)), None)
    if chosen is not None:
        notifications.queue(
            KIND,
            key=f"wish:{wish.id}",
            person_id=person.id,
            address=person.email,
            now=now,
            about=chosen,
            facts={"name": person.name, "words": wish.words, "level": wish.level},
        )
    db.session().delete(wish)
    db.session().flush()
    return chosen is not None


def _meant(diklat: Diklat, person: Person) -> bool:
    return services.meant(diklat.jenjang, [row.jabatan for row in diklat.posts], person.jenjang, person.jabatan)


def _enrolled(diklat_id: int, person_id: int) -> bool:
    mine = sa.exists().where(
        Enrolment.diklat_id == diklat_id,
        Enrolment.person_id == person_id,
        Enrolment.state != EnrolmentState.CANCELLED,
    )
    return bool(db.session().scalar(sa.select(mine)))


def _tidy(words: str, level: str) -> tuple[str, str]:
    """What is looked for, in the words of the search; a level that there is not is none."""
    return search_key(words)[:80].strip(), level if level in {*Jenjang, "umum"} else ""
