"""Invitations that wait for an answer, and sessions that nobody speaks at yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from calakan.kernel import formats
from calakan.kernel.actor import Actor, Role
from calakan.kernel.cards import Card, Way, When
from calakan.narasumber import queries


def cards(actor: Actor, now: datetime) -> Iterator[Card]:
    if actor.person_id is not None and actor.has(Role.NARASUMBER):
        for row in queries.invitations_to(actor.person_id, now=now):
            session = row.live_session
            yield Card(
                when=When.WAITING,
                title=f"Diminta membawakan {session.diklat.title}",
                note=f"{session.title} · {formats.span(session.starts_at, session.ends_at)}",
                icon="heart-handshake",
                at=session.starts_at,
                ways=(Way("Jawab", "narasumber.board"),),
            )
    if actor.has_desk:
        for session in queries.unstaffed(actor, now=now):
            yield Card(
                when=When.WAITING,
                title=f"Belum ada narasumber: {session.diklat.title}",
                note=f"{session.title} · {formats.span(session.starts_at, session.ends_at)}",
                icon="heart-handshake",
                at=session.starts_at,
                ways=(
                    Way(
                        "Isi",
                        "narasumber_manage.speakers",
                        {"slug": session.diklat.slug, "number": session.number},
                    ),
                ),
            )
