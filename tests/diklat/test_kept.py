"""What is kept of a diklat is never older than what is stored, whoever changed it and however."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.assessment import programme
from calakan.assessment.models import Exam, ExamKind, Exercise, RowProof
from calakan.assessment.queries import exams, exercises
from calakan.assessment.services import exams as setting
from calakan.diklat import kept, queries
from calakan.diklat.models import Diklat, DiklatLevel, DiklatPost, DiklatTopic, LiveSession, ProgrammeRow
from calakan.diklat.services import sessions
from calakan.kernel import clock, db
from tests import factories
from tests.assessment import courses

WATCHED = (DiklatTopic, DiklatLevel, DiklatPost, ProgrammeRow, LiveSession, Exercise, Exam, RowProof)


def edition(diklat_id: int) -> int:
    db.session().rollback()
    found = db.session().scalar(sa.select(Diklat.edition).where(Diklat.id == diklat_id))
    assert found is not None
    return found


def asked(act: Callable[[], object]) -> int:
    found: list[object] = []

    def note(*args: object) -> None:
        found.append(args)

    sa.event.listen(db.engine(), "before_cursor_execute", note)
    try:
        act()
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", note)
    return len(found)


def test_it_is_read_again_once_it_has_changed_and_not_before(app: Flask) -> None:
    id = factories.diklat().id
    (session,) = queries.sessions_of(id)
    db.session().rollback()
    diklat = db.session().get_one(Diklat, id)
    assert asked(lambda: queries.sessions_of(diklat.id)) == 0
    with db.transaction() as writing:
        writing.execute(sa.update(LiveSession).values(title="Lain"))
    assert [row.title for row in queries.sessions_of(id)] == ["Lain"]
    with db.transaction():
        sessions.add(id, plan(), actor=factories.SYSTEM, now=clock.now())
    assert [row.title for row in queries.sessions_of(id)] == ["Lain", "Sesi 2"]
    assert session is queries.sessions_of(id)[0]
    assert session.title == "Lain"


def named(id: int) -> Diklat:
    return db.session().scalars(sa.select(Diklat).where(Diklat.id == id).options(*queries.NAMED)).one()


def plan() -> sessions.SessionPlan:
    start = factories.morning(9)
    return sessions.SessionPlan(title="Sesi 2", starts_at=start, ends_at=start + timedelta(hours=3))


def test_who_writes_reads_the_tables_and_what_was_undone_was_never_kept(app: Flask) -> None:
    id = factories.diklat().id
    queries.sessions_of(id)
    with contextlib.suppress(InterruptedError), db.transaction() as writing:
        writing.execute(sa.update(LiveSession).values(title="Batal"))
        assert [row.title for row in queries.sessions_of(id)] == ["Batal"]
        raise InterruptedError
    assert [row.title for row in queries.sessions_of(id)] == ["Sesi 1"]


def test_what_is_revived_is_as_good_as_loaded(app: Flask) -> None:
    id = factories.diklat(topics=["asesmen"]).id
    queries.sessions_of(id)
    db.session().rollback()
    db.session().expunge_all()
    diklat = named(id)
    (session,) = queries.sessions_of(id)
    assert session.diklat is diklat
    assert not db.session().dirty
    assert asked(lambda: kept.with_audience([diklat])) == 3
    db.session().expunge_all()
    diklat = named(id)
    assert asked(lambda: kept.with_audience([diklat])) == 0
    assert [row.topic for row in diklat.topics] == ["asesmen"]


@pytest.mark.parametrize("model", WATCHED, ids=lambda model: str(model.__tablename__))
def test_each_change_of_what_is_kept_draws_another_edition(app: Flask, model: type[db.Base]) -> None:
    """Of each column, so that a new one is watched as well; a lock is no change."""
    id = filled()
    target, before = db.table(model), edition(id)
    for column in target.columns:
        if column.name == "lock_count":
            continue
        with db.transaction() as session:
            session.execute(sa.update(target).values({column.name: column}))
        assert edition(id) != before, column.name
        before = edition(id)
    with db.transaction() as session:
        db.lock(Diklat, id)
        if model is LiveSession:
            db.lock(LiveSession, queries.sessions_of(id)[0].id)
    assert edition(id) == before
    with db.transaction() as session:
        rows = session.execute(sa.select(target)).mappings().all()
        if model in (ProgrammeRow, Exercise, Exam):
            session.execute(sa.delete(RowProof))
        if model is ProgrammeRow:
            session.execute(sa.delete(LiveSession))
    before = edition(id)
    with db.transaction() as session:
        session.execute(sa.delete(target))
    gone = edition(id)
    with db.transaction() as session:
        session.execute(sa.insert(target), [dict(row) for row in rows])
    assert len({before, gone, edition(id)}) == 3


def test_each_change_of_a_diklat_draws_another_edition(app: Flask) -> None:
    id = factories.diklat().id
    before = edition(id)
    for column in db.table(Diklat).columns:
        if column.name in ("lock_count", "edition"):
            continue
        with db.transaction() as session:
            session.execute(sa.update(Diklat).values({column.name: column}))
        assert edition(id) != before, column.name
        before = edition(id)


def filled() -> int:
    """A diklat with a row in each watched table."""
    id = factories.diklat(topics=["asesmen"]).id
    task_id = courses.task(id)
    plan = setting.ExamPlan(
        title="Tes",
        opens_at=factories.morning(1),
        closes_at=factories.morning(4),
        attempts_allowed=1,
        minutes=None,
        pass_score=70,
    )
    with db.transaction() as session:
        setting.set_exam(id, ExamKind.POST, plan, actor=factories.SYSTEM, now=clock.now())
        row = ProgrammeRow(diklat_id=id, position=9, title="Tugas", jp=1, live=False)
        session.add_all([DiklatLevel(diklat_id=id, jenjang="sd"), DiklatPost(diklat_id=id, jabatan="guru_kelas"), row])
        session.flush()
        session.add(RowProof(row_id=row.id, exercise_id=task_id))
    (shown,) = [row for row in programme.planned(db.session().get_one(Diklat, id)) if not row.row.live]
    assert shown.tasks == tuple(exercises.exercises(id))
    assert len(exams.exams(id)) == 1
    return id
