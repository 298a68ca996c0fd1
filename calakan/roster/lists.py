"""A staff list: read and looked at, applied as far as it can be, taken back as a whole. The work itself is done by `working`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Actor, system
from calakan.kernel.claims import WorkState
from calakan.kernel.text import search_key
from calakan.office.models import ChoiceKind
from calakan.office.queries import choices, office_settings
from calakan.people import aliases, other_names
from calakan.people.models import Kecamatan
from calakan.roster import accounts, posts, reading
from calakan.roster.errors import AccountsAreAdmins, DateAhead, ListForgotten, ListNotReady
from calakan.roster.judging import Judgement, Known
from calakan.roster.models import Makes, RosterClaim, RosterLine, RosterList, RosterRow, Stage, Verdict
from calakan.roster.reading import Found, Lookup, Why

QUEUE = "roster.work"
FORGET_AT_ONCE = 20
_EMPTY: dict[str, Any] = {"name": "", "said": "", "facts": {}, "cells": {}, "changes": {}, "before": {}}


def lookup() -> Lookup:
    """What the cells of a list may name now."""
    jabatan, status = _words(ChoiceKind.JABATAN), _words(ChoiceKind.STATUS)
    jabatan |= {short: code for short, code in aliases.JABATAN.items() if code in jabatan}
    places = aliases.kecamatan(db.session().scalars(sa.select(Kecamatan).order_by(Kecamatan.code)))
    return Lookup(other_names.by_npsn(), other_names.by_name(), jabatan, status, places)


def _words(kind: ChoiceKind) -> dict[str, str]:
    rows = choices().rows(kind)
    return {search_key(row.label): row.code for row in rows} | {row.code: row.code for row in rows}


@dataclass
class Judged:
    """A line, and what comes of it."""

    line: Found
    judgement: Judgement = field(default_factory=lambda: Judgement(Verdict.WAITS))


def judged(
    content: bytes, *, school_id: int | None, as_of: date, now: datetime, makes: Makes = Makes.ROWS
) -> tuple[list[Judged], list[str]]:
    """Every line of a list, by itself and against the rows or accounts that are known; and headings not read. Raises TableUnreadable."""
    found, unread = reading.lines(
        content, lookup(), school_id=school_id, today=clock.local(now).date(), accounts=makes.is_accounts
    )
    good = [one.facts for one in found if not one.waits]
    judge = accounts.Known(good).judge if makes.is_accounts else partial(Known(good).judge, as_of=as_of)
    told = [Judged(one) if one.waits else Judged(one, judge(one.facts)) for one in found]
    meant: dict[int, list[Judged]] = {}
    for one in told:
        judgement = one.judgement
        id = judgement.row.id if judgement.row is not None else judgement.person_id
        if id is not None and judgement.verdict is not Verdict.WAITS:
            meant.setdefault(id, []).append(one)
        elif judgement.why:
            one.line.wait(Why(judgement.why), column=judgement.column, said=one.line.cells.get(judgement.column, ""))
    for group in meant.values():
        for one in group if len(group) > 1 else ():
            other = next(other.line.number for other in group if other is not one)
            one.line.wait(Why.SAME_ROW, other)
            one.judgement = Judgement(Verdict.WAITS, one.judgement.row)
    return told, unread


def store(
    content: bytes,
    *,
    source: str,
    as_of: date,
    whole: bool = False,
    makes: Makes = Makes.ROWS,
    school_id: int | None = None,
    file_name: str,
    actor: Actor,
    now: datetime,
) -> RosterList:
    """A list that workers will read; nothing of it counts yet. The same file of the same day finds the list that it made,
    and has it read once more if that had failed.

    Raises DateAhead, AccountsAreAdmins.
    """
    if makes.is_accounts and not accounts.may_make(actor):
        raise AccountsAreAdmins()
    if as_of > clock.local(now).date():
        raise DateAhead()
    digest = hashlib.sha256(content).hexdigest()
    same = sa.select(RosterList).where(
        RosterList.file_hash == digest, RosterList.as_of == as_of, RosterList.source == source,
        RosterList.whole == whole, RosterList.makes == makes, RosterList.school_id == school_id if school_id else RosterList.school_id.is_(None),
        RosterList.stage.not_in([Stage.UNDOING, Stage.UNDONE, Stage.REFUSED]),
    )  # fmt: skip
    if (held := db.session().scalar(same.order_by(RosterList.id).limit(1))) is not None:
        if held.stage is Stage.READING and held.failed:
            _go(held, Stage.READING, now=now)
        return held
    made = RosterList(
        key=f"roster:{codes.code(26)}", due_at=now, source=source, as_of=as_of, whole=whole, makes=makes,
        school_id=school_id, file_name=file_name, file_hash=digest, content=content, stage=Stage.READING, made_at=now,
        made_by_id=actor.person_id,
    )  # fmt: skip
    db.session().add(made)
    db.session().flush()
    audit.record("roster.read", made, actor=actor, now=now)
    db.ring(QUEUE)
    return made


def apply(list_id: int, *, actor: Actor, now: datetime) -> None:
    """Have the good lines written into the roster; asked twice it is once. One that failed goes on where it stands.

    Locks the list. Raises ListNotReady, NotFound.
    """
    held = db.lock(RosterList, list_id)
    stopped = held.stage is Stage.APPLYING and held.failed
    if held.stage in (Stage.APPLYING, Stage.APPLIED) and not stopped:
        return
    if held.stage is not Stage.PREVIEW and not stopped:
        raise ListNotReady()
    _go(held, Stage.APPLYING, now=now)
    audit.record("roster.apply", held, actor=actor, now=now, counts=counts(list_id))


def undo(list_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Have the list taken back as a whole. Raises ListNotReady while it is worked on, ListForgotten, NotFound."""
    held = db.lock(RosterList, list_id)
    if held.stage in (Stage.UNDOING, Stage.UNDONE) and not held.failed:
        return
    if held.stage in (Stage.READING, Stage.APPLYING) and not held.failed:
        raise ListNotReady()
    if held.forgotten_at is not None:
        raise ListForgotten()
    _go(held, Stage.UNDOING, now=now)
    audit.record("roster.undo", held, actor=actor, now=now, reason=reason.strip()[:300])


