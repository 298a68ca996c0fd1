"""A mail to the owner of an account when one of its ways in changed: whoever did not do it himself must learn of it."""

from __future__ import annotations

from datetime import datetime

from calakan.notifications import services as notifications
from calakan.people.models import Person

WAY_IN = "people.way_in"


def way_in(person: Person, what: str, name: str = "", *, now: datetime) -> None:
    """`what` is one of those that the letter knows, `name` what its owner calls it."""
    notifications.queue(
        WAY_IN,
        key=f"{WAY_IN}:{person.id}:{what}:{now.isoformat()}",
        person_id=person.id,
        address=person.email,
        now=now,
        facts={"name": person.name, "what": what, "which": name, "at": now.isoformat()},
    )
