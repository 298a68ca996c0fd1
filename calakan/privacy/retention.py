"""How long each kind of data is kept, and what the beat takes away afterwards.

Whatever is taken away a portion at a time is asked for by what it still holds, so a sweep that was ended goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from calakan.assessment.models import Attempt, GivenAnswer, Submission, SubmissionFile
from calakan.assessment.services import discarding
from calakan.attendance.models import TIMED, Appeal, Evidence, Kind, Method, MissedCode, Presence
from calakan.audit import services as audit
from calakan.availability.models import BusyTime
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment.models import Enrolment
from calakan.kernel import db
from calakan.kernel.actor import system
from calakan.kernel.askable import Askable
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, VolunteerNote
from calakan.notifications.models import Bounce, Message
from calakan.office.queries import office_settings

AT_ONCE = 500
SETTLED = (WorkState.DONE, WorkState.FAILED, WorkState.UNCERTAIN, WorkState.DROPPED)
LONGEST = 3650


class Kept(Askable):
    """A kind of data that is kept for a while; its value names the setting that says for how many days."""

    ATTENDANCE = "attendance_days"
    WORK = "work_days"
    LISTS = "list_days"
    TRACES = "trace_days"
    MESSAGES = "message_days"
    CALENDAR = "calendar_days"
    EXPORTS = "export_days"


LEAST: Mapping[Kept, int] = dict.fromkeys(Kept, 30) | {Kept.EXPORTS: 1, Kept.CALENDAR: 1}
MOST: Mapping[Kept, int] = dict.fromkeys(Kept, LONGEST) | {Kept.EXPORTS: 365}


@dataclass(frozen=True)
class Part:
    """Rows that still say something of somebody when they are `old`; they keep what is not `emptied`, or go whole.

    `column` tells them apart; `before` is done with their numbers first, in the same transaction.
    """

    model: type[db.Base]
    old: Callable[[datetime], sa.ColumnElement[bool]]
    emptied: Mapping[str, Any] = field(default_factory=dict)
    column: InstrumentedAttribute[Any] | None = None
    before: Callable[[Sequence[int], datetime], None] | None = None


def _held(begins: datetime, column: InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    """In a session that ended before."""
    return column.in_(sa.select(LiveSession.id).where(LiveSession.ends_at < begins))


def _says(*columns: InstrumentedAttribute[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(column.not_in(["", "–"]) for column in columns))


def _begins() -> sa.ScalarSelect[Any]:
    return sa.select(LiveSession.starts_at).where(LiveSession.id == Evidence.live_session_id).scalar_subquery()


def _discard(ids: Sequence[int], now: datetime) -> None:
    discarding.drop_files(ids, now=now)


def _discard_photos(ids: Sequence[int], now: datetime) -> None:
    discarding.discard(
        filter(None, db.session().scalars(sa.select(Appeal.photo_sha256).where(Appeal.id.in_(ids)))), now=now
    )


_finished = sa.select(Diklat.id)
# Decisions, scores and what the certificates rest on stay: the words, times and answers around them go.
PARTS: Mapping[Kept, Sequence[Part]] = {
    Kept.ATTENDANCE: [
        Part(
            Evidence,
            lambda day: sa.and_(
                _held(day, Evidence.live_session_id),
                Evidence.kind.in_(TIMED),
                sa.or_(Evidence.at != _begins(), Evidence.until.is_not(None)),
            ),
            {"at": _begins(), "until": None},
        ),
        Part(
            Evidence,
            lambda day: sa.and_(
                _held(day, Evidence.live_session_id), Evidence.kind == Kind.HAND, _says(Evidence.reason)
            ),
            {"reason": "–"},
        ),
        Part(
            Presence,
            lambda day: sa.and_(
                _held(day, Presence.live_session_id), Presence.method == Method.HAND, _says(Presence.reason)
            ),
            {"reason": "–"},
        ),
        Part(
            Appeal,
            lambda day: sa.and_(
                _held(day, Appeal.live_session_id),
                sa.or_(_says(Appeal.text, Appeal.answer), Appeal.photo_sha256.is_not(None)),
            ),
            {"text": "", "answer": "", "photo_sha256": None},
            before=_discard_photos,
        ),
        Part(
            Enrolment,
            lambda day: sa.and_(
                Enrolment.diklat_id.in_(_finished.where(Diklat.ends_at < day)), _says(Enrolment.cancel_reason)
            ),
            {"cancel_reason": ""},
        ),
        Part(
            Assignment,
            lambda day: sa.and_(_held(day, Assignment.live_session_id), _says(Assignment.reason)),
            {"reason": ""},
        ),
        Part(VolunteerNote, lambda day: VolunteerNote.at < day),
    ],
    Kept.WORK: [
        Part(
            GivenAnswer,
            lambda day: GivenAnswer.attempt_id.in_(sa.select(Attempt.id).where(Attempt.ends_at < day)),
            column=GivenAnswer.attempt_id,
        ),
        Part(
            Submission,
            lambda day: sa.and_(
                Submission.handed_in_at < day,
                sa.or_(
                    _says(Submission.text, Submission.url, Submission.remark),
                    Submission.id.in_(sa.select(SubmissionFile.submission_id)),
                ),
            ),
            {"text": "", "url": "", "remark": ""},
            before=_discard,
        ),
    ],
    Kept.TRACES: [
        Part(MissedCode, lambda day: MissedCode.at < day),
        Part(Bounce, lambda day: sa.and_(Bounce.at < day, _says(Bounce.detail)), {"detail": ""}),
    ],
    Kept.MESSAGES: [
        Part(
            Message,
            lambda day: sa.and_(
                Message.created_at < day,
                Message.state.in_(SETTLED),
                _says(Message.subject, Message.body, Message.address),
            ),
            {"subject": "", "body": "", "address": "", "provider_id": "", "facts": {}},
        ),
    ],
    Kept.CALENDAR: [Part(BusyTime, lambda day: BusyTime.ends_at < day)],
}
"""Lists and exports have sweeps of their own, in `attendance` and `reports`."""


def days(kind: Kept) -> int:
    """For how long the office keeps it."""
    found: int = getattr(office_settings(), kind.value)
    return found


def forget_some(kind: Kept, *, now: datetime) -> int:
    """Take away up to AT_ONCE rows of each part of what was kept for long enough; returns how many, 0 when nothing is left."""
    before = now - timedelta(days=days(kind))
    gone = sum(_forget(part, before, now) for part in PARTS[kind])
    if gone:
        audit.record("privacy.forget", actor=system("retention"), now=now, name=kind.value, rows=gone)
    return gone


def _forget(part: Part, before: datetime, now: datetime) -> int:
    column = part.column if part.column is not None else db.table(part.model).c.id
    wanted = sa.select(column).where(part.old(before)).distinct().order_by(column).limit(AT_ONCE)
    ids = list(db.session().scalars(wanted))
    if not ids:
        return 0
    if part.before is not None:
        part.before(ids, now)
    these = sa.and_(column.in_(ids), part.old(before))
    act = sa.update(part.model).values(**part.emptied) if part.emptied else sa.delete(part.model)
    done = db.session().execute(act.where(these).execution_options(synchronize_session=False))
    return db.touched(done)
