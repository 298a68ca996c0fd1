"""Who would be in two places at once."""

from __future__ import annotations

from collections.abc import Iterable

from calakan.diklat.models import LiveSession
from calakan.kernel import db
from calakan.narasumber import queries
from calakan.narasumber.errors import SpeakerClash
from calakan.people.models import Person


def clash_error(person: Person, session: LiveSession, other: LiveSession) -> SpeakerClash:
    """Both places named."""
    return SpeakerClash(
        name=person.printed_name,
        title=session.title,
        place=session.place or "daring",
        other_title=f"{other.title} ({other.diklat.title})",
        other_place=other.place or "daring",
        starts_at=other.starts_at,
        ends_at=other.ends_at,
    )


def ids_with_clash(session: LiveSession) -> Iterable[tuple[Person, LiveSession]]:
    """Confirmed people of a session who would be elsewhere at its (new) time."""
    for row in queries.confirmed_of([session.id]).get(session.id, ()):
        db.lock(Person, row.person_id)
        other = queries.clash(row.person_id, session)
        if other is not None:
            yield row.person, other
