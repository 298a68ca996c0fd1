"""The blast radius of a change: who would be told, and what would be stopped. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import queries as enrolment
from calakan.narasumber import queries as narasumber
from calakan.notifications import queries as notifications


@dataclass(frozen=True)
class Radius:
    """`reminders` counts the rounds still to come and the messages that already wait."""

    participants: int
    waiting: int
    speakers: int
    reminders: int


def of_sessions(
    diklat: Diklat, sessions: Sequence[LiveSession], *, now: datetime, waiting: bool = False, over: bool = False
) -> Radius:
    """What moving or cancelling these coming sessions touches; with `waiting`, also those in the line, with `over`,
    also sessions that are over."""
    ahead = [s for s in sessions if s.state is SessionState.PLANNED and (over or s.ends_at > now)]
    ids = [s.id for s in ahead]
    seats = enrolment.seats(diklat)[diklat.id]
    people = {row.person_id for rows in narasumber.confirmed_of(ids).values() for row in rows}
    public = diklat.state is DiklatState.PUBLISHED
    plan = enrolment.plan_of(diklat.id)
    rounds = sum(due > now for s in ahead for _, due in plan.rounds(s))
    held = notifications.waiting_about(LiveSession.__tablename__, ids)
    return Radius(
        participants=seats.taken if public else 0,
        waiting=seats.waiting if public and waiting else 0,
        speakers=len(people),
        reminders=held + (rounds if public and diklat.remind and seats.taken else 0),
    )
