"""Marking presence from a list in one step, for programs and the command line; the page shows the batch in between."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime

from calakan.attendance import batches, matching
from calakan.attendance.batches import Options
from calakan.attendance.matching import Plan, Verdict
from calakan.attendance.rules import refuse_ahead, refuse_unmarkable
from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import db
from calakan.kernel.actor import Actor


@dataclass(frozen=True)
class Imported:
    """`again`: the same file was applied before, so that certain lines changed nothing.

    `accepted` are likely ones who are present now; the verdicts of the plan call nobody present who is not.
    """

    plan: Plan
    batch_id: int
    again: bool
    marked: int
    accepted: frozenset[int] = frozenset()


def rehearse(session: LiveSession, content: bytes, *, least_minutes: int | None, unit: str = "", now: datetime) -> Plan:
    """What `import_list` would find; changes nothing, and is refused where that is.

    Raises TableUnreadable, ListIsNoEvidence, AttendanceFinal, CheckInNotOpen.
    """
    refuse_unmarkable(db.session().get_one(Diklat, session.diklat_id), session)
    refuse_ahead(session, now=now)
    return matching.plan(session, content, least_minutes=least_minutes, unit=unit)


def import_list(
    session_id: int,
    content: bytes,
    *,
    least_minutes: int | None,
    source: str,
    accept_likely: bool = False,
    unit: str = "",
    actor: Actor,
    now: datetime,
) -> Imported:
    """Mark everyone who was found for certain and long enough; the plan says who, and what is left.

    `accept_likely`: somebody has looked, so lines that may mean one person alone count as well. Raises TableUnreadable,
    ListIsNoEvidence, and whatever `batches.apply` raises.
    """
    stored = batches.store(
        session_id, content, name=source, options=Options(least_minutes, unit=unit), actor=actor, now=now
    )
    rows, batch = batches.lines(stored.batch_id), batches.batch(stored.batch_id)
    applied = batch is not None and batch.is_applied
    wanted = {} if applied else batches.sure(rows)
    accepted = batches.likely(rows) if accept_likely else {}
    again = applied and not accepted
    marked = 0 if again else batches.apply(stored.batch_id, wanted | accepted, actor=actor, now=now)
    present = {person_id for person_id, there in matching.marks(session_id).items() if there}
    plan = _counted(stored.plan, present)
    return Imported(plan, stored.batch_id, applied, marked, frozenset(accepted.values()) & present)


def _counted(plan: Plan, present: Set[int]) -> Plan:
    found = [
        replace(row, verdict=Verdict.REVIEW)
        if row.verdict is Verdict.PRESENT and row.participant.person_id not in present
        else row
        for row in plan.found
    ]
    return replace(plan, found=found)
