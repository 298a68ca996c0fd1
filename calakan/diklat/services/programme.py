"""The struktur program: what is taught, with JP. Its sum is the JP of the diklat (PerLAN 5/2018).

JP of what is taught in sessions never exceed what their scheduled minutes carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat import jp as hours
from calakan.diklat import queries
from calakan.diklat.errors import RowInUse
from calakan.diklat.models import Diklat, Group, LiveSession, ProgrammeRow, SessionState
from calakan.diklat.services.details import open_for_change
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.office.queries import office_settings


def add_row(
    diklat_id: int, *, title: str, note: str = "", group: Group, jp: int, live: bool, actor: Actor, now: datetime
) -> ProgrammeRow:
    """Append a row. Raises DiklatFinal."""
    diklat = open_for_change(diklat_id)
    row = append_row(diklat, title=title, note=note, group=group, jp=jp, live=live)
    audit.record("diklat.add_row", diklat, actor=actor, now=now, title=title, jp=jp)
    return row


def append_row(diklat: Diklat, *, title: str, note: str = "", group: Group, jp: int, live: bool) -> ProgrammeRow:
    """For services that hold the diklat's lock."""
    last = db.session().scalar(sa.select(sa.func.max(ProgrammeRow.position)).where(ProgrammeRow.diklat_id == diklat.id))
    row = ProgrammeRow(
        diklat_id=diklat.id, position=(last or 0) + 1, title=title, note=note, group=group, jp=jp, live=live
    )
    db.session().add(row)
    db.session().flush()
    sum_up(diklat)
    return row


def change_row(
    row_id: int, *, title: str, note: str, group: Group, jp: int, live: bool, actor: Actor, now: datetime
) -> ProgrammeRow:
    """JP of a row with sessions are shared out among them.

    Raises NotFound, DiklatFinal, RowInUse when a row that sessions teach would become self-study, JpAboveMinutes.
    """
    diklat, row = _open_row(row_id)
    if row.live and not live and _taught(row_id):
        raise RowInUse()
    row.title, row.note, row.group, row.live = title, note, group, live
    _set_jp(row, jp)
    sum_up(diklat)
    audit.record("diklat.change_row", diklat, actor=actor, now=now, title=title, jp=jp)
    return row


def move_row(row_id: int, place: int, *, actor: Actor, now: datetime) -> ProgrammeRow:
    """Put a row at this place (1 is first), the others closing up. Raises NotFound, DiklatFinal."""
    diklat, row = _open_row(row_id)
    wanted = sa.select(ProgrammeRow).where(ProgrammeRow.diklat_id == diklat.id).order_by(ProgrammeRow.position)
    rows = list(db.session().scalars(wanted.execution_options(populate_existing=True)))
    index = min(max(place, 1), len(rows)) - 1
    if rows.index(row) == index:
        return row
    rows.remove(row)
    rows.insert(index, row)
    for position, each in enumerate(rows, start=1):
        each.position = position
    audit.record("diklat.move_row", diklat, actor=actor, now=now, title=row.title, place=row.position)
    return row


def remove_row(row_id: int, *, actor: Actor, now: datetime) -> None:
    """Raises NotFound, DiklatFinal, RowInUse when sessions teach it."""
    diklat, row = _open_row(row_id)
    if _taught(row_id):
        raise RowInUse()
    title = row.title
    db.session().delete(row)
    db.session().flush()
    sum_up(diklat)
    audit.record("diklat.remove_row", diklat, actor=actor, now=now, title=title)


def _taught(row_id: int) -> bool:
    return bool(db.session().scalar(sa.select(sa.exists().where(LiveSession.row_id == row_id))))


def _open_row(row_id: int) -> tuple[Diklat, ProgrammeRow]:
    diklat_id = db.session().scalar(sa.select(ProgrammeRow.diklat_id).where(ProgrammeRow.id == row_id))
    if diklat_id is None:
        raise NotFound()
    diklat = open_for_change(diklat_id)
    return diklat, db.session().get_one(ProgrammeRow, row_id)


def keep_jp(row_id: int, jp: int) -> None:
    """Plan a row of a locked diklat with so many JP, or as many as the minutes of its sessions carry."""
    db.session().flush()
    minutes = hours.minutes_of(*planned_of(row_id))
    row = db.session().get_one(ProgrammeRow, row_id)
    _set_jp(row, min(jp, hours.carried(minutes, office_settings().minutes_per_jp)))


def _set_jp(row: ProgrammeRow, jp: int) -> None:
    taught = planned_of(row.id)
    if taught and jp != sum(session.jp for session in taught):
        hours.refuse_above(jp, hours.minutes_of(*taught), office_settings().minutes_per_jp)
        share_out(jp, taught)
    row.jp = jp


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


def fit(row_id: int) -> None:
    """Give a row the JP of its sessions; one whose sessions were all called off keeps its own, and counts no more."""
    db.session().flush()
    taught = planned_of(row_id)
    if not taught:
        return
    jp = sum(session.jp for session in taught)
    share_out(jp, taught)
    db.session().get_one(ProgrammeRow, row_id).jp = jp


def left_without(session: LiveSession) -> int:
    """JP that the other sessions of its row carry without this one."""
    taught = planned_of(session.row_id)
    row = db.session().get_one(ProgrammeRow, session.row_id)
    others = [other for other in taught if other.id != session.id]
    return hours.of_some(row.jp, others, taught, office_settings().minutes_per_jp)


def jp_without(session: LiveSession) -> int:
    """What the diklat would announce were this session called off."""
    diklat = db.session().get_one(Diklat, session.diklat_id)
    if session.state is not SessionState.PLANNED:
        return diklat.jp
    return diklat.jp - db.session().get_one(ProgrammeRow, session.row_id).jp + left_without(session)


def sum_up(diklat: Diklat) -> None:
    """Bring JP, start and end of the diklat in line with its rows and sessions."""
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
