"""The results of tests as a file, and how well each question measures: told when no answer can change any more."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment import items
from calakan.assessment.items import Difficulty, Measured, Power
from calakan.assessment.models import Attempt, Exam, ExamKind, GivenAnswer, Question, QuestionKind
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import exam, sit
from tests.world import World

Opener = Callable[[int | None], FlaskClient]
NIP = "198501012010012001"


def question(id: int, answer: int = 0) -> Question:
    return Question(id=id, position=id, text=f"Soal {id}", options=["a", "b"], answer=answer, kind=QuestionKind.SINGLE)


def test_a_question_is_measured_against_the_rest() -> None:
    asked = [question(1), question(2), question(3), question(4)]
    # Five know everything but the last question, whose key is wrong; five know nothing but that.
    answers: list[dict[int, int]] = [{1: 0, 2: 0, 3: 0, 4: 1}] * 5 + [{1: 1, 2: 1, 3: 0, 4: 0}] * 4 + [{3: 0, 4: 0}]
    sat = [(each, None) for each in answers]
    found = items.measure(asked, sat)
    assert [(row.share, row.index) for row in found] == [(0.5, None), (0.5, None), (1.0, None), (0.5, -1.0)]
    assert [row.power for row in found] == [None, None, None, Power.REVERSED]
    assert [row.difficulty for row in found] == [Difficulty.MEDIUM] * 2 + [Difficulty.EASY, Difficulty.MEDIUM]
    assert items.measure(asked, sat[1:]) == []
    (first, *_) = items.measure(asked[:3], sat)
    assert (first.index, first.power) == (1.0, Power.GOOD)
    # Whom a question was not asked, it does not measure.
    some = [(each, [1, 2, 3]) for each in answers] + [({4: 0}, [4])] * 9
    assert [(row.question.id, row.share) for row in items.measure(asked, some)] == [(1, 0.5), (2, 0.5), (3, 1.0)]


@pytest.mark.parametrize(
    ("share", "difficulty"),
    [(0.71, Difficulty.EASY), (0.7, Difficulty.MEDIUM), (0.3, Difficulty.MEDIUM), (0.29, Difficulty.HARD)],
)
def test_how_hard(share: float, difficulty: Difficulty) -> None:
    assert Measured(question(1), share, None).difficulty is difficulty


@pytest.mark.parametrize(
    ("index", "power"),
    [
        (0.4, Power.GOOD),
        (0.39, Power.FAIR),
        (0.3, Power.FAIR),
        (0.2, Power.WEAK),
        (0.0, Power.POOR),
        (-0.01, Power.REVERSED),
    ],
)
def test_how_well_it_tells_apart(index: float, power: Power) -> None:
    assert Measured(question(1), 0.5, index).power is power


def closed(exam_id: int) -> None:
    """As if its time had passed, and nothing were under way."""
    long_ago = clock.now() - timedelta(hours=1)
    with db.transaction():
        db.session().execute(
            sa.update(Exam).where(Exam.id == exam_id).values(opens_at=long_ago - timedelta(hours=1), closes_at=long_ago)
        )
        db.session().execute(sa.update(Attempt).where(Attempt.exam_id == exam_id).values(ends_at=long_ago))


def test_nothing_is_told_of_questions_while_an_answer_can_change(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, people = course(items.FEWEST + 1)
    id = exam(diklat_id)
    for at, person in enumerate(people[:-1]):
        sit(id, person, at % 5)
    desk, address = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes/hasil"

    def told() -> bool:
        row = db.session().get(Exam, id)
        assert row is not None
        assert bool(items.measured(row, now=clock.now())) is ("Daya beda" in desk.get(address).get_data(as_text=True))
        return bool(items.measured(row, now=clock.now()))

    assert not told()
    closed(id)
    assert told()
    running = sa.update(Attempt).where(Attempt.exam_id == id, Attempt.person_id == people[0])
    with db.transaction():
        db.session().execute(running.values(finished_at=None, ends_at=clock.now() + timedelta(minutes=5)))
    assert not told()
    with db.transaction():
        db.session().execute(running.values(finished_at=clock.now()))
    assert told()
    # Answers that were erased say nothing of the questions.
    attempt = db.session().scalar(sa.select(Attempt.id).where(Attempt.exam_id == id, Attempt.person_id == people[1]))
    with db.transaction():
        db.session().execute(sa.delete(GivenAnswer).where(GivenAnswer.attempt_id == attempt))
    assert not told()


def test_results_are_a_file_with_numbers_as_text(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani, budi) = course(2)
    before, after = exam(diklat_id, ExamKind.PRE), exam(diklat_id, ExamKind.POST, 0)
    quiz = exam(diklat_id, ExamKind.QUIZ, 3)
    sit(before, ani, 2)
    sit(after, ani, 4)
    sit(quiz, budi, 1)
    with db.transaction():
        db.session().execute(sa.update(Person).where(Person.id == ani).values(nip=NIP, nuptk="1234567890123456"))
        db.session().execute(sa.update(Exam).where(Exam.id == quiz).values(title="=1+1"))
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    text = desk.get(f"/kelola/diklat/{slug}/tes/hasil.csv").get_data(as_text=True)
    lines = [line.split(";") for line in text.removeprefix("\ufeff").splitlines()]
    heads = {name: at for at, name in enumerate(lines[0])}
    by_name = {line[0]: line for line in lines[1:]}
    first, second = by_name["Guru 0"], by_name["Guru 1"]
    assert (first[heads["NIP"]], first[heads["NUPTK"]]) == ("19850101 201001 2 001", "1234 5678 9012 3456")
    assert first[-5:] == ["50", "100", "", "50", "1"]
    assert second[-5:] == ["", "", "33,33", "", ""]
    book = openpyxl.load_workbook(io.BytesIO(desk.get(f"/kelola/diklat/{slug}/tes/hasil.xlsx").get_data()))
    rows = list(book.active.iter_rows())
    found = next(row for row in rows if row[0].value == "Guru 0")
    assert (found[2].value, found[2].data_type, found[2].number_format) == ("19850101 201001 2 001", "s", "@")
    assert [cell.value for cell in found[-5:]] == [50, 100, None, 50, 1]
    assert rows[0][-3].value == "3. =1+1"


@pytest.mark.any_database
def test_the_office_alone_has_the_numbers(shared: World) -> None:
    address = f"/kelola/diklat/{shared.diklat['own']}/tes/hasil.csv"
    taught = shared.client("narasumber").get(address).get_data(as_text=True)
    office = shared.client("panitia").get(address).get_data(as_text=True)
    assert ("Sri Peserta" in taught, "NIP" in taught, "@" in taught) == (True, False, False)
    assert ("Sri Peserta" in office, "NIP" in office, "@" in office) == (True, True, True)
    assert shared.client("peserta").get(address).status_code == 404
