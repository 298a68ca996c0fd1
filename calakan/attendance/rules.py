"""Who may open a check-in and mark presence, when, and what no longer changes. Pure."""

from __future__ import annotations

from datetime import timedelta

from calakan.attendance.errors import AttendanceFinal, CheckInNotOpen
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.kernel.actor import Actor, Role

# A code is made from so long before the session, and counts until so long after it.
BEFORE_START = timedelta(minutes=15)
AFTER_END = timedelta(minutes=30)


def may_run(actor: Actor, session: LiveSession) -> bool:
    """The panitia and the lead; confirmed speakers are let in by the policy table, which knows the assignments."""
    return actor.is_committee or (actor.has(Role.NARASUMBER) and session.diklat.lead_id == actor.person_id)


def refuse_unmarkable(diklat: Diklat, session: LiveSession) -> None:
    """The same at every door: pages, lists, programs. Raises AttendanceFinal, CheckInNotOpen for a session called off."""
    if diklat.state is not DiklatState.PUBLISHED:
        raise AttendanceFinal(state=diklat.state.value)
    if session.state is SessionState.CANCELLED:
        raise CheckInNotOpen(why="cancelled")
