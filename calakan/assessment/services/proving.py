"""Which row of the struktur program a task or a test shows to be done."""

from __future__ import annotations

import sqlalchemy as sa

from calakan.assessment.models import Exam, Exercise, RowProof
from calakan.diklat.models import Diklat, ProgrammeRow
from calakan.diklat.services.shares import sum_up
from calakan.kernel import db
from calakan.kernel.errors import NotFound

Work = Exercise | Exam


def show_first(work: Work) -> None:
    """Give new work to the first row done at home that nothing shows yet, if there is one."""
    row_id = first_open(work.diklat_id)
    if row_id is not None:
        _give(work, row_id)
    count(work)


def first_open(diklat_id: int) -> int | None:
    """The first row done at home that nothing shows yet."""
    shown = sa.exists().where(RowProof.row_id == ProgrammeRow.id)
    wanted = _at_home(diklat_id).where(~shown).order_by(ProgrammeRow.position, ProgrammeRow.id).limit(1)
    return db.session().scalar(wanted)


def show(work: Work, row_id: int | None) -> None:
    """Give work to this row instead of another one, or to none. The caller holds the diklat's lock. Raises NotFound."""
    if row_id is not None and row_id not in set(db.session().scalars(_at_home(work.diklat_id))):
        raise NotFound()
    held = db.session().scalar(sa.select(RowProof).where(_of(work)))
    if held is not None and held.row_id != row_id:
        db.session().delete(held)
        db.session().flush()
    if row_id is not None and (held is None or held.row_id != row_id):
        _give(work, row_id)
    count(work)


def count(work: Work) -> None:
    """After a change of what is asked: what shows a row decides whether its JP are announced."""
    sum_up(db.session().get_one(Diklat, work.diklat_id))


def row_shown_by(work: Work) -> int | None:
    return db.session().scalar(sa.select(RowProof.row_id).where(_of(work)))


def _of(work: Work) -> sa.ColumnElement[bool]:
    return RowProof.exercise_id == work.id if isinstance(work, Exercise) else RowProof.exam_id == work.id


def _at_home(diklat_id: int) -> sa.Select[int]:
    return sa.select(ProgrammeRow.id).where(ProgrammeRow.diklat_id == diklat_id, ~ProgrammeRow.live)


def _give(work: Work, row_id: int) -> None:
    named = {"exercise_id": work.id} if isinstance(work, Exercise) else {"exam_id": work.id}
    db.session().add(RowProof(row_id=row_id, **named))
    db.session().flush()
