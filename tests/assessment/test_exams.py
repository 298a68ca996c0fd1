"""Tests at the services: setting them, their questions, sitting them, and the scores that count."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.assessment import gains, question_files
from calakan.assessment.errors import (
    AttemptOver,
    AttemptsUsedUp,
    ExamNotOpen,
    ExamOfThisKindExists,
    ExamTimesInvalid,
    QuestionInvalid,
    QuestionsInUse,
    TooManyQuestions,
)
from calakan.assessment.models import Attempt, Exam, ExamKind, GivenAnswer
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import attempts, exams, questions
from calakan.assessment.standing import standing
from calakan.diklat.services import states
from calakan.enrolment.errors import NotEnrolled
from calakan.kernel import clock, db
from calakan.tables.errors import TableUnreadable
from tests import factories
from tests.assessment.courses import course

ITEM = questions.Item("Apa itu rubrik?", ("Pedoman menilai", "Nilai akhir", "Soal"), 0)
DAY = timedelta(days=1)


def plan(**values: Any) -> exams.ExamPlan:
    now = clock.now()
    usual = exams.ExamPlan(
        title="Tes", opens_at=now - timedelta(minutes=1), closes_at=now + DAY, attempts_allowed=2, minutes=None,
        pass_score=70,
    )  # fmt: skip
    return replace(usual, **values)


def exam(diklat_id: int, kind: ExamKind = ExamKind.POST, count: int = 4, **values: Any) -> int:
    with db.transaction():
        id = exams.set_exam(diklat_id, kind, plan(**values), actor=factories.SYSTEM, now=clock.now()).id
    if count:
        add(id, *(replace(ITEM, text=f"Soal {n}") for n in range(count)))
    return id


def add(exam_id: int, *items: questions.Item) -> None:
    with db.transaction():
        questions.add_questions(exam_id, items, actor=factories.SYSTEM, now=clock.now())


def begin(exam_id: int, person_id: int) -> int:
    with db.transaction():
        return attempts.begin(exam_id, person_id, actor=factories.SYSTEM, now=clock.now()).id


def save(attempt_id: int, choices: dict[int, int], *, send: bool = False) -> float:
    with db.transaction():
        return attempts.save(attempt_id, choices, send=send, actor=factories.SYSTEM, now=clock.now()).score


def ids(exam_id: int) -> list[int]:
    return [row.id for row in queries.questions(db.session().get_one(Exam, exam_id))]


def sit(exam_id: int, person_id: int, right: int) -> float:
    """An attempt with this many right answers, sent."""
    attempt = begin(exam_id, person_id)
    return save(attempt, {id: 0 if n < right else 1 for n, id in enumerate(ids(exam_id))}, send=True)


def best(exam_id: int, person_id: int) -> float | None:
    return queries.best([exam_id], now=clock.now())[exam_id].get(person_id)


def test_what_setting_a_test_refuses(app: Flask) -> None:
    diklat_id, _, _ = course(0)
    now = clock.now()
    exam(diklat_id, ExamKind.PRE)
    with pytest.raises(ExamOfThisKindExists):
        exam(diklat_id, ExamKind.PRE)
    for values in (
        {"closes_at": now - DAY, "opens_at": now - 2 * DAY},
        {"closes_at": now + DAY, "opens_at": now + DAY},
    ):
        with pytest.raises(ExamTimesInvalid):
            exam(diklat_id, ExamKind.POST, **values)
    exam(diklat_id, ExamKind.QUIZ, 0)
    exam(diklat_id, ExamKind.QUIZ, 0)
    found = queries.exams(diklat_id)
    assert sorted((row.number, row.kind.value, row.pass_score) for row in found) == [
        (1, "pre", None),
        (2, "quiz", None),
        (3, "quiz", None),
    ]


def test_before_and_after_share_their_questions_and_a_quiz_has_its_own(app: Flask) -> None:
    diklat_id, _, _ = course(0)
    before, after = exam(diklat_id, ExamKind.PRE, 3), exam(diklat_id, ExamKind.POST, 0)
    quiz = exam(diklat_id, ExamKind.QUIZ, 1)
    assert ids(before) == ids(after)
    assert [len(ids(id)) for id in (before, quiz)] == [3, 1]
    counts = queries.question_counts(queries.exams(diklat_id))
    assert (counts[before], counts[after], counts[quiz]) == (3, 3, 1)


def test_what_a_question_must_be(app: Flask) -> None:
    diklat_id, _, _ = course(0)
    id = exam(diklat_id, count=0)
    for item, why in (
        (replace(ITEM, options=("Satu",)), "options"),
        (replace(ITEM, options=("a", "b", "c", "d", "e", "f")), "options"),
        (replace(ITEM, options=("Ya", " ya ")), "options"),
        (replace(ITEM, answer=3), "answer"),
        (replace(ITEM, answer=-1), "answer"),
        (replace(ITEM, text=" "), "text"),
    ):
        with pytest.raises(QuestionInvalid) as refused:
            add(id, ITEM, item)
        assert refused.value.facts["why"] == why
    with pytest.raises(TooManyQuestions):
        add(id, *(replace(ITEM, text=f"Soal {n}") for n in range(101)))
    assert ids(id) == []


def test_questions_change_until_somebody_begins(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    before, after = exam(diklat_id, ExamKind.PRE, 3), exam(diklat_id, ExamKind.POST, 0)
    with db.transaction():
        questions.remove_question(after, 1, actor=factories.SYSTEM, now=clock.now())
        changed = replace(ITEM, text="Baru")
    with db.transaction():
        questions.change_question(before, 2, changed, actor=factories.SYSTEM, now=clock.now())
    rows = queries.questions(db.session().get_one(Exam, before))
    assert [(row.position, row.text) for row in rows] == [(1, "Soal 1"), (2, "Baru")]
    begin(before, ani)
    for exam_id in (before, after):
        with pytest.raises(QuestionsInUse):
            add(exam_id, ITEM)
    with pytest.raises(QuestionsInUse), db.transaction():
        questions.change_question(after, 1, changed, actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(QuestionsInUse), db.transaction():
        questions.remove_question(after, 1, actor=factories.SYSTEM, now=clock.now())
    # What was answered in a test that is withdrawn stays readable.
    with db.transaction():
        exams.withdraw_exam(before, actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(QuestionsInUse):
        add(after, ITEM)


def test_answers_are_kept_one_by_one_and_scored_at_once(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id = exam(diklat_id)
    attempt, (one, two, three, four) = begin(id, ani), ids(id)
    assert [save(attempt, {one: 0}), save(attempt, {two: 0}), save(attempt, {three: 1}), save(attempt, {one: 2})] == [
        25.0, 50.0, 50.0, 25.0,
    ]  # fmt: skip
    # Neither a question of another test nor an option that is not there counts, or harms.
    stray = ids(exam(diklat_id, ExamKind.QUIZ, 1))[0]
    assert save(attempt, {stray: 0, four: 9, one: 0}) == 50.0
    assert best(id, ani) is None
    assert save(attempt, {four: 0}, send=True) == 75.0
    assert best(id, ani) == 75.0
    # Sent twice it is sent once; afterwards nothing changes any more.
    assert save(attempt, {three: 0}, send=True) == 75.0
    with pytest.raises(AttemptOver):
        save(attempt, {three: 0})
    assert db.session().scalar(sa.select(sa.func.count()).select_from(GivenAnswer)) == 4


def test_what_was_saved_counts_when_the_time_is_up(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id = exam(diklat_id, minutes=30)
    attempt, (one, *_) = begin(id, ani), ids(id)
    save(attempt, {one: 0})
    assert db.session().get_one(Attempt, attempt).ends_at - db.session().get_one(
        Attempt, attempt
    ).started_at == timedelta(minutes=30)
    db.session().rollback()
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        with pytest.raises(AttemptOver):
            save(attempt, {one: 1}, send=True)
        assert best(id, ani) == 25.0
        assert begin(id, ani) != attempt


def test_an_attempt_ends_with_the_window_at_the_latest(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id = exam(diklat_id, minutes=600, closes_at=clock.now() + timedelta(minutes=10))
    attempt = db.session().get_one(Attempt, begin(id, ani))
    assert attempt.ends_at == db.session().get_one(Exam, id).closes_at


def test_beginning_twice_is_one_attempt_and_the_best_counts(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    id = exam(diklat_id)
    assert begin(id, ani) == begin(id, ani)
    assert sit(id, ani, 3) == 75.0
    assert sit(id, ani, 1) == 25.0
    with pytest.raises(AttemptsUsedUp):
        begin(id, ani)
    assert (best(id, ani), best(id, budi)) == (75.0, None)


def test_who_may_not_begin(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    now, closed = clock.now(), clock.now() + 2 * DAY
    coming = exam(diklat_id, ExamKind.QUIZ, 1, opens_at=now + DAY, closes_at=closed)
    empty, fine = exam(diklat_id, ExamKind.QUIZ, 0), exam(diklat_id, ExamKind.QUIZ, 1)
    for exam_id, why in ((coming, "early"), (empty, "empty")):
        with pytest.raises(ExamNotOpen) as refused:
            begin(exam_id, ani)
        assert refused.value.facts["why"] == why
    with time_machine.travel(closed), pytest.raises(ExamNotOpen) as refused:
        begin(fine, ani)
    assert refused.value.facts["why"] == "late"
    with pytest.raises(NotEnrolled):
        begin(fine, factories.person("Orang lain").id)
    with db.transaction():
        states.cancel(diklat_id, reason="Batal", actor=factories.SYSTEM, now=now)
    with pytest.raises(ExamNotOpen) as refused:
        begin(fine, ani)
    assert refused.value.facts["why"] == "over"
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Attempt)) == 0


def test_each_person_has_an_order_that_stays(app: Flask) -> None:
    diklat_id, _, people = course(6)
    found = db.session().get_one(Exam, exam(diklat_id, count=6))

    def order(person: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
        return tuple((row.question.id, tuple(p for p, _ in row.options)) for row in queries.asked(found, person))

    orders = {order(person) for person in people}
    assert len(orders) > 1
    assert all(order(person) == order(person) for person in people)
    assert {frozenset(id for id, _ in given) for given in orders} == {frozenset(ids(found.id))}


def test_right_answers_stay_hidden_while_anybody_can_use_them(app: Flask) -> None:
    diklat_id, _, _ = course(0, days=30)
    now = clock.now()
    before = exam(diklat_id, ExamKind.PRE, closes_at=now + DAY)

    def shown(id: int, at: datetime) -> bool:
        return queries.may_show_answers(db.session().get_one(Exam, id), now=at)

    assert not shown(before, now + 2 * DAY)  # the test at the end is still to come
    after = exam(diklat_id, ExamKind.POST, 0, closes_at=now + 10 * DAY)
    quiz = exam(diklat_id, ExamKind.QUIZ, closes_at=now + DAY)
    assert [shown(id, now + 2 * DAY) for id in (before, after, quiz)] == [False, False, True]
    assert not shown(after, now + 10 * DAY)  # what left a phone in time is still under way
    end = now + 10 * DAY + queries.UNDER_WAY
    assert [shown(id, end) for id in (before, after, quiz)] == [True, True, True]


def test_who_still_sits_keeps_the_answers_hidden(app: Flask) -> None:
    """A window that was shortened ends for those who have not begun."""
    diklat_id, _, (ani,) = course()
    id, now = exam(diklat_id, ExamKind.QUIZ, closes_at=clock.now() + DAY), clock.now()
    attempt = begin(id, ani)
    with db.transaction():
        exams.change_exam(id, plan(closes_at=now + timedelta(hours=1)), actor=factories.SYSTEM, now=now)
    found = db.session().get_one(Exam, id)
    assert not queries.may_show_answers(found, now=now + timedelta(hours=2))
    save(attempt, {}, send=True)
    assert queries.may_show_answers(db.session().get_one(Exam, id), now=now + timedelta(hours=2))


def test_a_certificate_asks_for_the_pass_score_of_the_test_at_the_end(app: Flask) -> None:
    diklat_id, _, (ani, budi, candra) = course(3)
    before, after = exam(diklat_id, ExamKind.PRE), exam(diklat_id, ExamKind.POST, 0)
    sit(before, candra, 4)
    sit(after, ani, 3)
    sit(after, budi, 2)
    found = standing(diklat_id, [ani, budi, candra], now=clock.now())
    assert [[(row.exam.id, row.best) for row in found[id].exams] for id in (ani, budi, candra)] == [
        [],
        [(after, 50.0)],
        [(after, None)],
    ]


def test_gain_is_of_those_who_sat_both(app: Flask) -> None:
    diklat_id, _, (ani, budi, candra) = course(3)
    before, after = exam(diklat_id, ExamKind.PRE), exam(diklat_id, ExamKind.POST, 0)
    for person, first, last in ((ani, 1, 3), (budi, 2, 4)):
        sit(before, person, first)
        sit(after, person, last)
    sit(before, candra, 4)
    scores = queries.best([before, after], now=clock.now())
    total = gains.gain(gains.pairs(scores[before], scores[after]))
    assert total == gains.Gain(people=2, before=37.5, after=87.5)
    assert (total.gain, total.n_gain) == (50.0, 0.8)
    assert gains.n_gain(100, 100) is None
    assert gains.gain([]) is None
    assert gains.gain_over(sa.true(), now=clock.now()) == (1, total)
    asked_in = queries.exams(diklat_id)
    solved = gains.solved(queries.questions(asked_in[0]), asked_in, now=clock.now())
    assert [row.shares for row in solved] == [
        {before: 100.0, after: 100.0},
        {before: 66.7, after: 100.0},
        {before: 33.3, after: 100.0},
        {before: 33.3, after: 50.0},
    ]


def test_questions_from_a_table(app: Flask) -> None:
    read = question_files.read(b"Soal;A;B;C;Kunci\nApa?;Ya;Tidak;;b\nMana?;x;y;z;C.\n").items
    assert [(item.text, item.options, item.answer) for item in read] == [
        ("Apa?", ("Ya", "Tidak"), 1),
        ("Mana?", ("x", "y", "z"), 2),
    ]
    for line, why in (("Apa?;Ya;Tidak;;c", "key"), (f"{'x' * 600};Ya;Tidak;;a", "long"), ("Apa?;Ya;Tidak;;", "key")):
        found = question_files.read(f"soal;a;b;c;kunci\nBaik?;1;2;;a\n{line}\n".encode())
        (refused,) = found.refused
        assert (refused.facts["why"], refused.facts["line"], len(found.items)) == (why, 3, 1)
    for content in (b"soal;a;b\nx;1;2\n", b"soal;a;b;kunci\n"):
        with pytest.raises(TableUnreadable):
            question_files.read(content)
