"""No score while answers still count, no key for whoever sits the test, and nobody judges his own work."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.errors import KeyKnown, OwnExam, OwnWork, QuestionInvalid
from calakan.assessment.models import Attempt, Exam, ExamKind, Question, Submission
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import attempts, questions, reviewing, scores
from calakan.audit.models import AuditEntry
from calakan.diklat.models import Diklat
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from tests import factories
from tests.assessment.courses import course, hand_in, task
from tests.assessment.test_exams import DAY, begin, exam, ids, save, sit
from tests.assessment.test_readings import hand_out

Opener = Callable[[int | None], FlaskClient]
OWN_PAGES = ("/saya", "/saya/riwayat", "/saya/data.json", "/belajar/{slug}", "/belajar/{slug}/tes/{number}")


def seen(browser: FlaskClient, slug: str, number: int) -> str:
    """Everything that a participant can look at."""
    found = [browser.get(path.format(slug=slug, number=number)) for path in OWN_PAGES]
    return "\n".join(page.get_data(as_text=True) for page in found)


def told(browser: FlaskClient, slug: str, number: int, score: float) -> bool:
    text = seen(browser, slug, number)
    words = f"{score:g}".replace(".", ",")
    copied = json.loads(browser.get("/saya/data.json").get_data(as_text=True))["tes"]
    return bool(re.search(rf"Nilai:? (\S+ )*{words}\b", text)) or any(row["nilai"] == score for row in copied)


def test_a_running_attempt_tells_nobody_its_score(app: Flask, client_of: Opener) -> None:
    """Answer by answer, and in the seconds after its end that still take answers; a quiz has nothing else to wait for."""
    diklat_id, slug, (ani,) = course()
    id = exam(diklat_id, ExamKind.QUIZ, count=8, minutes=1, attempts_allowed=1)
    attempt, now = begin(id, ani), clock.now()
    phone, desk = client_of(ani), client_of(factories.person("Panitia", Role.PANITIA).id)
    results = f"/kelola/diklat/{slug}/tes/hasil"
    for n, question in enumerate(ids(id), start=1):
        save(attempt, {question: 0})
        assert db.session().get_one(Attempt, attempt, populate_existing=True).score == n * 12.5  # what must not be seen
        assert not told(phone, slug, 1, n * 12.5)
    assert "100" not in re.findall(r"<td[^>]*>(.*?)</td>", desk.get(results).get_data(as_text=True))
    ends_at = db.session().get_one(Attempt, attempt).ends_at
    with time_machine.travel(ends_at + timedelta(seconds=10), tick=False):
        assert not told(phone, slug, 1, 100)
        save(attempt, {ids(id)[0]: 1})  # it still can change
    with time_machine.travel(ends_at + queries.UNDER_WAY, tick=False):
        assert told(phone, slug, 1, 87.5)
    assert now < ends_at


def test_the_tests_before_and_after_are_told_together_at_the_end(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani, budi) = course(2)
    before = exam(diklat_id, ExamKind.PRE, attempts_allowed=1)
    after = exam(diklat_id, ExamKind.POST, 0, attempts_allowed=2, closes_at=clock.now() + DAY)
    sit(before, ani, 1)
    sit(before, budi, 1)
    sit(after, budi, 2)
    sit(after, budi, 3)
    phone = client_of(ani)
    assert [told(phone, slug, 1, 25), told(phone, slug, 2, 75)] == [False, False]
    sit(after, ani, 3)
    assert [told(phone, slug, 1, 25), told(phone, slug, 2, 75)] == [False, False]  # one attempt is left
    # Whoever has used all up is told, and so is everybody once it is closed.
    assert [told(client_of(budi), slug, 1, 25), told(client_of(budi), slug, 2, 75)] == [True, True]
    with time_machine.travel(clock.now() + 2 * DAY):
        assert [told(client_of(ani), slug, 1, 25), told(client_of(ani), slug, 2, 75)] == [True, True]


def test_whoever_may_try_again_hears_that_it_was_not_enough(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    after = exam(diklat_id, ExamKind.POST, attempts_allowed=2)
    sit(after, ani, 1)
    text = client_of(ani).get(f"/belajar/{slug}").get_data(as_text=True)
    assert "belum mencapai nilai 70" in text
    assert "Nilai 25" not in seen(client_of(ani), slug, 1)


def test_whether_it_was_enough_is_told_at_once_and_the_score_later(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani, budi) = course(2)
    after = exam(diklat_id, ExamKind.POST, attempts_allowed=2)
    sit(after, ani, 3)
    sit(after, budi, 2)
    for who, verdict, score in ((ani, "Lulus", 75), (budi, "Belum lulus", 50)):
        page = client_of(who).get(f"/belajar/{slug}/tes/1").get_data(as_text=True)
        assert re.findall(r">(Lulus|Belum lulus)<", page) == [verdict]
        assert not told(client_of(who), slug, 1, score)


def test_a_reading_tells_no_score_between_attempts(app: Flask, client_of: Opener) -> None:
    """Of three attempts with one answer changed each time the scores would tell which answers are right."""
    diklat_id, slug, (ani, budi) = course(2)
    id = exam(diklat_id, ExamKind.READING, material_id=hand_out(diklat_id), pass_score=None, attempts_allowed=3)
    phone = client_of(ani)
    sit(id, ani, 2)
    assert "Belum lulus" in phone.get(f"/belajar/{slug}/tes/1").get_data(as_text=True)
    assert not told(phone, slug, 1, 50)
    sit(id, ani, 4)
    assert told(phone, slug, 1, 100)
    for right in (1, 2, 1):
        assert not told(client_of(budi), slug, 1, 50)
        sit(id, budi, right)
    assert told(client_of(budi), slug, 1, 50)  # nothing is left to be tried


def test_how_each_question_was_answered_is_shown_once_the_test_is_closed(app: Flask, client_of: Opener) -> None:
    """To those who may read its key, but not as answers come in: they would tell whose they were."""
    diklat_id, slug, (ani, budi) = course(2)
    before = exam(diklat_id, ExamKind.PRE, title="Awal", minutes=None, closes_at=clock.now() + timedelta(hours=1))
    exam(diklat_id, ExamKind.POST, 0, title="Akhir", closes_at=clock.now() + 3 * DAY)
    sit(before, ani, 4)
    desk = client_of(factories.person("Panitia", Role.PANITIA).id)

    def shown() -> tuple[list[str], list[str]]:
        page = desk.get(f"/kelola/diklat/{slug}/tes/hasil").get_data(as_text=True)
        return re.findall(r"Butir soal ([^<]*)<", page), re.findall(r"tesnya ditutup: ([^.]*)\.", page)

    assert shown() == ([], ["Awal dan Akhir"])
    running = begin(before, budi)
    with db.transaction() as session:
        session.execute(sa.update(Exam).where(Exam.id == before).values(closes_at=clock.now() - timedelta(minutes=1)))
    assert shown() == ([], ["Awal dan Akhir"])  # one still sits
    save(running, {}, send=True)
    assert shown() == (["Awal"], ["Akhir"])


def test_nobody_sees_the_key_of_a_test_he_sits(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, _ = course()
    lead, staff = factories.person("Ketua", Role.PANITIA), factories.person("Panitia", Role.PANITIA)
    id = exam(diklat_id, ExamKind.POST)
    pages = [
        f"/kelola/diklat/{slug}/tes/{page}" for page in ("1/soal", "1/soal/1", "1/soal/1/kunci", "hasil", "1/nilai")
    ]
    for who in (lead, staff):
        assert {client_of(who.id).get(page).status_code for page in pages} == {200}  # the control
        with db.transaction():
            enrolment.join(diklat_id, who.id, actor=factories.SYSTEM, now=clock.now())
        assert {client_of(who.id).get(page).status_code for page in pages} == {404}
    with db.transaction() as session:
        session.execute(sa.update(Diklat).values(lead_id=lead.id))
    with pytest.raises(OwnExam):
        begin(id, lead.id)
    with pytest.raises(KeyKnown):  # what was read before joining is known afterwards
        begin(id, staff.id)


def test_nobody_judges_his_own_work(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    made, id = task(diklat_id), exam(diklat_id, ExamKind.POST)
    rounds = {who: hand_in(made, who) for who in (ani, budi)}
    me = factories.actor(db.session().get_one(factories.Person, ani))
    now = clock.now()
    for act in (
        lambda: reviewing.accept(made, rounds, actor=me, now=now),
        lambda: reviewing.give_back(made, ani, rounds[ani], remark="Ulangi", actor=me, now=now),
        lambda: scores.import_scores(id, {ani: 100.0}, source="Form", actor=me, now=now),
    ):
        with pytest.raises(OwnWork), db.transaction():
            act()
    with db.transaction():
        reviewing.accept(made, {budi: rounds[budi]}, actor=me, now=now)
    states = dict(db.session().execute(sa.select(Submission.person_id, Submission.state)).all())
    assert (states[ani].value, states[budi].value) == ("handed_in", "accepted")


def correct(exam_id: int, position: int, answer: int) -> int:
    with db.transaction():
        return questions.correct_key(exam_id, position, answer, actor=factories.SYSTEM, now=clock.now())


def test_a_wrong_key_is_corrected_and_every_score_derived_anew(app: Flask) -> None:
    diklat_id, _, (ani, budi, candra) = course(3)
    before, after = exam(diklat_id, ExamKind.PRE), exam(diklat_id, ExamKind.POST, 0)
    sit(before, ani, 4)
    sit(after, ani, 4)
    sit(after, budi, 0)
    with db.transaction():
        scores.import_scores(after, {candra: 60.0}, source="Form", actor=factories.SYSTEM, now=clock.now())
    assert correct(after, 2, 1) == 3
    rows = sa.select(Attempt.person_id, Attempt.exam_id, Attempt.score)
    assert sorted(db.session().execute(rows).all()) == [
        (ani, before, 75.0),
        (ani, after, 75.0),
        (budi, after, 25.0),
        (candra, after, 60.0),
    ]
    entry = db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == "assessment.correct_key")).one()
    assert {name: entry.facts[name] for name in ("position", "was", "answer", "changed")} == {
        "position": 2, "was": 0, "answer": 1, "changed": 3,
    }  # fmt: skip
    assert correct(after, 2, 1) == 0
    with pytest.raises(QuestionInvalid):
        correct(after, 2, 9)
    for id, position in ((after, 99), (10**6, 1)):
        with pytest.raises(NotFound):
            correct(id, position, 0)


def test_the_key_is_corrected_on_its_page(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    id = exam(diklat_id, ExamKind.POST, attempts_allowed=1)
    sit(id, ani, 4)
    desk, address = client_of(factories.person("Panitia", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes/1/soal"
    assert f"{address}/1/kunci" in desk.get(address).get_data(as_text=True)
    assert desk.post(f"{address}/1/kunci", data={"answer": "9"}).status_code == 422
    assert desk.post(f"{address}/1/kunci", data={"answer": "2"}).status_code == 303
    assert db.session().scalars(sa.select(Question.answer).where(Question.position == 1)).one() == 2
    assert queries.best([id], now=clock.now())[id] == {ani: 75.0}
    assert desk.get(f"{address}/99/kunci").status_code == 404


def test_the_trail_holds_no_score_of_somebody_who_may_read_it(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    sit(exam(diklat_id, ExamKind.POST), ani, 3)
    entry = db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == "assessment.send")).one()
    assert "score" not in entry.facts
    assert attempts.score([], {}) == 0
