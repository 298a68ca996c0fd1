"""JP given to the rows of a diklat and to their sessions, whenever its minutes change. The caller holds its lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from calakan.diklat import jp as hours
from calakan.diklat import queries
from calakan.diklat.events import ProgrammeCounted
from calakan.diklat.models import Diklat, DiklatState, LiveSession, ProgrammeRow, SessionState
from calakan.kernel import db, events

Taught = tuple[ProgrammeRow, Sequence[LiveSession]]


def fit(diklat: Diklat) -> None:
    """Give each row that is taught the JP of its minutes, all rounded once (`jp.rounded`).

    One whose sessions were all called off keeps its own, and counts no more.
    """
    db.session().flush()
    taught = rows_taught(diklat.id)
    for (row, sessions), jp in zip(taught, _rounded(taught, diklat.minutes_per_jp), strict=True):
        share_out(jp, sessions)
        row.jp = jp


def most_of(row: ProgrammeRow, diklat: Diklat) -> int:
    """JP that its minutes carry beside those of the other rows."""
    db.session().flush()
    taught = rows_taught(diklat.id)
    asked = [(hours.minutes_of(*rows), each.jp if each.jp_typed and each is not row else None) for each, rows in taught]
    place = [each for each, _ in taught].index(row)
    return hours.rounded(asked, diklat.minutes_per_jp)[place]


def lent(row: ProgrammeRow, diklat: Diklat) -> bool:
    """Whether a JP of this row is made of what several rows leave over: more than its own minutes carry."""
    return row.jp > hours.carried(hours.minutes_of(*planned_of(row.id)), diklat.minutes_per_jp)


def share_out(jp: int, sessions: Sequence[LiveSession]) -> None:
    """Give so many JP of a row to these sessions, unless they have as many; their weights follow."""
    if jp != sum(session.jp for session in sessions):
        for session, share in zip(sessions, hours.shared_out(jp, sessions), strict=True):
            session.jp = share
    for session, weight in zip(sessions, hours.weights(jp, sessions), strict=True):
        session.weight = weight


def planned_of(row_id: int) -> Sequence[LiveSession]:
    """The sessions that teach a row, without those called off."""
    wanted = sa.select(LiveSession).where(LiveSession.row_id == row_id, LiveSession.state == SessionState.PLANNED)
    return db.session().scalars(wanted.order_by(LiveSession.starts_at, LiveSession.number)).all()


def left_without(session: LiveSession, diklat: Diklat) -> int:
    """JP that the other sessions of its row carry without this one."""
    row, taught = db.session().get_one(ProgrammeRow, session.row_id), planned_of(session.row_id)
    others = [other for other in taught if other.id != session.id]
    return hours.of_some(row.jp, others, taught, diklat.minutes_per_jp)


def jp_without(session: LiveSession) -> int:
    """What the diklat would announce were this session called off."""
    diklat = db.session().get_one(Diklat, session.diklat_id)
    if session.state is not SessionState.PLANNED:
        return diklat.jp
    left, counted = [], 0
    for row, sessions in rows_taught(diklat.id):
        counted += row.jp
        others = [other for other in sessions if other.id != session.id]
        typed = left_without(session, diklat) if row.id == session.row_id else row.jp
        if others:
            left.append((hours.minutes_of(*others), typed if row.jp_typed else None))
    return diklat.jp - counted + sum(hours.rounded(left, diklat.minutes_per_jp))


def rows_taught(diklat_id: int) -> list[Taught]:
    """Each row that has sessions which are not called off, in the order of the struktur program."""
    sessions = sa.select(LiveSession).where(
        LiveSession.diklat_id == diklat_id, LiveSession.state == SessionState.PLANNED
    )
    found: dict[int, list[LiveSession]] = defaultdict(list)
    for session in db.session().scalars(sessions.order_by(LiveSession.starts_at, LiveSession.number)):
        found[session.row_id].append(session)
    rows = sa.select(ProgrammeRow).where(ProgrammeRow.diklat_id == diklat_id)
    ordered = db.session().scalars(rows.order_by(ProgrammeRow.position, ProgrammeRow.id))
    return [(row, found[row.id]) for row in ordered if row.id in found]


def _rounded(taught: Sequence[Taught], per_jp: int) -> list[int]:
    return hours.rounded(
        [(hours.minutes_of(*sessions), row.jp if row.jp_typed else None) for row, sessions in taught], per_jp
    )


def sum_up(diklat: Diklat) -> None:
    """Bring JP, start and end of the diklat in line with its rows and sessions.

    A published diklat announces no JP that no paper would print. Enrolment that closes with the first session goes on doing so.
    """
    with_first = diklat.starts_at is not None and diklat.enrol_closes_at == diklat.starts_at
    db.session().flush()
    counted = sa.select(sa.func.sum(ProgrammeRow.jp)).where(ProgrammeRow.diklat_id == diklat.id, queries.stands())
    diklat.jp = db.session().scalar(counted) or 0
    diklat.starts_at, diklat.ends_at = (
        db.session()
        .execute(
            sa.select(sa.func.min(LiveSession.starts_at), sa.func.max(LiveSession.ends_at)).where(
                LiveSession.diklat_id == diklat.id, LiveSession.state == SessionState.PLANNED
            )
        )
        .one()
    )
    if with_first and diklat.starts_at is not None:
        diklat.enrol_closes_at = diklat.starts_at
    if diklat.state is DiklatState.PUBLISHED:
        events.announce(ProgrammeCounted(diklat.id))
