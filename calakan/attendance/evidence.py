"""Keeping signs of presence, and deriving from all of them who was present."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from calakan.attendance.models import STREAM, AskedCodes, Decision, Evidence, Kind, Method, Part, Presence, State
from calakan.attendance.rules import Reason, Rule, Sign, Verdict, Window, decide
from calakan.diklat.models import Diklat, LiveSession
from calakan.kernel import db
from calakan.kernel.wording import phrase

Row = TypeVar("Row", Decision, Presence)
KIND_OF = {
    Method.CODE: Kind.CODE,
    Method.HAND: Kind.HAND,
    Method.LIST: Kind.LINE,
    Method.TEST: Kind.TEST,
    Method.SCAN: Kind.SCAN,
}
METHOD_OF = {
    Reason.MARKED_PRESENT: Method.HAND,
    Reason.MARKED_ABSENT: Method.HAND,
    Reason.CODE: Method.CODE,
    Reason.CODE_AND_ROOM: Method.CODE,
    Reason.STREAM: Method.CODE,
    Reason.MINUTES: Method.LIST,
    Reason.LISTED: Method.LIST,
    Reason.TEST: Method.TEST,
    Reason.SCANNED: Method.SCAN,
}


def keep(session: LiveSession, rows: Sequence[Evidence], *, now: datetime) -> dict[int, Verdict]:
    """Add signs to a locked session and decide anew about whom they are; person -> what it came to."""
    people = sorted({row.person_id for row in rows})
    _adopt(session.id, people)
    db.session().add_all(rows)
    return derive(session, people, now=now)


def derive(session: LiveSession, people: Iterable[int], *, now: datetime) -> dict[int, Verdict]:
    """Decide anew about these people, in few statements whatever their number. The caller holds the session's lock."""
    wanted = sorted(set(people))
    diklat = db.session().get_one(Diklat, session.diklat_id)
    rule, window = rule_of(session, diklat), Window(session.starts_at, session.ends_at)
    db.session().flush()
    signs = _standing(session.id, wanted)
    decisions = {row.person_id: row for row in _rows(Decision, session.id, wanted)}
    presences = {row.person_id: row for row in _rows(Presence, session.id, wanted)}
    found = {}
    for person_id in wanted:
        rows = signs.get(person_id, [])
        verdict = decide(rule, window, [sign_of(row) for row in rows])
        found[person_id] = verdict
        _store(session.id, person_id, verdict, decisions.get(person_id), rule, now=now)
        _follow(session.id, person_id, verdict, rows, presences.get(person_id))
    db.session().flush()
    return found


def with_lines(session: LiveSession, people: Sequence[int]) -> Callable[[int, Sequence[Sign]], bool]:
    """Whether somebody would be present once these signs are added to what stands; changes nothing."""
    rule, window, signs = _weighing(session, people)

    def counts(person_id: int, lines: Sequence[Sign]) -> bool:
        return decide(rule, window, [*map(sign_of, signs.get(person_id, [])), *lines]).state is State.PRESENT

    return counts


def resting_on(session: LiveSession, batch_id: int) -> list[int]:
    """Who would not be present any more if this list were taken back; changes nothing."""
    named = sa.select(Evidence.person_id).where(Evidence.batch_id == batch_id, Evidence.withdrawn_at.is_(None))
    people = db.session().scalars(named.distinct().order_by(Evidence.person_id)).all()
    rule, window, signs = _weighing(session, people)

    def present(rows: Iterable[_Seen]) -> bool:
        return decide(rule, window, [sign_of(row) for row in rows]).state is State.PRESENT

    return [
        id for id in people
        if present(signs[id]) and not present(row for row in signs[id] if row.batch_id != batch_id)
    ]  # fmt: skip


def _weighing(session: LiveSession, people: Sequence[int]) -> tuple[Rule, Window, Mapping[int, list[_Seen]]]:
    rule = rule_of(session, db.session().get_one(Diklat, session.diklat_id))
    return rule, Window(session.starts_at, session.ends_at), _standing(session.id, people)


