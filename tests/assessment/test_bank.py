"""Questions of tests that are over are taken by topic, keep their origin, and with it who knows them and how they were answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.errors import BankTooSmall, KeyKnown, QuestionsInUse, TooManyQuestions
from calakan.assessment.models import Exam, ExamKind, Question
from calakan.assessment.queries import bank
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import exams, questions, taking
from calakan.audit.models import AuditEntry
from calakan.diklat.models import Diklat, DiklatState, DiklatTopic
from calakan.kernel import clock, db
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import ITEM, add, begin, exam, ids, save
from tests.assessment.test_known_keys import join, panitia, read

Opener = Callable[[int | None], FlaskClient]
LATER = timedelta(days=3)


def asked(diklat_id: int, *texts: str, topic: str = "literasi", kind: ExamKind = ExamKind.QUIZ) -> int:
    """A test that closes tomorrow, in a diklat of this topic."""
    id = exam(diklat_id, kind, 0)
    add(id, *(replace(ITEM, text=text) for text in texts))
    with db.transaction() as session:
        session.merge(DiklatTopic(diklat_id=diklat_id, topic=topic))
    return id


def rows(exam_id: int) -> list[Question]:
    db.session().rollback()
    return list(queries.questions(db.session().get_one(Exam, exam_id)))


def take(exam_id: int, topic: str, count: int, **more: Any) -> int:
    with db.transaction():
        return taking.take(exam_id, topic, count, **more, actor=factories.SYSTEM, now=clock.now())


def empty(title: str, **values: object) -> int:
    """A test without questions, in a diklat that is far ahead."""
    diklat_id, _, _ = course(0, title=title, days=20, **values)
    return exam(diklat_id, ExamKind.QUIZ, 0, closes_at=clock.now() + timedelta(days=40))


def test_so_many_of_a_topic_are_drawn_by_a_seed_that_is_kept(app: Flask) -> None:
    one, _, _ = course(0, days=20)
    other, _, _ = course(0, days=20, title="Lain")
    asked(one, *(f"Soal {n}" for n in range(6)))
    asked(other, "Hitung", topic="numerasi", kind=ExamKind.POST)
    first, second, third = (empty(f"Baru {n}") for n in range(3))
    now = clock.now()
    assert bank.counts(now=now) == {"": 0}  # nobody may still sit them
    with pytest.raises(BankTooSmall):
        take(first, "", 1)
    with time_machine.travel(now + LATER):
        assert bank.counts(now=clock.now()) == {"": 7, "literasi": 6, "numerasi": 1}
        seed = take(first, "literasi", 3)
        kept = db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == "assessment.take_questions")).one()
        assert (kept.facts["seed"], kept.facts["topic"], kept.facts["count"]) == (seed, "literasi", 3)
        taken = [row.origin for row in rows(first)]
        assert len(set(taken)) == 3
        # What stands in a test that is still to be sat is not given to another one.
        assert bank.counts(now=clock.now()) == {"": 4, "literasi": 3, "numerasi": 1}
        with pytest.raises(BankTooSmall) as refused:
            take(second, "literasi", 4)
        assert refused.value.facts["found"] == 3
        assert rows(second) == []
        with db.transaction():
            exams.withdraw_exam(first, actor=factories.SYSTEM, now=clock.now())
        take(second, "literasi", 3, seed=seed)
        assert [row.origin for row in rows(second)] == taken
        take(third, "", 1, words="hitu")
        assert [row.text for row in rows(third)] == ["Hitung"]


def test_what_the_test_before_asks_waits_for_the_test_after_or_the_closing(app: Flask) -> None:
    one, _, _ = course(0, days=1)
    asked(one, "Satu", kind=ExamKind.PRE)
    other, _, _ = course(0, days=1, title="Lain")
    id = asked(other, "Dua", kind=ExamKind.PRE)
    # The same question stands where nobody sits it any more: no way around.
    copy = empty("Salinan")
    with db.transaction() as session:
        exam_of = session.get_one(Exam, id)
        session.add(
            Question(
                diklat_id=session.get_one(Exam, copy).diklat_id, exam_id=copy, position=1, text="Dua",
                options=["a", "b"], answer=0, origin=queries.questions(exam_of)[0].origin,
            )
        )  # fmt: skip
        session.get_one(Exam, copy).closes_at = clock.now() + timedelta(days=1)
    with time_machine.travel(clock.now() + LATER):
        assert bank.counts(now=clock.now()) == {"": 0}
        with db.transaction():
            db.session().get_one(Diklat, one).state = DiklatState.CLOSED
        assert bank.counts(now=clock.now())[""] == 1
    exam(other, ExamKind.POST, 0)
    with time_machine.travel(clock.now() + LATER):
        assert bank.counts(now=clock.now())[""] == 2


def test_two_keys_to_one_question_and_what_is_there_are_left_out(app: Flask) -> None:
    one, _, _ = course(0, days=20)
    asked(one, "Satu", "Dua")
    add(exam(one, ExamKind.QUIZ, 0), replace(ITEM, text="Satu", answer=1))
    target = empty("Baru")
    add(target, replace(ITEM, text="dua"))
    with time_machine.travel(clock.now() + LATER):
        assert bank.counts(now=clock.now())["literasi"] == 3
        with pytest.raises(BankTooSmall) as refused:
            take(target, "literasi", 1)
    assert refused.value.facts["found"] == 0


def test_what_taking_refuses(app: Flask) -> None:
    one, _, (ani,) = course(1, days=20)
    asked(one, "Satu")
    begun, full = exam(one, ExamKind.QUIZ, 1), empty("Penuh")
    begin(begun, ani)
    add(full, *(replace(ITEM, text=f"Isi {n}") for n in range(questions.MOST_QUESTIONS)))
    with time_machine.travel(clock.now() + LATER):
        with pytest.raises(QuestionsInUse):
            take(begun, "literasi", 1)
        with pytest.raises(TooManyQuestions):
            take(full, "literasi", 1)


def test_who_saw_a_question_knows_it_wherever_it_is_taken(app: Flask, client_of: Opener) -> None:
    one, slug, _ = course(0, days=20)
    asked(one, "Satu", "Dua", kind=ExamKind.POST)
    staff, other = panitia(), panitia("Tini")
    read(client_of(staff), slug)
    target = empty("Baru")
    with time_machine.travel(clock.now() + LATER):
        take(target, "literasi", 1)
        diklat_id = db.session().get_one(Exam, target).diklat_id
        for who in (staff, other):
            join(diklat_id, who)
        with pytest.raises(KeyKnown):
            begin(target, staff)
        begin(target, other)


WASHINGS: dict[str, Callable[[int, dict[str, Any]], object]] = {
    "taken out": lambda id, by: questions.remove_question(id, 1, **by),
    "changed": lambda id, by: questions.change_question(id, 1, replace(ITEM, text="Lain sama sekali"), **by),
}


@pytest.mark.parametrize("how", WASHINGS)
def test_who_saw_a_question_in_a_test_that_asks_it_no_more_knows_it(app: Flask, client_of: Opener, how: str) -> None:
    one, _, _ = course(0, days=20)
    asked(one, "Satu")
    through, target, staff, other = empty("Lewat"), empty("Baru"), panitia(), panitia("Tini")
    with time_machine.travel(clock.now() + LATER):
        take(through, "literasi", 1)
        passing = db.session().get_one(Diklat, db.session().get_one(Exam, through).diklat_id)
        read(client_of(staff), passing.slug)
        with db.transaction():
            WASHINGS[how](through, {"actor": factories.SYSTEM, "now": clock.now()})
        take(target, "literasi", 1)
        for who in (staff, other):
            join(db.session().get_one(Exam, target).diklat_id, who)
        with pytest.raises(KeyKnown):
            begin(target, staff)
        begin(target, other)


def test_what_was_changed_is_another_question_known_by_who_knew_it_and_what_went_is_not(
    app: Flask, client_of: Opener
) -> None:
    one, slug, _ = course(0, days=20)
    source = asked(one, "Satu")
    gone_from, gone_slug, _ = course(0, days=20, title="Lain")
    asked(gone_from, "Dua", topic="numerasi")
    target, knows, free = empty("Baru"), panitia(), panitia("Tini")
    with time_machine.travel(clock.now() + LATER):
        take(target, "literasi", 1)
        take(target, "numerasi", 1)
        read(client_of(knows), slug)
        read(client_of(free), gone_slug)
        [origin] = {row.origin for row in rows(source)}
        change: dict[str, Any] = {"actor": factories.SYSTEM, "now": clock.now()}
        with db.transaction():  # the same words, another key
            questions.change_question(target, 1, replace(ITEM, text="satu", answer=1), **change)
        assert rows(target)[0].origin == origin
        with db.transaction():
            questions.change_question(target, 1, replace(ITEM, text="Satu lagi"), **change)
            questions.remove_question(target, 2, **change)
        [changed] = rows(target)
        assert changed.origin != origin
        assert [row.text for row in bank.found("", now=clock.now())] == ["Dua", "Satu"]
        with db.transaction():  # its own by now, so it stays what it is
            questions.change_question(target, 1, replace(ITEM, text="Satu saja"), **change)
        assert rows(target)[0].origin == changed.origin
        for who in (knows, free):
            join(db.session().get_one(Exam, target).diklat_id, who)
        with pytest.raises(KeyKnown):
            begin(target, knows)
        begin(target, free)


def test_the_page_takes_questions_and_tells_how_they_were_answered(app: Flask, client_of: Opener) -> None:
    one, _, people = course(10, days=20)
    source = asked(one, "Satu")
    for number, person_id in enumerate(people):
        save(begin(source, person_id), {ids(source)[0]: 0 if number < 7 else 1}, send=True)
    target = empty("Baru")
    slug = db.session().get_one(Diklat, db.session().get_one(Exam, target).diklat_id).slug
    with time_machine.travel(clock.now() + LATER):
        staff = client_of(panitia())
        path = f"/kelola/diklat/{slug}/tes/1/soal"
        assert "(1 soal)" in staff.get(path).text
        refused = staff.post(f"{path}/bank", data={"topic": "literasi", "count": "2"})
        assert (refused.status_code, "Hanya ada 1 soal yang cocok" in refused.text) == (422, True)
        assert staff.post(f"{path}/bank", data={"topic": "x", "count": "1"}).status_code == 422
        assert staff.post(f"{path}/bank", data={"topic": "literasi", "count": "1"}).status_code == 303
        assert "Pernah dijawab 10 kali, benar 70%" in staff.get(path).text