def _go(held: RosterList, stage: Stage, *, now: datetime) -> None:
    held.stage, held.state, held.due_at, held.decided_at = stage, WorkState.PENDING, now, now
    held.done, held.attempts, held.last_error = 0, 0, None
    db.session().flush()
    db.ring(QUEUE)


def may_work(actor: Actor, held: RosterList) -> bool:
    """Apply a list or take it back: the panitia, and of one that makes accounts an admin."""
    return actor.is_committee and (held.makes.is_rows or accounts.may_make(actor))


def by_id(id: int) -> RosterList | None:
    return db.session().get(RosterList, id)


def every() -> sa.Select[RosterList]:
    """The newest first."""
    return sa.select(RosterList).order_by(RosterList.id.desc())


def counts(list_id: int) -> dict[str, int]:
    """verdict -> lines."""
    wanted = sa.select(RosterLine.verdict, sa.func.count()).where(RosterLine.list_id == list_id)
    rows: Mapping[Verdict, int] = dict(db.session().execute(wanted.group_by(RosterLine.verdict)).all())
    return {verdict.value: rows.get(verdict, 0) for verdict in Verdict}


def lines(list_id: int, *verdicts: Verdict) -> sa.Select[RosterLine]:
    """As they stand in the file."""
    wanted = sa.select(RosterLine).where(RosterLine.list_id == list_id, RosterLine.verdict.in_(verdicts))
    return wanted.order_by(RosterLine.number, RosterLine.id)


def everything(list_id: int) -> sa.Select[RosterLine]:
    """All lines, as they stand in the file."""
    return sa.select(RosterLine).where(RosterLine.list_id == list_id).order_by(RosterLine.number, RosterLine.id)


