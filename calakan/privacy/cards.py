"""A breach that somebody has still to be told of stands first, with its hour."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calakan.kernel.actor import Actor, Role
from calakan.kernel.cards import Card, Way, When
from calakan.kernel.formats import moment
from calakan.privacy import breaches


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    for breach in breaches.waiting() if actor.has(Role.ADMIN) else ():
        late = "Sudah lewat dari" if now > breach.due_at else "Paling lambat"
        yield Card(
            when=When.NOW,
            title=f"Kegagalan pelindungan data: {breach.title}",
            note=f"{late} {moment(breach.due_at)}: beri tahu yang terkena dan lembaga yang berwenang.",
            icon="triangle-alert",
            at=breach.due_at,
            ways=(Way("Buka", "privacy_manage.breach_page", {"code": breach.code}),),
        )
