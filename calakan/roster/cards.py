"""Claims that wait for whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calakan.kernel import formats
from calakan.kernel.actor import Actor
from calakan.kernel.cards import Card, Way, When
from calakan.roster import claiming


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    if not claiming.may_wait(actor):
        return
    if found := claiming.count(actor):
        yield Card(
            when=When.WAITING,
            title=f"{formats.number(found)} orang menunggu disahkan",
            note="Mereka menyebut barisnya pada data induk.",
            icon="users",
            ways=(Way("Sahkan", "roster.waiting"),),
        )
