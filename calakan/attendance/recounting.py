"""Another rule decides anew about everybody of a diklat: about few at once, about many by the workers, session by session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.attendance import evidence
from calakan.attendance.models import Evidence, Presence, Recount
from calakan.diklat.models import LiveSession
from calakan.kernel import db

QUEUE = "attendance.recount"
# Decisions that a request may make itself.
MANY = 300


def ask(diklat_id: int, *, now: datetime) -> None:
    """Decide anew about everybody of whom there is a sign, now or soon."""
    found = _counted(LiveSession.diklat_id == diklat_id)
    if sum(found.values()) > MANY:
        _later(found, now=now)
    elif found:
        evidence.derive_diklat(diklat_id, now=now)


def ask_session(session: LiveSession, *, now: datetime) -> None:
    """The same of one session, which the caller has locked: no other is, so that nobody waits for it the other way round."""
    found = _counted(LiveSession.id == session.id)
    if sum(found.values()) > MANY:
        _later(found, now=now)
    elif found:
        evidence.derive_session(session, now=now)


def _counted(which: sa.ColumnElement[bool]) -> dict[int, int]:
    """Of how many people there is a sign in each of these sessions."""
    signs = sa.union(*(sa.select(model.live_session_id, model.person_id) for model in (Evidence, Presence))).subquery()
    counted = (
        sa.select(signs.c.live_session_id, sa.func.count())
        .join(LiveSession, LiveSession.id == signs.c.live_session_id)
        .where(which)
        .group_by(signs.c.live_session_id)
    )  # fmt: skip
    return dict(db.session().execute(counted).all())


def _later(sessions: Iterable[int], *, now: datetime) -> None:
    # A worker takes its row away before it reads the rule, so what is asked meanwhile is a new row, and done again.
    db.insert_new(Recount, [{"live_session_id": session_id, "asked_at": now} for session_id in sorted(sessions)])
    db.ring(QUEUE)


def take(*, now: datetime) -> bool:
    """Do what waits longest, of one session; whether there was any. Any number of workers may do this at once."""
    wanted = sa.select(Recount).order_by(Recount.id).limit(1).with_for_update(skip_locked=True)
    row = db.session().scalar(wanted)
    if row is None:
        return False
    _do(row, now=now)
    return True


def catch_up(diklat_id: int, *, now: datetime) -> None:
    """What still waits of this diklat, before somebody rests papers on it."""
    for row in _waiting(diklat_id):
        _do(row, now=now)


def is_waiting(diklat_id: int) -> bool:
    return bool(_waiting(diklat_id))


def _waiting(diklat_id: int) -> Sequence[Recount]:
    wanted = sa.select(Recount).join(LiveSession, LiveSession.id == Recount.live_session_id)
    return db.session().scalars(wanted.where(LiveSession.diklat_id == diklat_id).order_by(Recount.id)).all()


def _do(row: Recount, *, now: datetime) -> None:
    session_id = row.live_session_id
    gone = db.session().execute(sa.delete(Recount).where(Recount.id == row.id))
    if db.touched(gone):
        evidence.derive_session(db.lock(LiveSession, session_id), now=now)
