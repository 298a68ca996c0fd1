"""Whom the roster calls head of a school may look after it, for as long as a list says so and the row is confirmed as his own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import system
from calakan.people.models import Person, PersonScope
from calakan.roster.models import By, ClaimState, RosterClaim, RosterRow

HEAD = "kepala_sekolah"
ROSTER = system("roster")
# A row that was confirmed by a school itself makes nobody its head: the panitia or the office's own address does.
_SURE = (By.EMAIL, By.COMMITTEE)


def align(person_ids: Iterable[int | None], *, now: datetime) -> None:
    """Give and take what follows from the rows of these people as they are now. What somebody was given by hand stays."""
    ids = sorted({id for id in person_ids if id is not None})
    due = _due(ids)
    held = (
        db.session()
        .scalars(sa.select(PersonScope).where(PersonScope.person_id.in_(ids)).order_by(PersonScope.id))
        .all()
    )
    for scope in held:
        if scope.by_roster and due.get(scope.person_id) != scope.school_id:
            db.session().delete(scope)
            _note("roster.end_post", scope.person_id, scope.school_id, now)
    there = {(scope.person_id, scope.school_id) for scope in held}
    for person_id, school_id in due.items():
        if (person_id, school_id) not in there:
            db.session().add(PersonScope(person_id=person_id, school_id=school_id, by_roster=True))
            _note("roster.give_post", person_id, school_id, now)
    db.session().flush()


def _due(person_ids: list[int]) -> dict[int, int]:
    """person -> the school that he heads."""
    sure = sa.exists().where(
        RosterClaim.row_id == RosterRow.id, RosterClaim.person_id == RosterRow.person_id,
        RosterClaim.state == ClaimState.CONFIRMED, RosterClaim.by.in_(_SURE),
    )  # fmt: skip
    wanted = sa.select(RosterRow.person_id, RosterRow.school_id).where(
        RosterRow.person_id.in_(person_ids), RosterRow.jabatan == HEAD, RosterRow.left_on.is_(None), sure
    )
    return {person_id: school_id for person_id, school_id in db.session().execute(wanted) if person_id is not None}


def _note(act: str, person_id: int, school_id: int | None, now: datetime) -> None:
    audit.record(act, db.session().get_one(Person, person_id), actor=ROSTER, now=now, school=school_id)
