"""What workers do with a list, a portion at a time. Each portion is one transaction that holds the list's claim, so whoever was
killed leaves whole portions, whoever wakes up late writes nothing, and the next one goes on where they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.text import search_key
from calakan.people.models import Sex
from calakan.roster import accounts, lists, posts
from calakan.roster.judging import FIELDS, Known
from calakan.roster.lists import Judged
from calakan.roster.models import GOOD, RosterClaim, RosterLine, RosterList, RosterRow, Stage, Verdict
from calakan.roster.reading import Why
from calakan.tables.errors import TableUnreadable

AT_ONCE = 500
PATIENCE = timedelta(hours=1)
ONE_AFTER_THE_OTHER = "roster"


class Lost(Exception):
    """The claim is somebody else's by now."""


def work(list_id: int, token: str) -> None:
    """Bring the stage of a claimed list to its end. Raises Lost, and TableUnreadable when its turn to be read did not come."""
    held = db.session().get_one(RosterList, list_id, populate_existing=True)
    stage = held.stage
    if stage is Stage.READING:
        _read(list_id, token)
    elif stage is Stage.APPLYING:
        while _apply_some(list_id, token):
            pass
    elif stage is Stage.UNDOING:
        while _undo_some(list_id, token):
            pass
    else:
        with db.transaction():
            _settle(list_id, token, stage)


def _hold(list_id: int, token: str) -> None:
    if not claims.hold(RosterList, [list_id], token, was=WorkState.CLAIMED, now=clock.now()):
        raise Lost()


def _settle(list_id: int, token: str, stage: Stage, **values: Any) -> None:
    if not claims.step(
        RosterList, list_id, token, was=WorkState.CLAIMED, state=WorkState.DONE, claim_token=None, lease_until=None,
        stage=stage, **values,
    ):  # fmt: skip
        raise Lost()


def _read(list_id: int, token: str) -> None:
    """Lines that a reader before wrote go first: what is known may have changed since."""
    held = db.session().get_one(RosterList, list_id)
    content, now = held.content or b"", clock.now()
    try:
        told, unread = lists.judged(content, school_id=held.school_id, as_of=held.as_of, now=now, makes=held.makes)
        rows = [_line(list_id, one) for one in told]
    except TableUnreadable as error:
        facts = error.facts
        if facts["why"] == "busy":
            if now < held.made_at + PATIENCE:
                raise
            facts = {"why": "heavy"}  # others are not read for so long: it is this one that is never done
        with db.transaction():
            _settle(list_id, token, Stage.REFUSED, refused=facts, content=None)
        return
    with db.transaction() as session:
        _hold(list_id, token)
        session.execute(sa.delete(RosterLine).where(RosterLine.list_id == list_id))
        _progress(list_id, 0, total=len(rows))
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        with db.transaction() as session:
            _hold(list_id, token)
            session.execute(sa.insert(RosterLine), some)
            _progress(list_id, start + len(some))
    with db.transaction():
        _settle(list_id, token, Stage.PREVIEW, content=None, unread=unread)


def _progress(list_id: int, done: int, **values: int) -> None:
    db.session().execute(sa.update(RosterList).where(RosterList.id == list_id).values(done=done, **values))


def _line(list_id: int, one: Judged) -> dict[str, Any]:
    line, judgement = one.line, one.judgement
    waits = judgement.verdict is Verdict.WAITS
    return {
        "list_id": list_id, "number": line.number, "name": line.name, "verdict": judgement.verdict, "why": line.why,
        "column": line.column, "said": line.said, "other": line.other, "facts": line.facts,
        "cells": line.cells if waits else {}, "changes": judgement.changes, "before": {},
        "row_id": judgement.row.id if judgement.row is not None else None, "person_id": judgement.person_id,
    }  # fmt: skip


def _apply_some(list_id: int, token: str) -> bool:
    """One portion, judged once more: another list may have come in between. Whether there is more."""
    now = clock.now()
    with db.transaction() as session:
        db.alone(ONE_AFTER_THE_OTHER, "rows")
        _hold(list_id, token)
        held = session.get_one(RosterList, list_id, populate_existing=True)
        wanted = lists.lines(list_id, *GOOD).where(RosterLine.applied_at.is_(None)).limit(AT_ONCE)
        some = session.scalars(wanted).all()
        if not some:
            left = _mark_leavers(held, now)
            session.flush()
            posts.align(left, now=now)
            _settle(list_id, token, Stage.APPLIED)
            return False
        if held.makes.is_accounts:
            accounts.write(some, now=now)
        else:
            _write_rows(some, held, now)
        held.done += len(some)
        session.flush()
    return True


def _write_rows(some: Sequence[RosterLine], held: RosterList, now: datetime) -> None:
    known = Known([line.facts for line in some])
    written = [(line, *found) for line in some if (found := _write(line, held, known)) is not None]
    db.session().flush()
    for line, row, before in written:  # touched once, when new rows have their ids
        line.row_id, line.before, line.applied_at = row.id, before, now
    db.session().flush()
    posts.align([row.person_id for _, row, _ in written], now=now)


