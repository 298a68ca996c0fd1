"""A message to the owner of an account when one of its ways in changed: whoever did not do it himself must learn of it."""

from __future__ import annotations

from datetime import datetime

from calakan.notifications import services as notifications
from calakan.notifications.ways import Way
from calakan.people import phones
from calakan.people.models import Person

WAY_IN = "people.way_in"


def way_in(person: Person, what: str, name: str = "", *, now: datetime) -> None:
    """`what` is one of those that the letter knows, `name` what its owner calls it."""
    notifications.queue_rows([_letter(person, what, name, person.email, now=now)])


def first_use(person: Person, number: str, *, now: datetime) -> None:
    """Somebody came in by a number that was proven for messages: said once to the e-mail, however often he comes."""
    shown = phones.masked_address(number)
    notifications.queue_rows([_letter(person, "number_used", shown, person.email, once=shown, now=now)])


def by_number(person: Person, number: str, what: str, name: str = "", *, now: datetime) -> None:
    """The same to a number that stood for a mailbox, whether or not it still does when the message leaves."""
    row = _letter(person, what, name, number, now=now)
    notifications.queue_rows([{**row, "person_id": None, "channel": Way.WHATSAPP}])


def _letter(
    person: Person, what: str, name: str, address: str | None, *, once: str = "", now: datetime
) -> dict[str, object]:
    return notifications.message_row(
        WAY_IN,
        key=f"{WAY_IN}:{person.id}:{what}:{once or now.isoformat()}",
        person_id=person.id,
        address=address,
        now=now,
        facts={"name": person.name, "what": what, "which": name, "at": now.isoformat()},
    )