def rule_of(session: LiveSession, diklat: Diklat) -> Rule:
    asked = db.session().get(AskedCodes, session.id)
    return Rule(diklat.presence_rule, diklat.presence_percent, asked.parts if asked is not None else 1)


class _Seen(NamedTuple):
    """What deciding needs of one row of evidence: many are read without an object of the mapper for each."""

    kind: Kind
    present: bool
    minutes: int | None
    least: int | None
    part: Part | None
    most: int | None
    at: datetime
    until: datetime | None
    batch_id: int | None
    source: str
    reason: str
    by_id: int | None


def sign_of(row: Evidence | _Seen) -> Sign:
    return Sign(
        row.kind, row.present, row.minutes, row.least, row.part,
        most=row.most, at=row.at, until=row.until, file=row.batch_id,
        stream=row.kind is Kind.JOIN and row.source == STREAM,
    )  # fmt: skip


def withdraw(
    session: LiveSession, batch_id: int, *, lines: Sequence[int] | None = None, now: datetime
) -> dict[int, Verdict]:
    """Take back what a list of this locked session said, all of it or in some lines; person -> what is left."""
    rows = db.session().scalars(
        sa.select(Evidence).where(
            Evidence.live_session_id == session.id,
            Evidence.batch_id == batch_id,
            Evidence.withdrawn_at.is_(None),
            sa.true() if lines is None else Evidence.line.in_(lines),
        )
    )
    people = set()
    for row in rows:
        row.withdrawn_at = now
        people.add(row.person_id)
    return derive(session, people, now=now)


def withdraw_before(session: LiveSession, moment: datetime, *, now: datetime) -> None:
    """Every older sign of this locked session; the caller decides anew."""
    _adopt_all(session.id)
    db.session().flush()
    older = sa.update(Evidence).where(
        Evidence.live_session_id == session.id, Evidence.at < moment, Evidence.withdrawn_at.is_(None)
    )
    db.session().execute(older.values(withdrawn_at=now))


def derive_session(session: LiveSession, *, now: datetime) -> None:
    """Everybody of whom there is evidence in this locked session."""
    _adopt_all(session.id)
    known = sa.select(Evidence.person_id).where(Evidence.live_session_id == session.id)
    derive(session, db.session().scalars(known.distinct()).all(), now=now)


def derive_diklat(diklat_id: int, *, now: datetime) -> None:
    """After the rule was changed: everybody of whom there is evidence."""
    mine = sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id).order_by(LiveSession.id)
    for session_id in db.session().scalars(mine).all():
        derive_session(db.lock(LiveSession, session_id), now=now)


def of_people(session_id: int, people: Sequence[int]) -> Mapping[int, list[Evidence]]:
    """person -> what stands, in the order of time."""
    found: dict[int, list[Evidence]] = defaultdict(list)
    for row in db.session().scalars(_of(sa.select(Evidence), session_id, people)):
        found[row.person_id].append(row)
    return found


def _standing(session_id: int, people: Sequence[int]) -> Mapping[int, list[_Seen]]:
    """The same, as far as deciding needs it."""
    found: dict[int, list[_Seen]] = defaultdict(list)
    columns = [getattr(Evidence, name) for name in _Seen._fields]
    for person_id, *seen in db.session().execute(_of(sa.select(Evidence.person_id, *columns), session_id, people)):
        found[person_id].append(_Seen(*seen))
    return found


def _of(wanted: sa.Select[Any], session_id: int, people: Sequence[int]) -> sa.Select[Any]:
    return wanted.where(
        Evidence.live_session_id == session_id, Evidence.person_id.in_(people), Evidence.withdrawn_at.is_(None)
    ).order_by(Evidence.at, Evidence.id)


