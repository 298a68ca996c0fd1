"""The struktur program: what is taught, with JP. Its sum is the JP of the diklat (PerLAN 5/2018).

JP of what is taught in sessions never exceed what their scheduled minutes carry.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.diklat import jp as hours
from calakan.diklat.errors import RowInUse
from calakan.diklat.models import Diklat, Group, LiveSession, ProgrammeRow
from calakan.diklat.services.details import open_for_change
from calakan.diklat.services.shares import fit, planned_of, sum_up
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound


def add_row(
    diklat_id: int, *, title: str, note: str = "", group: Group, jp: int, live: bool, actor: Actor, now: datetime
) -> ProgrammeRow:
    """Append a row. Raises DiklatFinal."""
    diklat = open_for_change(diklat_id)
    row = append_row(diklat, title=title, note=note, group=group, jp=jp, live=live)
    audit.record("diklat.add_row", diklat, actor=actor, now=now, title=title, jp=jp)
    return row


def append_row(
    diklat: Diklat, *, title: str, note: str = "", group: Group, jp: int, live: bool, typed: bool = True
) -> ProgrammeRow:
    """For services that hold the diklat's lock. Not `typed`: its JP follow the minutes of its sessions."""
    last = db.session().scalar(sa.select(sa.func.max(ProgrammeRow.position)).where(ProgrammeRow.diklat_id == diklat.id))
    row = ProgrammeRow(
        diklat_id=diklat.id,
        position=(last or 0) + 1,
        title=title,
        note=note,
        group=group,
        jp=jp,
        jp_typed=typed,
        live=live,
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
    _set_jp(diklat, row, jp)
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
    fit(diklat)
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
    row = db.session().get_one(ProgrammeRow, row_id)
    row.jp, row.jp_typed = jp, True
    fit(db.session().get_one(Diklat, row.diklat_id))


def _set_jp(diklat: Diklat, row: ProgrammeRow, jp: int) -> None:
    """What is typed never exceeds the row's own minutes; a JP that rests lend stands as long as it is left so.

    Raises JpAboveMinutes.
    """
    taught = planned_of(row.id)
    if not taught:
        row.jp, row.jp_typed = jp, True
    elif jp != sum(session.jp for session in taught):
        minutes, per_jp = hours.minutes_of(*taught), diklat.minutes_per_jp
        hours.refuse_above(jp, minutes, hours.carried(minutes, per_jp), per_jp)
        row.jp, row.jp_typed = jp, True
    fit(diklat)
