"""Whoever has read or written the answers of a test has no result in it: by its page, by a list of scores, by a copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan import policy
from calakan.assessment.errors import KeyKnown
from calakan.assessment.models import Attempt, Exam, ExamKind
from calakan.assessment.queries import access
from calakan.assessment.services import exams, questions, scores
from calakan.audit.models import AuditEntry
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.planning import services as planning
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import ITEM, begin, exam, ids, save, sit

Opener = Callable[[int | None], FlaskClient]
WORDS = "sudah melihat kunci soal ini"


def panitia(name: str = "Panitia") -> int:
    return factories.person(name, Role.PANITIA).id


def acting(person_id: int) -> Actor:
    return Actor(person_id=person_id, name="Panitia", roles=frozenset({Role.PANITIA}))


def join(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def leave(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        enrolment.leave(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def read(browser: FlaskClient, slug: str, number: int = 1) -> None:
    assert browser.get(f"/kelola/diklat/{slug}/tes/{number}/soal").status_code == 200


KEY_PAGES = {
    "the questions": lambda b, path: b.get(path),
    "one question": lambda b, path: b.get(f"{path}/1"),
    "its key": lambda b, path: b.get(f"{path}/1/kunci"),
    "a question refused": lambda b, path: b.post(path, data={"text": ""}),
    "a file refused": lambda b, path: b.post(f"{path}/impor", data={"file": (BytesIO(b"x"), "a.csv")}),
    "a change refused": lambda b, path: b.post(f"{path}/1", data={"text": ""}),
    "a key refused": lambda b, path: b.post(f"{path}/1/kunci", data={"answer": "9"}),
}


@pytest.mark.parametrize("page", KEY_PAGES)
def test_no_page_with_the_key_is_seen_without_being_known(app: Flask, client_of: Opener, page: str) -> None:
    diklat_id, slug, _ = course()
    id, staff, other = exam(diklat_id), panitia(), panitia("Rina")
    browser, path = client_of(staff), f"/kelola/diklat/{slug}/tes/1/soal"
    for _ in range(2):
        answer = KEY_PAGES[page](browser, path)
        assert answer.status_code in (200, 422)
        assert "Pedoman menilai" in answer.get_data(as_text=True)  # the control: it is there to be read
    for who in (staff, other):
        join(diklat_id, who)
    with pytest.raises(KeyKnown):
        begin(id, staff)
    assert ">Mulai<" in client_of(other).get(f"/belajar/{slug}/tes/1").get_data(as_text=True)
    begin(id, other)
    seen = sa.select(sa.func.count()).where(AuditEntry.act == access.SEE_KEY)
    assert db.session().scalar(seen) == 1  # twice on a day is one line
    assert WORDS in browser.get(f"/belajar/{slug}/tes/1").get_data(as_text=True)
    told = browser.post(f"/belajar/{slug}/tes/1/mulai", follow_redirects=True).get_data(as_text=True)
    assert WORDS in told
    assert ">Mulai<" not in told


def test_every_door_that_shows_the_key_is_noted() -> None:
    with_key = {door for door, line in policy.POLICY.items() if line.noted == access.SEE_KEY}
    assert with_key == {
        "assessment_manage.questions", "assessment_manage.import_questions", "assessment_manage.edit_question",
        "assessment_manage.correct_key", "assessment_manage.export_questions",
        "assessment_manage.take_questions",
    }  # fmt: skip


WRITES: dict[str, Callable[[int, dict[str, Any]], object]] = {
    "adds": lambda id, by: questions.add_questions(id, [ITEM], **by),
    "changes": lambda id, by: questions.change_question(id, 1, ITEM, **by),
    "removes": lambda id, by: questions.remove_question(id, 1, **by),
    "corrects": lambda id, by: questions.correct_key(id, 1, 1, **by),
}


@pytest.mark.parametrize("how", WRITES)
def test_who_wrote_the_questions_knows_them(app: Flask, how: str) -> None:
    diklat_id, _, _ = course()
    id, staff = exam(diklat_id), panitia()
    with db.transaction():
        WRITES[how](id, {"actor": acting(staff), "now": clock.now()})
    join(diklat_id, staff)
    with pytest.raises(KeyKnown):
        begin(id, staff)


def test_shared_questions_are_known_in_both_tests_and_a_quiz_is_its_own(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course()
    before, after = exam(diklat_id, ExamKind.PRE, pass_score=None), exam(diklat_id, ExamKind.POST, count=0)
    quiz, staff = exam(diklat_id, ExamKind.QUIZ, count=2), panitia()
    read(client_of(staff), slug, 1)
    with db.transaction():
        exams.withdraw_exam(before, actor=factories.SYSTEM, now=clock.now())
    join(diklat_id, staff)
    with pytest.raises(KeyKnown):
        begin(after, staff)
    begin(quiz, staff)


def test_a_copy_asks_what_was_read_before_it_was_made_or_after(app: Flask, client_of: Opener) -> None:
    source, slug, _ = course()
    exam(source, ExamKind.POST)
    staff, later, other = panitia(), panitia("Rina"), panitia("Tini")
    read(client_of(staff), slug)
    made, of_copy = source, list[int]()
    for batch in ("Angkatan 2", "Angkatan 3"):
        with db.transaction():
            first = diklat_queries.sessions_of(made)[0].local_date + timedelta(days=28)
            made = planning.clone(
                made, title=batch, first=first, quota=None, actor=factories.SYSTEM, now=clock.now()
            ).id
        of_copy.append(made)
    with db.transaction():
        states.publish(made, actor=factories.SYSTEM, now=clock.now())
    middle = db.session().get_one(Diklat, of_copy[0]).slug
    read(client_of(later), middle)
    [id] = db.session().scalars(sa.select(Exam.id).where(Exam.diklat_id == made))
    opens = db.session().get_one(Exam, id).opens_at
    for who in (staff, later, other):
        join(made, who)
        join(source, who)
    with time_machine.travel(opens + timedelta(minutes=1)):
        for who in (staff, later):
            with pytest.raises(KeyKnown):
                begin(id, who)
        begin(id, other)


def test_who_leaves_reads_and_comes_back_saves_nothing_more(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course()
    id, staff = exam(diklat_id), panitia()
    join(diklat_id, staff)
    attempt = begin(id, staff)
    assert save(attempt, {ids(id)[0]: 1}) == 0
    leave(diklat_id, staff)
    read(client_of(staff), slug)
    join(diklat_id, staff)
    for send in (False, True):
        with pytest.raises(KeyKnown):
            save(attempt, {ids(id)[0]: 0}, send=send)
    browser, path = client_of(staff), f"/belajar/{slug}/tes/1"
    silent = browser.post(f"{path}/simpan", data={"soal-1": "1"}, headers={"X-Requested-With": "fetch"})
    assert (silent.status_code, WORDS in silent.get_data(as_text=True)) == (409, True)
    assert "Pedoman menilai" not in browser.get(path).get_data(as_text=True)
    assert db.session().scalars(sa.select(Attempt.score)).one() == 0


def test_what_was_sent_before_the_key_was_read_stays(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course()
    id, staff = exam(diklat_id), panitia()
    join(diklat_id, staff)
    assert sit(id, staff, 3) == 75
    leave(diklat_id, staff)
    read(client_of(staff), slug)
    assert db.session().scalars(sa.select(Attempt.score)).one() == 75


def test_no_colleague_brings_in_the_score_of_who_knows(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    id, staff, other = exam(diklat_id), panitia("Sri Wahyuni"), panitia("Rina")
    read(client_of(staff), slug)
    join(diklat_id, staff)
    with pytest.raises(KeyKnown) as refused, db.transaction():
        scores.import_scores(id, {ani: 60.0, staff: 90.0}, source="Form", actor=acting(other), now=clock.now())
    assert refused.value.facts["names"] == ["Sri Wahyuni"]
    with db.transaction():
        assert scores.import_scores(id, {ani: 60.0}, source="Form", actor=acting(other), now=clock.now()) == 1
    # Where no question stands here, there was no key to read.
    elsewhere = exam(diklat_id, ExamKind.QUIZ, count=0)
    read(client_of(other), slug, 2)
    join(diklat_id, other)
    with db.transaction():
        assert scores.import_scores(elsewhere, {other: 90.0}, source="Form", actor=acting(staff), now=clock.now()) == 1
