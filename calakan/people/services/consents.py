"""Consents of a person, one a purpose: given in words that are kept, withdrawn as easily, at once (UU 27/2022 art. 22)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.people.agreements import Consent, ConsentTo
from calakan.people.models import Person

GIVE, WITHDRAW = "people.give_consent", "people.withdraw_consent"


def give(person_id: int, purpose: ConsentTo, *, words: str, actor: Actor, now: datetime) -> None:
    """Twice changes nothing, as long as the words are the same."""
    _say(person_id, purpose, given=True, words=words, actor=actor, now=now)


def withdraw(person_id: int, purpose: ConsentTo, *, actor: Actor, now: datetime) -> None:
    """Also said by whoever was never asked: it is a no."""
    _say(person_id, purpose, given=False, words="", actor=actor, now=now)


def _say(person_id: int, purpose: ConsentTo, *, given: bool, words: str, actor: Actor, now: datetime) -> None:
    person = db.lock(Person, person_id)
    held = db.session().get(Consent, (person_id, purpose), populate_existing=True)
    if held is not None and (held.given, held.words) == (given, words):
        return
    if held is None:
        held = Consent(person_id=person_id, purpose=purpose)
        db.session().add(held)
    held.given, held.words, held.at = given, words, now
    db.session().flush()
    audit.record(GIVE if given else WITHDRAW, person, actor=actor, now=now, name=purpose.value, person_id=person_id)


def of_person(person_id: int, purpose: ConsentTo) -> Consent | None:
    """None to whoever said neither yes nor no."""
    return db.session().get(Consent, (person_id, purpose))


def refusing(purpose: ConsentTo, people: Collection[int]) -> set[int]:
    """Who of these said no, or took the yes back."""
    if not people:
        return set()
    said_no = sa.select(Consent.person_id).where(Consent.purpose == purpose, ~Consent.given)
    return set(db.session().scalars(said_no.where(Consent.person_id.in_(list(people)))))