def remarks(list_id: int) -> sa.Select[RosterLine]:
    """Good lines with something to be minded."""
    wanted = sa.select(RosterLine).where(
        RosterLine.list_id == list_id, RosterLine.verdict != Verdict.WAITS, RosterLine.why != ""
    )
    return wanted.order_by(RosterLine.number, RosterLine.id)


def leavers(held: RosterList) -> list[RosterRow]:
    """Whom a whole list does not name though it names their school. A school with a line that waits says nothing of anybody,
    and nobody left whose name stands on such a line.
    """
    if not held.whole:
        return []
    told = db.session().execute(
        sa.select(RosterLine.verdict, RosterLine.name, RosterLine.facts, RosterLine.row_id).where(
            RosterLine.list_id == held.id, RosterLine.number.is_not(None)
        )
    ).all()  # fmt: skip
    waiting = [row for row in told if row.verdict is Verdict.WAITS]
    unsure = {row.facts["school_id"] for row in waiting if row.facts} | {None}
    schools = {row.facts["school_id"] for row in told if row.verdict is not Verdict.WAITS and row.facts} - unsure
    named, rows = {search_key(row.name) for row in waiting}, {row.row_id for row in told}
    wanted = sa.select(RosterRow).where(RosterRow.left_on.is_(None), RosterRow.as_of <= held.as_of)
    there = db.session().scalars(wanted.order_by(RosterRow.id)).all()
    return [row for row in there if row.school_id in schools and row.id not in rows and row.name_key not in named]


def forget(*, now: datetime) -> int:
    """Empty lists that were read longer ago than the office keeps them, and drop leavers whom nobody claimed after as long as
    attendance is kept; returns how many of both went.
    """
    settings = office_settings()
    before = now - timedelta(days=settings.list_days)
    wanted = sa.select(RosterList).where(
        RosterList.made_at < before, RosterList.forgotten_at.is_(None), RosterList.state != WorkState.CLAIMED
    )
    rows = db.session().scalars(wanted.order_by(RosterList.id).limit(FORGET_AT_ONCE)).all()
    for held in rows:
        held.forgotten_at, held.content, held.unread = now, None, []
        if held.stage is not Stage.APPLIED:
            held.stage = Stage.UNDONE
        db.session().execute(sa.update(RosterLine).where(RosterLine.list_id == held.id).values(**_EMPTY))
        audit.record("roster.forget", held, actor=system("retention"), now=now)
    return len(rows) + _drop_leavers(clock.local(now).date() - timedelta(days=settings.attendance_days))


def _drop_leavers(before: date) -> int:
    wanted = sa.select(RosterRow.id).where(RosterRow.left_on < before, RosterRow.person_id.is_(None))
    ids = list(db.session().scalars(wanted.order_by(RosterRow.id).limit(500)))
    drop(ids)
    return len(ids)


def forget_person(person_id: int) -> None:
    """Nobody claims anything in this name any more, and the row that was his goes; the next list of the office is another matter."""
    db.session().execute(sa.delete(RosterClaim).where(RosterClaim.person_id == person_id))
    drop(list(db.session().scalars(sa.select(RosterRow.id).where(RosterRow.person_id == person_id))))
    named = sa.update(RosterLine).where(RosterLine.person_id == person_id)
    db.session().execute(named.values(person_id=None, **_EMPTY))


def drop(row_ids: list[int]) -> None:
    """Take rows away with all that lists said of them."""
    session = db.session()
    session.execute(sa.update(RosterLine).where(RosterLine.row_id.in_(row_ids)).values(row_id=None, **_EMPTY))
    owners = session.scalars(sa.select(RosterRow.person_id).where(RosterRow.id.in_(row_ids))).all()
    session.execute(sa.delete(RosterClaim).where(RosterClaim.row_id.in_(row_ids)))
    session.execute(sa.delete(RosterRow).where(RosterRow.id.in_(row_ids)))
    posts.align(owners, now=clock.now())
