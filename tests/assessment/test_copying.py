"""A clone asks for what the diklat before it asked for, on the moved days, and nobody has done anything of it yet."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from calakan.assessment.models import Exam, ExamKind
from calakan.assessment.queries import exams as queries
from calakan.assessment.queries import exercises
from calakan.assessment.services import exams, questions
from calakan.assessment.services.questions import multiple
from calakan.assessment.standing import standing
from calakan.diklat import queries as diklat_queries
from calakan.kernel import clock, db
from calakan.planning import services as planning
from tests import factories
from tests.assessment.courses import course, hand_in, task
from tests.assessment.test_exams import add, exam, sit


def test_a_clone_asks_for_the_same_on_other_days(app: Flask) -> None:
    source, _, (teacher,) = course()
    hand_in(task(source, title="Modul ajar"), teacher)
    task(source, title="Refleksi", compulsory=False)
    sit(exam(source, ExamKind.PRE, pass_score=None), teacher, 1)
    exam(source, ExamKind.POST, count=0)
    quiz = exam(source, ExamKind.QUIZ, count=2, title="Kuis")
    add(quiz, multiple("Mana?", ("a", "b", "c"), (0, 2)))
    gone = exam(source, ExamKind.QUIZ, count=1, title="Batal")
    with db.transaction():
        exams.withdraw_exam(gone, actor=factories.SYSTEM, now=clock.now())
    begins = diklat_queries.sessions_of(source)[0].local_date
    first = begins + timedelta(days=28)
    with db.transaction():
        made = planning.clone(
            source, title="Angkatan 2", first=first, quota=None, actor=factories.SYSTEM, now=clock.now()
        ).id
    later = timedelta(days=28)
    asked = [(row.number, row.title, row.due_at + later, row.compulsory) for row in exercises.exercises(source)]
    assert [(row.number, row.title, row.due_at, row.compulsory) for row in exercises.exercises(made)] == asked
    for kind, title, count in ((ExamKind.PRE, "Tes", 4), (ExamKind.POST, "Tes", 4), (ExamKind.QUIZ, "Kuis", 3)):
        was, new = (
            next(row for row in queries.exams(id) if row.kind is kind)
            for id in (source, made)
        )  # fmt: skip
        assert (new.title, new.opens_at, new.closes_at, new.pass_score) == (
            title, was.opens_at + later, was.closes_at + later, was.pass_score,
        )  # fmt: skip
        texts = [questions.item_of(row) for row in queries.questions(was)]
        assert [questions.item_of(row) for row in queries.questions(new)] == texts
        assert len(texts) == count
    assert db.session().scalar(sa.select(sa.func.count()).where(Exam.diklat_id == made)) == 3
    assert len(queries.questions(db.session().get_one(Exam, quiz))) == 3
    lacking = standing(made, [teacher], now=clock.now())[teacher]
    assert ([row.state for row in lacking.tasks], [row.best for row in lacking.exams]) == ([None], [None])
