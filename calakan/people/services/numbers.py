"""WhatsApp numbers by which people come in: a second kind of address, where the operator has set the channel up.

A number is proven as an e-mail is (`mail_codes`). Whoever has no e-mail has it as his own (`Person.number`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import Actor, system
from calakan.kernel.claims import WorkState
from calakan.notifications import addresses, ways
from calakan.notifications.models import Message
from calakan.notifications.ways import Way
from calakan.people import phones, queries
from calakan.people.errors import NumberCodesSpent, NumberTaken
from calakan.people.models import MailCode, Person, Wanted
from calakan.people.services import telling

DAY = timedelta(days=1)
# Codes for one number in a day, and those of them to log in that are not of what all numbers share.
MOST_EACH, FREE_LOG_INS = 10, 3
_most_codes = 0


def connect(most_codes: int) -> None:
    """How many codes may go to numbers in a day, for each thing that is wanted; called once, from `calakan.app`."""
    global _most_codes
    _most_codes = most_codes


def accepted() -> bool:
    """Whether a number may stand where an e-mail is asked for."""
    return Way.WHATSAPP in ways.configured() and _most_codes > 0


def spend(number: str, wanted: Wanted, kind: str, *, now: datetime) -> None:
    """One more code, each of which costs money; held until the transaction ends. Raises NumberCodesSpent.

    Log-ins are counted apart, and the first of each number not at all: strangers keep nobody out of an account. What is
    dropped unsent costs nothing; but for its own number it counts, or who has an account could be seen.
    """
    db.alone("people.number_codes", wanted)
    of_today = sa.select(sa.func.count(Message.id)).join(MailCode, MailCode.id == Message.subject_id)
    of_today = of_today.where(
        Message.kind == kind,
        Message.channel == Way.WHATSAPP,
        Message.created_at > now - DAY,
        MailCode.wanted == wanted,
    )
    asked = db.session().scalar(of_today.where(Message.address == number)) or 0
    free = FREE_LOG_INS if wanted is Wanted.LOG_IN else 0
    if asked >= MOST_EACH:
        raise NumberCodesSpent()
    if asked < free:
        return
    each = of_today.where(Message.state != WorkState.DROPPED).group_by(Message.address)
    if sum(max(sent - free, 0) for sent in db.session().scalars(each)) >= _most_codes:
        raise NumberCodesSpent()


def agree(person: Person, number: str, consent: str, *, now: datetime) -> None:
    """Its owner has proven this number and read these words: letters go there too."""
    person.phone = person.phone or f"+{number}"
    db.session().flush()
    addresses.prove(person.id, Way.WHATSAPP, number, consent=consent, actor=queries.actor_of(person), now=now)


def follow(person_id: int, number: str, *, actor: Actor, now: datetime) -> None:
    """A number was proven on an open account: it lets in all but staff, and takes the place of the one by which its owner came in.

    The e-mail and the number before hear of it. Raises NumberTaken.
    """
    person, shown = db.lock(Person, person_id), phones.masked_address(number)
    old, lets_in = person.number, accepted() and not queries.actor_of(person).is_staff
    if person.email is not None and number != old and lets_in:
        telling.way_in(person, "number_added", shown, now=now)
    if old is None or old == number:
        return
    if db.session().scalar(sa.select(sa.exists().where(Person.number == number))):
        raise NumberTaken()
    person.number, person.updated_at = number, now
    db.session().flush()
    audit.record("people.change_number", person, actor=actor, now=now)
    telling.by_number(person, old, "number_changed", shown, now=now)


def let_go(person_id: int, *, actor: Actor | None = None, now: datetime) -> None:
    """No number lets this person in any more, as long as an e-mail does, which hears of it; nor do letters go there."""
    db.session().flush()
    person, actor = db.lock(Person, person_id), actor or system("people")
    if person.email is None:
        return
    if person.number is not None:
        audit.record("people.drop_number", person, actor=actor, now=now)
        telling.way_in(person, "number_dropped", phones.masked_address(person.number), now=now)
        person.number = None
        db.session().flush()
    addresses.withdraw(person_id, Way.WHATSAPP, actor=actor, now=now)


def stopped(number: str, *, now: datetime) -> None:
    """Whoever reads messages there wants none, so no code is sent either, as long as an e-mail lets in."""
    id = db.session().scalar(sa.select(Person.id).where(Person.number == number))
    if id is not None:
        let_go(id, actor=system(Way.WHATSAPP), now=now)
