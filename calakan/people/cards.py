"""A profile that is not complete keeps its owner from enrolling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calakan.kernel.actor import Actor
from calakan.kernel.cards import Card, Way, When
from calakan.people import queries


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    person = queries.person(actor.person_id) if actor.person_id is not None else None
    if person is not None and not person.complete:
        yield Card(
            when=When.WAITING,
            title="Lengkapi profil",
            note="Supaya dapat mendaftar diklat.",
            icon="user",
            ways=(Way("Lengkapi", "people.profile"),),
        )
