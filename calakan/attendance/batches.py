"""Lists of who was there, kept: stored as read, applied in part or whole, undone as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.attendance import evidence, matching, services
from calakan.attendance.deciding import Verdict
from calakan.attendance.errors import BatchUndone, ListOfNoSession
from calakan.attendance.lists import Entry, Listed
from calakan.attendance.matching import By, Found, Lane, Left, Plan
from calakan.attendance.models import Batch, BatchLine, BatchState, Evidence, Kind
from calakan.attendance.people import participants
from calakan.attendance.pieces import Piece, clear, looked_at
from calakan.attendance.rules import Sign
from calakan.audit import services as audit
from calakan.diklat.models import LiveSession
from calakan.enrolment import services as enrolment
from calakan.enrolment.errors import NoSeatLeft
from calakan.enrolment.models import EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound, OwnCase
from calakan.kernel.wording import phrase

# What surely means one person and was understood is evidence without a look, though it counts for nobody by itself.
SETTLED = frozenset({Verdict.SHORT, Verdict.LATE, Verdict.ABSENT, Verdict.ALREADY, Verdict.TAKEN_AWAY})
AROUND = timedelta(hours=2)


@dataclass(frozen=True)
class Options:
    """How a file is read. `least_minutes` None: the usual share of each session; `zone` "": that of the house.

    `unit`: what bare durations are (`minutes`, `seconds`, `hours`) where their column does not say; "": nobody said.
    """

    least_minutes: int | None = None
    zone: str = ""
    by_name: bool = True
    unit: str = ""


@dataclass(frozen=True)
class Stored:
    """`again`: this very file was read for this session before, and nothing was changed now."""

    batch_id: int
    again: bool
    plan: Plan


def store(
    session_id: int, content: bytes, *, name: str, options: Options = Options(), actor: Actor, now: datetime
) -> Stored:
    """Keep what a file says of a session; marks nobody. A look that nobody acted upon is replaced when read otherwise.

    Raises TableUnreadable, ListIsNoEvidence, and what `services.open_for_marking` raises.
    """
    session = services.refuse_marking(session_id, now=now)
    listed = matching.read(session, content, zone=ZoneInfo(options.zone) if options.zone else None, unit=options.unit)
    return _store(session, listed, content, name=name, options=options, actor=actor, now=now)


def store_by_time(
    sessions: Sequence[LiveSession], content: bytes, *, name: str, options: Options, actor: Actor, now: datetime
) -> list[Stored]:
    """The same where each line finds its session by its date and hours; one batch a session that has some.

    Raises ListOfNoSession, and whatever `store` raises.
    """
    shares: list[tuple[LiveSession, Listed]] = []
    timed = not sessions
    for session in sessions:
        listed = matching.read(
            session, content, zone=ZoneInfo(options.zone) if options.zone else None, unit=options.unit
        )
        timed |= any(entry.span is not None or entry.stamp is not None for entry in listed.entries)
        if any(_about(entry, session) for entry in listed.entries):
            shares.append((session, listed))
    if not shares:
        raise ListOfNoSession(timeless=not timed)
    stored = []
    for at, (session, listed) in enumerate(shares):
        rest = [other for other, _ in shares if other is not session]
        mine = [e for e in listed.entries if _about(e, session) or (at == 0 and not any(_about(e, s) for s in rest))]
        fresh = services.refuse_marking(session.id, now=now)
        share = replace(listed, entries=mine)
        stored.append(_store(fresh, share, content, name=name, options=options, actor=actor, now=now))
    return stored


def _about(entry: Entry, session: LiveSession) -> bool:
    if entry.span is not None:
        return entry.span.start < session.ends_at and entry.span.end > session.starts_at
    return entry.stamp is not None and session.starts_at - AROUND <= entry.stamp <= session.ends_at + AROUND


def _store(
    session: LiveSession, listed: Listed, content: bytes, *, name: str, options: Options, actor: Actor, now: datetime
) -> Stored:
    """A long file is read and matched before the session is locked: nobody who types a code meanwhile waits for that."""
    plan = matching.plan_of(session, listed, least_minutes=options.least_minutes)
    session = services.open_for_marking(session.id, now=now)
    file_hash = hashlib.sha256(content).hexdigest()
    known = _standing(session.id, file_hash)
    if known is not None:
        was = (known.zone, known.least_minutes, known.asked_minutes, known.by_name, known.unit)
        same = was == (options.zone, plan.least_minutes, plan.asked_minutes, options.by_name, options.unit)
        if known.is_applied or (same and not _has_left(session, known)):
            return Stored(known.id, True, plan)
        known.state, known.undone_at = BatchState.UNDONE, now
    batch = Batch(
        live_session_id=session.id,
        file_name=name[:80],
        file_hash=file_hash,
        zone=options.zone,
        least_minutes=plan.least_minutes,
        asked_minutes=plan.asked_minutes,
        by_name=options.by_name,
        unit=options.unit,
        ignored=plan.ignored,
        hidden=plan.hidden,
        elsewhere=plan.elsewhere,
        made_at=now,
        made_by_id=actor.person_id,
    )
    db.session().add(batch)
    db.session().flush()
    groups: list[Found | Left] = [*plan.found, *plan.left]
    rows = [_line(batch.id, row, by_name=options.by_name) for row in groups]
    if rows:
        db.session().execute(sa.insert(BatchLine), rows)
    audit.record("attendance.read_list", session, actor=actor, now=now, batch=batch.id, lines=len(rows))
    return Stored(batch.id, False, plan)


def _has_left(session: LiveSession, known: Batch) -> bool:
    """Whether somebody whom it may mean has lost the seat since somebody looked."""
    rows = lines(known.id)
    return not {*sure(rows).values(), *likely(rows).values()} <= participants(session.diklat_id).keys()


def _standing(session_id: int, file_hash: str) -> Batch | None:
    return db.session().scalar(
        sa.select(Batch)
        .where(Batch.live_session_id == session_id, Batch.file_hash == file_hash, Batch.state != BatchState.UNDONE)
        .order_by(Batch.id.desc())
        .limit(1)
    )


def _line(batch_id: int, row: Found | Left, *, by_name: bool) -> dict[str, object]:
    candidates = [row.participant] if isinstance(row, Found) else row.candidates
    by, lane, verdict = (row.by.value if isinstance(row, Found) else ""), row.lane, row.proven
    if lane is Lane.SURE and by == By.NAME and not by_name:
        lane, verdict = Lane.LIKELY, Verdict.LIKELY if verdict is Verdict.PRESENT else verdict
    return {
        "batch_id": batch_id,
        "lines": list(row.lines),
        "shown": row.shown[:200],
        "email": row.email[:200],
        "number": row.number[:40],
        "said": row.said[:200],
        "minutes": row.minutes,
        "starts_at": row.window.start if row.window is not None else None,
        "ends_at": row.window.end if row.window is not None else None,
        "pieces": [piece.written() for piece in row.pieces],
        "lane": lane.value,
        "verdict": verdict.value,
        "by": by,
        "why": row.why.value if row.why else "",
        "unclear": row.unclear.value if row.unclear else "",
        "candidates": [each.person_id for each in candidates],
        "person_id": candidates[0].person_id if lane is Lane.SURE else None,
    }


def apply(batch_id: int, given: Mapping[int, int], *, claimed: bool = False, actor: Actor, now: datetime) -> int:
    """Keep as evidence what the lines say that are given to somebody (line -> person), and those that are settled.

    Lines given before stay so; returns how many are present that were not. Raises NotFound, BatchUndone,
    NotAParticipant, AttendanceFinal, CheckInNotOpen, and OwnCase for whoever gives himself a line that does not surely mean
    him, unless it is `claimed` by the rules of `claiming`.
    """
    batch, session = _open(batch_id, now=now)
    rows = {row.id: row for row in lines(batch_id)}
    if set(given) - rows.keys():
        raise NotFound()
    fresh = {id: person for id, person in given.items() if rows[id].given_at is None}
    if not claimed and any(person == actor.person_id and not _surely(rows[id], person) for id, person in fresh.items()):
        raise OwnCase()
    for id, person in settled(session, rows.values()).items():
        if person != actor.person_id or _surely(rows[id], person):
            fresh.setdefault(id, person)
    there = services.marked(session.id)
    said = [sign for id, person in fresh.items() for sign in _evidence(batch, rows[id], person, actor)]
    new = services.keep_lines(session.id, said, source=_source(batch), actor=actor, now=now)
    made = services.marked(session.id) - there
    for id, person in fresh.items():
        rows[id].person_id, rows[id].given_at = person, now
        rows[id].marked_at = now if person in made else None
    if fresh:
        batch.state = BatchState.APPLIED
    db.session().flush()
    return new


def settled(session: LiveSession, rows: Iterable[BatchLine]) -> dict[int, int]:
    """line -> person: lines of participants that need no look: too short, too late, absent, or present already."""
    found = {
        row.id: row.person_id
        for row in rows
        if row.lane == Lane.SURE
        and row.verdict in SETTLED
        and not row.unclear
        and row.person_id is not None
        and row.given_at is None
    }
    seated = participants(session.diklat_id) if found else {}
    return {line: person for line, person in found.items() if person in seated}


def _source(batch: Batch) -> str:
    return f"Impor {batch.file_name}"


def signs(batch: Batch, row: BatchLine) -> list[Sign]:
    """What a line would say for whomever it is given to."""
    return [piece.sign(least=batch.asked_minutes, file=batch.id) for piece in _pieces(batch, row)]


def _pieces(batch: Batch, row: BatchLine) -> list[Piece]:
    """One for each line of the file. What was not clear counts where a person chose the line."""
    pieces = [Piece.read(piece) for piece in row.pieces] or [_whole(batch, row)]
    return looked_at(pieces) if row.verdict == Verdict.REVIEW else clear(pieces)


def _whole(batch: Batch, row: BatchLine) -> Piece:
    """Of a list that was read before its lines were kept one by one."""
    minutes = 0 if row.verdict == Verdict.LATE else None if row.minutes is None else int(row.minutes)
    at = row.starts_at or batch.live_session.starts_at
    return Piece(row.lines[0], at, minutes=minutes, present=row.verdict != Verdict.ABSENT)


def _evidence(batch: Batch, row: BatchLine, person_id: int, actor: Actor) -> list[Evidence]:
    return [
        Evidence(
            live_session_id=batch.live_session_id, person_id=person_id, kind=Kind.LINE, at=piece.at, until=piece.until,
            present=piece.present, minutes=piece.minutes, most=piece.most, least=batch.asked_minutes,
            source=_source(batch), batch_id=batch.id, line=piece.line, reason=_reason(batch, piece),
            by_id=actor.person_id,
        )
        for piece in _pieces(batch, row)
    ]  # fmt: skip


def _reason(batch: Batch, piece: Piece) -> str:
    if piece.minutes is None:
        return _source(batch)
    return phrase("attendance.listed", source=_source(batch), minutes=piece.minutes)


def leave_out(batch_id: int) -> None:
    """Whoever is certain and was not given his line keeps no tick: somebody has looked, and took it away."""
    rows = lines(batch_id)
    certain = sure(rows)
    for row in rows:
        row.left_out = row.id in certain
    db.session().flush()


def apply_likely(batch_id: int, looked_at: Set[int], *, actor: Actor, now: datetime) -> int:
    """Mark at once whoever is `likely` by the lines that somebody looked at; returns how many are new.

    What became likely after the look, or is not so any more, is left. Raises what `apply` raises.
    """
    batch, session = _open(batch_id, now=now)
    seated = participants(session.diklat_id)
    found = likely(lines(batch.id)).items()
    given = {line: person for line, person in found if line in looked_at and person in seated}
    return apply(batch.id, given, actor=actor, now=now) if given else 0


def enrol_and_apply(batch_id: int, line_id: int, person_id: int, *, actor: Actor, now: datetime) -> int:
    """Seat somebody who was there, and give him the line. Raises NoSeatLeft, and what `enrolment.join` and `apply` raise."""
    batch, session = _open(batch_id, now=now)
    seat = enrolment.join(session.diklat_id, person_id, actor=actor, now=now, by_hand=True, was_there=True)
    if seat.state is not EnrolmentState.CONFIRMED:
        raise NoSeatLeft(wanted=1, free=0)
    return apply(batch.id, {line_id: person_id}, actor=actor, now=now)


def _surely(row: BatchLine, person_id: int) -> bool:
    return row.lane == Lane.SURE and row.by != By.NAME and row.person_id == person_id


def undo(batch_id: int, *, actor: Actor, now: datetime) -> int:
    """Take back every presence that this list made and nobody changed since; returns how many.

    Raises NotFound, BatchUndone, AttendanceFinal, CheckInNotOpen. Whether papers rest on it is asked by
    `certificates.undoing`.
    """
    batch, session = _open(batch_id, now=now)
    before = services.marked(session.id)
    evidence.withdraw(session, batch.id, now=now)
    gone = before - services.marked(session.id)
    batch.state, batch.undone_at = BatchState.UNDONE, now
    db.session().flush()
    audit.record("attendance.undo_list", session, actor=actor, now=now, batch=batch.id, count=len(gone))
    return len(gone)


def _open(batch_id: int, *, now: datetime) -> tuple[Batch, LiveSession]:
    """With the diklat and the session locked. Raises NotFound, BatchUndone, and what `open_for_marking` raises."""
    session_id = db.session().scalar(sa.select(Batch.live_session_id).where(Batch.id == batch_id))
    if session_id is None:
        raise NotFound()
    session = services.open_for_marking(session_id, now=now)
    batch = db.session().get_one(Batch, batch_id, populate_existing=True)
    if batch.is_undone:
        raise BatchUndone()
    return batch, session


def batch(batch_id: int) -> Batch | None:
    """With its session and diklat."""
    wanted = sa.select(Batch).where(Batch.id == batch_id)
    found = wanted.options(joinedload(Batch.live_session).joinedload(LiveSession.diklat))
    return db.session().scalar(found) if batch_id < 2**31 else None


def batches(diklat_id: int, *, limit: int = 50) -> list[Batch]:
    """The newest first."""
    wanted = (
        sa.select(Batch)
        .join(LiveSession, LiveSession.id == Batch.live_session_id)
        .where(LiveSession.diklat_id == diklat_id)
        .options(joinedload(Batch.live_session).joinedload(LiveSession.diklat))
        .order_by(Batch.id.desc())
        .limit(limit)
    )
    return list(db.session().scalars(wanted))


def lines(batch_id: int) -> list[BatchLine]:
    return list(db.session().scalars(sa.select(BatchLine).where(BatchLine.batch_id == batch_id).order_by(BatchLine.id)))


def has_fallen(batch: Batch) -> bool:
    """Whether nothing that it gave stands although nobody undid it, as after its session was moved."""
    signs = db.session().scalars(sa.select(Evidence.withdrawn_at).where(Evidence.batch_id == batch.id)).all()
    return not batch.is_undone and bool(signs) and None not in signs


def line_count(session_id: int) -> int:
    """How many lines of lists are evidence of a session."""
    wanted = (
        sa.select(sa.func.count())
        .select_from(Evidence)
        .where(Evidence.live_session_id == session_id, Evidence.kind == Kind.LINE, Evidence.withdrawn_at.is_(None))
    )
    return db.session().scalar(wanted) or 0


def sure(rows: Sequence[BatchLine]) -> dict[int, int]:
    """line -> person: those who count without a look."""
    return {
        row.id: row.person_id
        for row in rows
        if row.lane == Lane.SURE
        and row.verdict == Verdict.PRESENT
        and row.person_id is not None
        and row.given_at is None
    }


def likely(rows: Sequence[BatchLine]) -> dict[int, int]:
    """line -> person: what a look would accept at once, where exactly one line may mean somebody."""
    named: dict[int, list[BatchLine]] = {}
    for row in rows:
        for person in row.candidates:
            named.setdefault(person, []).append(row)
    return {
        found[0].id: person
        for person, found in named.items()
        if len(found) == 1
        and found[0].lane == Lane.LIKELY
        and len(found[0].candidates) == 1
        and found[0].verdict in (Verdict.LIKELY, Verdict.PRESENT)
        and found[0].given_at is None
    }
