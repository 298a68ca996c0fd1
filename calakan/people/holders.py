"""Who holds an address that opens without a log-in (mailed, signed or subscribed to): the one reader of all of them.

What such an address does ends with the account, and works again when the account is opened again.
"""

from __future__ import annotations

from calakan.kernel.errors import NotFound
from calakan.people import queries
from calakan.people.models import Person


def holder(person_id: int | None) -> Person | None:
    """Whom the address was made for; None once the account is closed or erased."""
    person = queries.person(person_id) if person_id is not None else None
    return person if person is not None and person.active else None


def require(person_id: int) -> Person:
    """The same for a service that acts. Raises NotFound."""
    person = holder(person_id)
    if person is None:
        raise NotFound()
    return person
