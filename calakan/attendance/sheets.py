"""The sheet of a diklat: what each cell says and how it was decided, and whom somebody still has to look at. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from calakan.attendance.models import (
    Appeal,
    AppealState,
    Batch,
    Decision,
    Evidence,
    Kind,
    Method,
    MissedCode,
    Presence,
    State,
)
from calakan.attendance.rules import AFTER_END, Reason
from calakan.diklat.models import LiveSession
from calakan.enrolment.models import Enrolment
from calakan.kernel import db
from calakan.kernel.askable import Askable

Row = TypeVar("Row", Decision, Presence)


class Mark(Askable):
    """`OPEN`: nothing is said yet, and something still may be. `LATER`: the session has not begun."""

    PRESENT = "present"
    ABSENT = "absent"
    REVIEW = "review"
    OPEN = "open"
    LATER = "later"


class Doubt(Askable):
    """What waits for a person although no sign of presence does."""

    APPEAL = "appeal"
    GUESS = "guess"


class Only(Askable):
    """Whom of the sheet to show."""

    ALL = "semua"
    OPEN = "belum"
    REVIEW = "tinjau"


@dataclass(frozen=True)
class Cell:
    """One person in one session. `minutes` where a list said so, `note` what the panitia wrote.

    `files` are the lists that decided, each with the numbers of its lines.
    """

    mark: Mark
    why: Reason | Doubt
    minutes: int | None = None
    note: str = ""
    files: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def lines(self) -> list[int]:
        return [line for _, lines in self.files for line in lines]


# What lines of lists decide, by whoever they say was there, or was not.
BY_LINES = {
    Reason.MINUTES: True,
    Reason.LISTED: True,
    Reason.SHORT: True,
    Reason.PARTLY: True,
    Reason.OUTSIDE: True,
    Reason.NO_MINUTES: True,
    Reason.LISTED_ABSENT: False,
    Reason.CONTRADICTED: False,
}
Cells = dict[tuple[int, int], Cell]


def cells(sessions: Sequence[LiveSession], person_ids: Sequence[int], *, now: datetime) -> Cells:
    """(person, session) -> its cell, in five statements whatever their number."""
    ids = [session.id for session in sessions]
    decided = {(row.person_id, row.live_session_id): row for row in _rows(Decision, ids, person_ids)}
    marked = {(row.person_id, row.live_session_id): row for row in _rows(Presence, ids, person_ids)}
    doubts = _doubts(ids, person_ids)
    found = {}
    for session in sessions:
        for person_id in person_ids:
            at = (person_id, session.id)
            found[at] = _cell(session, decided.get(at), marked.get(at), doubts.get(at), now)
    lines = _lines(ids, person_ids)
    return {at: _with_files(cell, lines.get(at, {})) for at, cell in found.items()}


# Of one list: its number, its file, and whether its lines say that somebody was there.
_List = tuple[int | None, str, bool]


def _lines(session_ids: list[int], person_ids: Sequence[int]) -> dict[tuple[int, int], dict[_List, list[int]]]:
    """(person, session) -> lists, with those of their lines that stand as evidence."""
    wanted = (
        sa.select(Evidence, Batch.file_name)
        .join(Batch, Batch.id == Evidence.batch_id)
        .where(
            Evidence.live_session_id.in_(session_ids),
            Evidence.person_id.in_(person_ids),
            Evidence.kind == Kind.LINE,
            Evidence.withdrawn_at.is_(None),
        )
        .order_by(Batch.id, Evidence.line, Evidence.id)
    )
    found: dict[tuple[int, int], dict[_List, list[int]]] = {}
    for row, name in db.session().execute(wanted):
        if row.line is not None:
            lists = found.setdefault((row.person_id, row.live_session_id), {})
            lists.setdefault((row.batch_id, name, row.present), []).append(row.line)
    return found


def _with_files(cell: Cell, lists: Mapping[_List, Sequence[int]]) -> Cell:
    """Of a cell that a list decided; then the list is what there is to note."""
    if isinstance(cell.why, Doubt) or cell.why not in BY_LINES:
        return cell
    there = BY_LINES[cell.why]
    files = tuple((name, tuple(lines)) for (_, name, present), lines in lists.items() if present is there)
    return replace(cell, files=files, note="") if files else cell


def _cell(
    session: LiveSession, decision: Decision | None, presence: Presence | None, doubt: Doubt | None, now: datetime
) -> Cell:
    why = Reason(decision.why) if decision is not None else _why(presence)
    minutes = decision.minutes if decision is not None else None
    note = presence.reason if presence is not None else ""
    if presence is not None and presence.present:
        return Cell(Mark.PRESENT, why, minutes, note)
    if doubt is not None:
        return Cell(Mark.REVIEW, doubt, minutes, note)
    if decision is not None and decision.state is State.REVIEW:
        return Cell(Mark.REVIEW, why, minutes)
    if presence is not None or session.ends_at + AFTER_END <= now:
        return Cell(Mark.ABSENT, why, minutes, note)
    return Cell(Mark.OPEN if session.starts_at <= now else Mark.LATER, why, minutes)


def _why(presence: Presence | None) -> Reason:
    """Of a presence that came without a decision."""
    if presence is None:
        return Reason.NOTHING
    if not presence.present:
        return Reason.MARKED_ABSENT
    return _WHY[presence.method]


_WHY = {
    Method.CODE: Reason.CODE,
    Method.HAND: Reason.MARKED_PRESENT,
    Method.LIST: Reason.LISTED,
    Method.TEST: Reason.TEST,
    Method.SCAN: Reason.SCANNED,
}


def _rows(model: type[Row], session_ids: list[int], person_ids: Sequence[int]) -> Sequence[Row]:
    wanted = sa.select(model).where(model.live_session_id.in_(session_ids), model.person_id.in_(person_ids))
    return db.session().scalars(wanted).all()


def _doubts(session_ids: list[int], person_ids: Sequence[int]) -> dict[tuple[int, int], Doubt]:
    """Appeals that nobody has answered, and codes that did not count of whoever is not marked."""
    guessed = sa.select(MissedCode.person_id, MissedCode.live_session_id).where(
        MissedCode.live_session_id.in_(session_ids), MissedCode.person_id.in_(person_ids), ~_looked_at(MissedCode)
    )
    asked = sa.select(Appeal.person_id, Appeal.live_session_id).where(
        Appeal.live_session_id.in_(session_ids),
        Appeal.person_id.in_(person_ids),
        Appeal.state == AppealState.ASKED,
    )
    found: dict[tuple[int, int], Doubt] = {}
    for wanted, doubt in ((guessed, Doubt.GUESS), (asked, Doubt.APPEAL)):
        found.update({(person_id, id or 0): doubt for person_id, id in db.session().execute(wanted)})
    return found


def _looked_at(of: type[MissedCode]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Presence.live_session_id == of.live_session_id, Presence.person_id == of.person_id)


def only(show: Only, sessions: Sequence[LiveSession], *, now: datetime) -> sa.ColumnElement[bool]:
    """Of a select of enrolments: who is not present in each of these sessions that have begun, or waits for a look."""
    begun = [session.id for session in sessions if session.starts_at <= now]
    match show:
        case Only.ALL:
            return sa.true()
        case Only.OPEN:
            there = sa.select(sa.func.count()).where(
                Presence.person_id == Enrolment.person_id, Presence.live_session_id.in_(begun), Presence.present
            )
            return there.scalar_subquery() < len(begun)
        case Only.REVIEW:
            return _waits(begun)


def _waits(session_ids: list[int]) -> sa.ColumnElement[bool]:
    decided = sa.exists().where(
        Decision.person_id == Enrolment.person_id,
        Decision.live_session_id.in_(session_ids),
        Decision.state == State.REVIEW,
    )
    guessed = sa.exists().where(
        MissedCode.person_id == Enrolment.person_id,
        MissedCode.live_session_id.in_(session_ids),
        ~_looked_at(MissedCode),
    )
    asked = sa.exists().where(
        Appeal.person_id == Enrolment.person_id,
        Appeal.live_session_id.in_(session_ids),
        Appeal.state == AppealState.ASKED,
    )
    return sa.or_(decided, guessed, asked)
