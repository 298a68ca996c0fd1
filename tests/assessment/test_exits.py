"""Each way out of a service of assessment that no page leads to by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from calakan.assessment import pictures, question_files, score_lists
from calakan.assessment.errors import ExamNotOpen, OwnWork, PictureUnreadable, ScoreInvalid
from calakan.assessment.models import Exam, ExamKind, Exercise
from calakan.assessment.services import attempts, exams, exercises, proving, questions, reviewing, scores
from calakan.attendance import lists
from calakan.diklat.errors import DiklatFinal
from calakan.diklat.models import DiklatState, ProgrammeRow
from calakan.enrolment import services as enrolment
from calakan.enrolment.errors import NotEnrolled
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import DomainError, NotFound
from calakan.tables.errors import TableUnreadable
from tests import factories
from tests.assessment.courses import TEXT, brief, course, hand_in, task
from tests.assessment.test_exams import ITEM, exam, plan

SYSTEM, NOBODY = factories.SYSTEM, 10**8
Act = Callable[..., Any]


def refused(error: type[DomainError], act: Act, *given: Any, **named: Any) -> DomainError:
    named = {"actor": SYSTEM, "now": clock.now()} | named
    with pytest.raises(error) as found, db.transaction():
        act(*given, **named)
    return found.value


def acting(person_id: int) -> Actor:
    return Actor(person_id=person_id, name="Ani", roles=frozenset({Role.NARASUMBER}))


def waiting(diklat_id: int) -> int:
    """Somebody in the line."""
    id = factories.person("Menunggu").id
    with db.transaction():
        enrolment.join(diklat_id, id, actor=SYSTEM, now=clock.now())
    return id


def test_a_test_that_is_none_or_was_withdrawn(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    gone = exam(diklat_id, count=1)
    with db.transaction():
        exams.withdraw_exam(gone, actor=SYSTEM, now=clock.now())
    for id in (NOBODY, gone):
        refused(NotFound, attempts.begin, id, ani)
        refused(NotFound, exams.change_exam, id, plan())
        refused(NotFound, exams.withdraw_exam, id)
        refused(NotFound, questions.correct_key, id, 1, 1)
        refused(NotFound, scores.import_scores, id, {ani: 80}, source="x")


def test_a_task_that_is_none_or_was_withdrawn(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    gone = task(diklat_id)
    hand_in(gone, ani)
    with db.transaction():
        exercises.withdraw_task(gone, actor=SYSTEM, now=clock.now())
    for id in (NOBODY, gone):
        refused(NotFound, exercises.change_task, id, brief())
        refused(NotFound, exercises.withdraw_task, id)
        refused(NotFound, reviewing.accept, id, {ani: 1})
        refused(NotFound, reviewing.give_back, id, ani, 1, remark="x")


def test_whoever_waits_or_left_sits_nothing_and_hands_nothing_in(app: Flask) -> None:
    diklat_id, _, (ani,) = course(quota=1)
    test, work, line = exam(diklat_id), task(diklat_id), waiting(diklat_id)
    for person in (line, NOBODY):
        refused(NotEnrolled, attempts.begin, test, person)
        refused(NotEnrolled, scores.import_scores, test, {ani: 80, person: 80}, source="x")
        with pytest.raises(NotEnrolled):
            hand_in(work, person, TEXT)


@pytest.mark.parametrize("state", [DiklatState.CLOSED, DiklatState.CANCELLED])
def test_no_attempt_begins_once_the_diklat_is_over(app: Flask, state: DiklatState) -> None:
    diklat_id, _, (ani,) = course()
    id = exam(diklat_id)
    with db.transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE diklat SET state = '{state.value}'")
    assert refused(ExamNotOpen, attempts.begin, id, ani).facts == {"why": "over"}


def test_scores_are_brought_in_after_the_closing_and_not_for_what_was_called_off(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id = exam(diklat_id)
    for score in (-1, 100.5):
        refused(ScoreInvalid, scores.import_scores, id, {ani: score}, source="x")
    refused(OwnWork, scores.import_scores, id, {ani: 80}, source="x", actor=acting(ani))
    with db.transaction() as session:
        session.connection().exec_driver_sql("UPDATE diklat SET state = 'closed'")
    with db.transaction():
        assert scores.import_scores(id, {ani: 80}, source="x", actor=SYSTEM, now=clock.now()) == 1
    with db.transaction() as session:
        session.connection().exec_driver_sql("UPDATE diklat SET state = 'cancelled'")
    refused(DiklatFinal, scores.import_scores, id, {ani: 81}, source="x")


def test_nobody_judges_his_own_work(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    id = task(diklat_id)
    for person in (ani, budi):
        hand_in(id, person)
    refused(OwnWork, reviewing.accept, id, {ani: 1, budi: 1}, actor=acting(ani))
    refused(OwnWork, reviewing.give_back, id, ani, 1, remark="x", actor=acting(ani))


def test_a_question_and_a_session_are_of_their_own_test_and_diklat(app: Flask) -> None:
    diklat_id, other = course(0)[0], course(0, title="Lain")[0]
    id = exam(diklat_id, count=2)
    for act in (
        lambda place, **n: questions.change_question(id, place, ITEM, **n),
        lambda place, **n: questions.remove_question(id, place, **n),
        lambda place, **n: questions.correct_key(id, place, 1, **n),
    ):
        for place in (0, 3):
            refused(NotFound, act, place)
    theirs = factories.live_session(other, clock.now() + timedelta(days=3)).id
    for session_id in (theirs, NOBODY):
        refused(NotFound, exams.change_exam, id, plan(live_session_id=session_id))
        refused(NotFound, exams.set_exam, diklat_id, ExamKind.QUIZ, plan(live_session_id=session_id))


@pytest.mark.parametrize("model", [Exam, Exercise])
def test_work_shows_a_row_of_its_diklat_that_is_done_at_home(app: Flask, model: type[Exam | Exercise]) -> None:
    diklat_id, other = course(0)[0], course(0, title="Lain")[0]
    id = exam(diklat_id, count=1) if model is Exam else task(diklat_id)
    rows = {}
    with db.transaction() as session:
        for name, of, live in (("own", diklat_id, False), ("taught", diklat_id, True), ("theirs", other, False)):
            row = ProgrammeRow(diklat_id=of, title=name, jp=1, live=live, position=9)
            session.add(row)
            session.flush()
            rows[name] = row.id
    for name in ("taught", "theirs"):
        with pytest.raises(NotFound), db.transaction() as session:
            proving.show(session.get_one(model, id), rows[name])
    with db.transaction() as session:
        proving.show(session.get_one(model, id), rows["own"])
        assert proving.row_shown_by(session.get_one(model, id)) == rows["own"]


def test_files_that_are_too_large_or_empty(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PictureUnreadable) as found:
        pictures.kept(app.extensions["calakan.files"], b"\xff" * (pictures.MOST_BYTES + 1))
    assert found.value.facts == {"why": "large"}
    id = exam(course(0)[0])
    monkeypatch.setattr(lists, "MOST_LINES", 3)
    many = b"Email,Nilai\n" + b"a@x.id,80\n" * 3
    with pytest.raises(TableUnreadable) as large:
        score_lists.plan(db.session().get_one(Exam, id), many, most=100)
    assert large.value.facts["why"] == "large"
    for content, why in (
        (b"soal,opsi_a,opsi_b,kunci\n", "empty"),
        (b"Bukan bank soal dan bukan tabel\n", "columns"),
        (b"PK\x03\x04 rusak", "format"),
    ):
        with pytest.raises(TableUnreadable) as unread:
            question_files.read(content)
        assert unread.value.facts["why"] == why, content
