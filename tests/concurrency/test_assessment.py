"""Two taps at once: one attempt, one row of work, and nothing of either is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from calakan.assessment.models import Attempt, Submission
from calakan.assessment.services import attempts, handing_in
from calakan.kernel import clock, db
from tests import factories
from tests.assessment.courses import course, task
from tests.assessment.test_exams import begin, exam, ids, save

THREADS = 8


def at_once(app: Flask, act: Callable[[int], object]) -> list[BaseException]:
    """The same act in many threads behind one barrier; what was raised."""
    together, raised = threading.Barrier(THREADS), []

    def run(number: int) -> None:
        with app.app_context():
            together.wait(timeout=60)
            try:
                with db.transaction():
                    act(number)
            except Exception as error:  # told to the test
                raised.append(error)
            db.db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session().rollback()
    return raised


def test_beginning_at_once_is_one_attempt(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    exam_id = exam(diklat_id, attempts_allowed=5)
    assert at_once(app, lambda n: attempts.begin(exam_id, ani, actor=factories.SYSTEM, now=clock.now())) == []
    assert db.session().scalars(sa.select(Attempt.number)).all() == [1]


def test_answers_that_come_together_are_all_kept(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    exam_id = exam(diklat_id, count=THREADS)
    attempt, questions = begin(exam_id, ani), ids(exam_id)
    raised = at_once(
        app,
        lambda n: attempts.save(attempt, {questions[n]: 0}, actor=factories.SYSTEM, now=clock.now()),
    )
    assert raised == []
    assert save(attempt, {}, send=True) == 100.0


def test_handing_in_at_once_is_one_row_that_counts_its_rounds(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    task_id = task(diklat_id)
    raised = at_once(
        app,
        lambda n: handing_in.hand_in(
            task_id, ani, handing_in.Answer(text=f"Jawaban {n}"), actor=factories.SYSTEM, now=clock.now()
        ),
    )
    assert raised == []
    assert db.session().scalars(sa.select(Submission.rounds)).all() == [THREADS]
