"""Marking presence from a list in one step, for programs and the command line; the page shows the plan in between."""

from __future__ import annotations

from datetime import datetime

from calakan.attendance import matching, services
from calakan.attendance.matching import Plan, Verdict
from calakan.diklat import queries as diklat_queries
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound


def import_list(
    session_id: int,
    content: bytes,
    *,
    least_minutes: int | None,
    source: str,
    accept_likely: bool = False,
    actor: Actor,
    now: datetime,
) -> Plan:
    """Mark everyone who was found for certain and long enough; the plan says who, and what is left.

    `accept_likely`: somebody has looked, so lines that may mean one person alone count as well. Raises TableUnreadable,
    ListIsNoEvidence, and whatever `mark_from_list` raises.
    """
    session = diklat_queries.live_session_by_id(session_id)
    if session is None:
        raise NotFound()
    done = matching.plan(session, content, least_minutes=least_minutes)
    minutes = {row.participant.person_id: row.minutes for row in done.having(Verdict.PRESENT)}
    minutes |= done.likely if accept_likely else {}
    services.mark_from_list(session_id, minutes, source=source, actor=actor, now=now)
    return done