def _adopt_all(session_id: int) -> None:
    known = set(db.session().scalars(sa.select(Presence.person_id).where(Presence.live_session_id == session_id)))
    _adopt(session_id, sorted(known))


def _adopt(session_id: int, people: Sequence[int]) -> None:
    """A presence that came in another way is evidence, too."""
    known = sa.exists().where(Evidence.live_session_id == session_id, Evidence.person_id == Presence.person_id)
    rows = sa.select(Presence).where(Presence.live_session_id == session_id, Presence.person_id.in_(people), ~known)
    db.session().add_all(
        Evidence(
            live_session_id=session_id, person_id=row.person_id, kind=KIND_OF[row.method], at=row.marked_at,
            present=row.present, reason=row.reason, by_id=row.marked_by_id,
        )
        for row in db.session().scalars(rows).all()
    )  # fmt: skip


def _rows(model: type[Row], session_id: int, people: Sequence[int]) -> Sequence[Row]:
    wanted = sa.select(model).where(model.live_session_id == session_id, model.person_id.in_(people))
    return db.session().scalars(wanted).all()


def _store(
    session_id: int, person_id: int, verdict: Verdict, row: Decision | None, rule: Rule, *, now: datetime
) -> None:
    if row is None:
        row = Decision(live_session_id=session_id, person_id=person_id)
        db.session().add(row)
    row.state, row.minutes, row.why = verdict.state, verdict.minutes, verdict.why.value
    row.rule, row.decided_at = f"{rule.kind} {rule.percent} {rule.codes}", now


def _follow(session_id: int, person_id: int, verdict: Verdict, rows: Sequence[_Seen], mark: Presence | None) -> None:
    """Who is present, and whom the panitia marked absent."""
    if verdict.state is not State.PRESENT and verdict.why is not Reason.MARKED_ABSENT:
        if mark is not None:
            db.session().delete(mark)
        return
    method = METHOD_OF[verdict.why]
    sign = _strongest([row for row in rows if row.kind is KIND_OF[method]])
    if mark is None:
        mark = Presence(live_session_id=session_id, person_id=person_id)
        db.session().add(mark)
    mark.present, mark.method = verdict.state is State.PRESENT, method
    mark.reason, mark.marked_at, mark.marked_by_id = _said(sign, verdict), sign.at, sign.by_id


def _strongest(rows: Sequence[_Seen]) -> _Seen:
    """What a presence is said to rest on: the newest sign; of lines, the one with most minutes."""
    return max(reversed(rows), key=lambda row: (row.minutes or 0) if row.kind is Kind.LINE else 0)


def _said(sign: _Seen, verdict: Verdict) -> str:
    """Of a list with minutes, what all lines come to."""
    if sign.kind is not Kind.LINE or sign.minutes is None or not sign.source:
        return sign.reason
    return phrase("attendance.listed", source=sign.source, minutes=verdict.minutes)[:300]


def hand_over(person_id: int, to: int, *, only: Sequence[int] | None = None, now: datetime) -> list[int]:
    """Every sign of one person becomes the other's, or these alone (ids), and both are decided anew; returns which they were.

    Locks the sessions in their order, as everybody does.
    """
    signs = sa.select(Evidence.id).where(Evidence.person_id == person_id).order_by(Evidence.id)
    signs = signs if only is None else signs.where(Evidence.id.in_(only))
    seen = set(db.session().scalars(sa.select(Evidence.live_session_id).where(Evidence.id.in_(signs.order_by(None)))))
    if only is None:
        seen |= set(db.session().scalars(sa.select(Presence.live_session_id).where(Presence.person_id == person_id)))
    held = [db.lock(LiveSession, id) for id in sorted(seen)]
    for session in held:
        _adopt(session.id, [person_id, to])
    db.session().flush()
    ids = list(db.session().scalars(signs))
    db.session().execute(sa.update(Evidence).where(Evidence.id.in_(ids)).values(person_id=to))
    for session in held:
        derive(session, [person_id, to], now=now)
    return ids
