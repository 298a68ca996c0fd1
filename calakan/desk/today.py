"""The page of today: the cards of all rooms in three groups, each in order of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from calakan.kernel.actor import Actor
from calakan.kernel.cards import Card, Provider, When

MOST = 8
"""So many cards of a group; the rest stands on the pages they lead to."""
_LAST = datetime.max.replace(tzinfo=UTC)


def groups(providers: Iterable[Provider], actor: Actor, *, now: datetime) -> dict[When, list[Card]]:
    """The groups that have something, in their order."""
    found: dict[When, list[Card]] = {when: [] for when in When}
    for cards in providers:
        for card in cards(actor, now):
            found[card.when].append(card)
    return {when: sorted(cards, key=lambda card: card.at or _LAST) for when, cards in found.items() if cards}
