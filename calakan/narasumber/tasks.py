"""The doors of the beat: the relay, and reminders of those who teach."""

from __future__ import annotations

from calakan.kernel import clock, db
from calakan.kernel.actor import system
from calakan.narasumber import queries, reminders
from calakan.narasumber.services import relay
from config import Settings


def pass_on(settings: Settings) -> int:
    """One transaction a session, each under its lock, so two beats ask nobody twice; returns how many were asked."""
    asked = 0
    for session_id in queries.waiting_for_relay(now=clock.now()):
        with db.transaction():
            asked += relay.pass_on(session_id, actor=system("relay"), now=clock.now())
    return asked


def queue_reminders(settings: Settings) -> int:
    with db.transaction():
        return reminders.queue_due(now=clock.now())