def _write(line: RosterLine, held: RosterList, known: Known) -> tuple[RosterRow, dict[str, Any]] | None:
    """The row as the line has it, and as it was before."""
    judgement = known.judge(line.facts, as_of=held.as_of)
    line.verdict, line.changes = judgement.verdict, judgement.changes
    if judgement.verdict is Verdict.WAITS:
        line.why, line.column, line.row_id = judgement.why, "nama", judgement.row.id if judgement.row else None
        line.cells = {"nama": line.name}
        return None
    row, before = judgement.row, dict[str, Any]()
    if row is None:
        row = RosterRow(**_of(line.facts))
        db.session().add(row)
    else:
        before = _kept(row)
        for name, (_, value) in judgement.changes.items():
            setattr(row, name, Sex(value) if name == "sex" and value else value)
    row.name_key = search_key(row.name)
    row.source, row.as_of, row.list_id = held.source, held.as_of, held.id
    return row, before


def _of(facts: dict[str, Any]) -> dict[str, Any]:
    values = {name: facts[name] for name in FIELDS}
    return {**values, "sex": Sex(values["sex"]) if values["sex"] else None}


def _kept(row: RosterRow) -> dict[str, Any]:
    """The row as it is, for taking back."""
    values = {name: getattr(row, name) for name in FIELDS}
    days = {"as_of": row.as_of.isoformat(), "left_on": row.left_on.isoformat() if row.left_on else None}
    return {**values, **days, "source": row.source, "list_id": row.list_id}


def _mark_leavers(held: RosterList, now: datetime) -> list[int | None]:
    """Whose rows they are."""
    leavers = lists.leavers(held)
    for row in leavers:
        line = RosterLine(
            list_id=held.id, name=row.name, verdict=Verdict.LEFT, row_id=row.id, before=_kept(row), applied_at=now
        )
        db.session().add(line)
        row.left_on, row.list_id = held.as_of, held.id
    return [row.person_id for row in leavers]


def _undo_some(list_id: int, token: str) -> bool:
    """One portion back, the last first. A row that another list or a claim rests on since stays as it is, and so does one whose
    earlier number is somebody else's by now.
    """
    now = clock.now()
    with db.transaction() as session:
        db.alone(ONE_AFTER_THE_OTHER, "rows")
        _hold(list_id, token)
        wanted = sa.select(RosterLine).where(
            RosterLine.list_id == list_id, RosterLine.applied_at.is_not(None), RosterLine.undone_at.is_(None)
        )
        some = session.scalars(wanted.order_by(RosterLine.id.desc()).limit(AT_ONCE)).all()
        if not some:
            _settle(list_id, token, Stage.UNDONE)
            return False
        held = session.get_one(RosterList, list_id)
        if held.makes.is_accounts:
            accounts.back(some, now=now)
        else:
            _rows_back(some, list_id, now)
        for line in some:
            line.undone_at = now
        held.done += len(some)
        session.flush()
    return True


def _rows_back(some: Sequence[RosterLine], list_id: int, now: datetime) -> None:
    session, ids = db.session(), [line.row_id for line in some if line.row_id is not None]
    rows = {row.id: row for row in session.scalars(sa.select(RosterRow).where(RosterRow.id.in_(ids)))}
    claimed = set(session.scalars(sa.select(RosterClaim.row_id).where(RosterClaim.row_id.in_(ids))))
    known = Known([line.before for line in some if line.before])
    gone = [id for line in some if (id := _back(line, rows, claimed, list_id, known)) is not None]
    session.flush()
    session.execute(sa.update(RosterLine).where(RosterLine.row_id.in_(gone)).values(row_id=None))
    session.execute(sa.delete(RosterRow).where(RosterRow.id.in_(gone)))
    session.flush()
    posts.align([row.person_id for id, row in rows.items() if id not in gone], now=now)


def _back(line: RosterLine, rows: dict[int, RosterRow], claimed: set[int], list_id: int, known: Known) -> int | None:
    """The row goes as it was; the id of one that was not there before."""
    row = rows.get(line.row_id or 0)
    rests = row is None or row.list_id != list_id or (line.verdict is Verdict.NEW and row.id in claimed)
    if row is None or rests or known.bears_of_another(row.id, line.before):
        line.why = Why.STAYS
        return None
    if line.verdict is Verdict.NEW:
        return row.id
    for name, value in line.before.items():
        setattr(row, name, _restored(name, value))
    row.name_key = search_key(row.name)
    return None


def _restored(name: str, value: Any) -> Any:
    if name in ("as_of", "left_on"):
        return date.fromisoformat(value) if value else None
    return Sex(value) if name == "sex" and value else value
