"""So many questions of a test, drawn for each attempt: kept with it, scored by it, and shown again as they were."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment import gains
from calakan.assessment.errors import DrawOfShared
from calakan.assessment.models import Attempt, Exam, ExamKind, Question
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import exams, questions
from calakan.kernel import clock, db
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import begin, exam, plan, save
from tests.assessment.test_results import closed

Opener = Callable[[int | None], FlaskClient]


def of(exam_id: int) -> Exam:
    return db.session().get_one(Exam, exam_id)


def drawn(attempt_id: int) -> list[int] | None:
    db.session().rollback()
    return db.session().get_one(Attempt, attempt_id).drawn


def test_each_attempt_draws_anew_and_is_scored_by_what_it_asks(app: Flask) -> None:
    diklat_id, _, people = course(3)
    id = exam(diklat_id, ExamKind.QUIZ, 40, draw=5, attempts_allowed=9)
    every = {row.id for row in queries.questions(of(id))}
    seen = set[tuple[int, ...]]()
    for person in people:
        attempt = begin(id, person)
        mine = drawn(attempt)
        assert mine is not None
        assert (len(set(mine)), begin(id, person), drawn(attempt)) == (5, attempt, mine)
        seen.add(tuple(mine))
        assert [row.question.id for row in queries.asked(of(id), person, db.session().get_one(Attempt, attempt))] != []
        other = next(iter(every - set(mine)))
        assert save(attempt, {other: 0}) == 0  # what was not asked counts for nothing
        assert save(attempt, {mine[0]: 0}) == 20
        assert save(attempt, dict.fromkeys(mine, 0), send=True) == 100
        seen.add(tuple(drawn(begin(id, person)) or ()))
    assert len(seen) > 3
    first = sorted(seen)[0][0]
    (counted,) = gains.solved([_question(first)], [of(id)], now=clock.now())
    assert counted.shares.get(id, 0.0) in (0.0, 100.0)  # nobody may have sent what was drawn so


def _question(id: int) -> Question:
    return db.session().get_one(Question, id)


def test_fewer_questions_than_are_drawn_are_asked_whole_and_old_attempts_stay(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    id = exam(diklat_id, ExamKind.QUIZ, 3)
    old = begin(id, ani)
    save(old, {row.id: 0 for row in queries.questions(of(id))[:2]}, send=True)
    for draw in (3, 2):
        with db.transaction():
            exams.change_exam(id, plan(draw=draw), actor=factories.SYSTEM, now=clock.now())
        assert drawn(old) is None
        if draw == 3:
            assert drawn(begin(id, budi)) is None
    assert len(drawn(begin(id, ani)) or []) == 2
    with db.transaction():
        questions.correct_key(id, 3, 1, actor=factories.SYSTEM, now=clock.now())
    assert db.session().get_one(Attempt, old).score == 66.67


def test_a_wrong_key_changes_the_scores_of_those_who_were_asked(app: Flask) -> None:
    diklat_id, _, people = course(6)
    id = exam(diklat_id, ExamKind.QUIZ, 4, draw=1)
    attempts = [begin(id, person) for person in people]
    for attempt in attempts:
        save(attempt, dict.fromkeys(drawn(attempt) or [], 1), send=True)
    position, wrong = 1, queries.questions(of(id))[0].id
    met = sum(drawn(attempt) == [wrong] for attempt in attempts)
    with db.transaction():
        assert questions.correct_key(id, position, 1, actor=factories.SYSTEM, now=clock.now()) == met


@pytest.mark.parametrize("kind", [ExamKind.PRE, ExamKind.POST])
def test_the_tests_before_and_after_ask_everything(app: Flask, kind: ExamKind) -> None:
    diklat_id, _, _ = course(0)
    with pytest.raises(DrawOfShared):
        exam(diklat_id, kind, draw=2)
    id = exam(diklat_id, kind)
    with pytest.raises(DrawOfShared), db.transaction():
        exams.change_exam(id, plan(draw=2), actor=factories.SYSTEM, now=clock.now())


def test_the_page_asks_what_was_drawn_and_shows_it_again(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course(1)
    id = exam(diklat_id, ExamKind.QUIZ, 8, draw=2, attempts_allowed=1)
    phone, address = client_of(ani), f"/belajar/{slug}/tes/1"
    assert "2 soal<" in phone.get(address).get_data(as_text=True)
    phone.post(f"{address}/mulai")
    page = phone.get(address).get_data(as_text=True)
    told = sorted(re.findall(r"<p>(Soal \d)</p>", page))
    assert (len(told), "soal-3" in page) == (2, False)
    answer = phone.post(f"{address}/kirim", data={"soal-1": "1", "soal-2": "1", "soal-3": "1"}, follow_redirects=True)
    assert "Jawaban terkirim." in answer.get_data(as_text=True)
    closed(id)
    again = phone.get(address).get_data(as_text=True)
    assert sorted(set(re.findall(r"<p>(Soal \d)</p>", again))) == told
