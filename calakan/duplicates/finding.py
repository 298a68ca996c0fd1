"""Which accounts may be one person's. A name alone is no evidence: hundreds share one; another sign must agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations, pairwise

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.audit import services as audit
from calakan.duplicates.models import LikelyPair, Sign
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.kernel.text import search_key
from calakan.people import names
from calakan.people.models import Person

Pair = tuple[int, int]
WEIGHTS: Mapping[str, int] = {
    Sign.NAME: 3, Sign.ALIKE: 2, Sign.PHONE: 3, Sign.BIRTH: 3, Sign.EMAIL: 2, Sign.SCHOOL: 1,
}  # fmt: skip
# More people with one name at one school, or one telephone, are compared with their neighbours alone.
MOST_ALIKE = 12
NEAR = 0.85
SHORTEST_MAILBOX = 6


@dataclass(frozen=True, slots=True)
class Known:
    """What is compared of an account. `birth` are the first eight digits of the NIP, `mailbox` what stands before the @."""

    id: int
    name: str
    phone: str
    birth: str
    mailboxes: tuple[str, ...]
    school_id: int | None


def known(
    id: int, name: str, phone: str | None, nip: str | None, emails: Iterable[str | None], school_id: int | None
) -> Known:
    """Words of a name in their alphabetical order, so that `Lestari Siti` is `Siti Lestari`; titles are no part of it."""
    words = search_key(names.without_titles(name)).split()
    boxes = {email.partition("@")[0].replace(".", "") for email in emails if email}
    long = tuple(sorted(box for box in boxes if len(box) >= SHORTEST_MAILBOX))
    return Known(id, " ".join(sorted(words)), phone or "", (nip or "")[:8], long, school_id)


def pairs(people: Collection[Known]) -> dict[Pair, list[Sign]]:
    """Two who may be one, and every sign of it; none of whom two NIP tell different days of birth."""
    by_id = {one.id: one for one in people}
    found: dict[Pair, list[Sign]] = {}
    for group in _groups(people):
        for first, second in _couples(group):
            if (first, second) not in found and (signs := _signs(by_id[first], by_id[second])):
                found[first, second] = signs
    return found


def _groups(people: Iterable[Known]) -> Iterator[Sequence[int]]:
    """Accounts that share a telephone, a mailbox, a day of birth with a word of the name, or name and school."""
    keyed: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for one in people:
        words = one.name.split()
        if one.phone:
            keyed["phone", one.phone].append(one.id)
        for box in one.mailboxes:
            keyed["box", box].append(one.id)
        if one.birth:
            for word in words:
                keyed["birth", one.birth, word].append(one.id)
        if one.name and one.school_id is not None:
            keyed["school", one.school_id, one.name].append(one.id)
    for ids in keyed.values():
        if len(ids) > 1:
            yield sorted(ids)


def _couples(ids: Sequence[int]) -> Iterable[Pair]:
    return combinations(ids, 2) if len(ids) <= MOST_ALIKE else pairwise(ids)


def _signs(one: Known, other: Known) -> list[Sign]:
    if one.birth and other.birth and one.birth != other.birth:
        return []
    signs = []
    if one.name == other.name:
        signs.append(Sign.NAME)
    elif _near(one.name, other.name):
        signs.append(Sign.ALIKE)
    else:
        return []
    agree = {
        Sign.PHONE: bool(one.phone) and one.phone == other.phone,
        Sign.BIRTH: bool(one.birth) and one.birth == other.birth,
        Sign.EMAIL: not set(one.mailboxes).isdisjoint(other.mailboxes),
        Sign.SCHOOL: one.school_id is not None and one.school_id == other.school_id,
    }
    signs += [sign for sign, agrees in agree.items() if agrees]
    return signs if len(signs) > 1 else []


def _near(one: str, other: str) -> bool:
    """One name within the other, or a letter or two apart."""
    words, others = set(one.split()), set(other.split())
    if not words or not others:
        return False
    return words <= others or others <= words or SequenceMatcher(None, one, other, autojunk=False).ratio() >= NEAR


def find(*, now: datetime) -> int:
    """Look through all open accounts and keep the pairs; what was said to be two people stays so. Returns how many wait."""
    rows = db.session().execute(
        sa.select(
            Person.id, Person.name, Person.phone, Person.nip, Person.email, Person.second_email, Person.school_id
        ).where(Person.active)
    )  # fmt: skip
    found = pairs([known(id, name, phone, nip, emails, school) for id, name, phone, nip, *emails, school in rows])
    with db.transaction() as session:
        db.alone(LikelyPair.__tablename__, "find")
        looked = sa.select(LikelyPair.first_id, LikelyPair.second_id).where(_APART)
        apart = {(first, second) for first, second in session.execute(looked)}
        session.execute(sa.delete(LikelyPair).where(~_APART))
        rows_new = [
            {
                "first_id": first, "second_id": second, "signs": [sign.value for sign in signs],
                "weight": sum(WEIGHTS[sign] for sign in signs), "found_at": now,
            }
            for (first, second), signs in found.items()
            if (first, second) not in apart
        ]  # fmt: skip
        return db.insert_new(LikelyPair, rows_new)


_APART = LikelyPair.apart_at.is_not(None)


def waiting() -> sa.Select[LikelyPair]:
    """The likeliest first; without accounts that were closed since."""
    open_ones = sa.select(Person.id).where(Person.active)
    return (
        sa.select(LikelyPair)
        .where(~_APART, LikelyPair.first_id.in_(open_ones), LikelyPair.second_id.in_(open_ones))
        .options(
            joinedload(LikelyPair.first).joinedload(Person.school),
            joinedload(LikelyPair.second).joinedload(Person.school),
        )
        .order_by(LikelyPair.weight.desc(), LikelyPair.id)
    )


def count() -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(waiting().order_by(None).subquery())) or 0


def of_two(one: int, other: int) -> LikelyPair | None:
    """What is known of these two as a pair."""
    first, second = sorted((one, other))
    wanted = sa.select(LikelyPair).where(LikelyPair.first_id == first, LikelyPair.second_id == second)
    return db.session().scalar(wanted)


def keep_apart(one: int, other: int, *, actor: Actor, now: datetime) -> None:
    """These are two people. Raises NotFound where nobody took them for one."""
    found = of_two(one, other)
    if found is None:
        raise NotFound()
    if found.apart_at is None:
        found.apart_at = now
        audit.record("duplicates.apart", found, actor=actor, now=now, people=[found.first_id, found.second_id])
        db.session().flush()
