"""A profile that is not complete keeps its owner from enrolling."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calakan.kernel.actor import Actor
from calakan.kernel.cards import Card, Way, When
from calakan.people import queries


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    if actor.person_id is not None and not queries.is_complete(actor.person_id):
        yield Card(
            when=When.WAITING,
            title="Lengkapi profil",
            note="Supaya dapat mendaftar diklat.",
            icon="user",
            ways=(Way("Lengkapi", "people.profile"),),
        )
