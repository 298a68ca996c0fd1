"""A reading whose questions were answered shows that a row done at home was done, and is named on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.errors import ReadingMissing
from calakan.assessment.models import Exam, ExamKind
from calakan.assessment.programme import Mark
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import proving
from calakan.certificates import snapshot
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.materials import services as materials
from calakan.materials.models import Audience, MaterialKind
from calakan.planning import services as planning
from tests import factories
from tests.assessment.test_exams import exam, sit
from tests.assessment.test_programme import came, course, held, join, marks, publish, sessions_of
from tests.diklat.test_jp import nine

Opener = Callable[[int | None], FlaskClient]


def hand_out(diklat_id: int, title: str = "Asesmen awal") -> int:
    with db.transaction():
        return materials.hand_out(
            diklat_id, materials.Content(url="https://contoh.example/bacaan"), title=title, kind=MaterialKind.MATERIAL,
            audience=Audience.ENROLLED, session_id=None, actor=factories.SYSTEM, now=clock.now(),
        ).id  # fmt: skip


def reading(diklat_id: int, material_id: int | None, **values: object) -> int:
    given = {"title": "Bacaan: Asesmen awal", "closes_at": nine(9), "pass_score": None, **values}
    return exam(diklat_id, ExamKind.READING, count=2, material_id=material_id, **given)


def test_a_finished_reading_shows_its_row_and_stands_on_paper(app: Flask) -> None:
    id = course(90, home=2)
    test = reading(id, hand_out(id))
    publish(id)
    done, begun = join(id, "Ani"), join(id, "Budi")
    assert db.session().get_one(Exam, test).pass_score == 100
    with time_machine.travel(nine(3), tick=False):
        came(sessions_of(id)[0], done, begun)
        sit(test, done, right=2)
        sit(test, begun, right=1)
        found = held(id, done, begun)
        assert marks(found, done) == [(Mark.PRESENT, 2), (Mark.DONE, 2)]
        assert marks(found, begun) == [(Mark.PRESENT, 2), (Mark.MISSED, 0)]
        paper = Certificate(diklat_id=id, person_id=done, role=CertificateRole.PARTICIPANT)
        with db.transaction():
            snapshot.freeze([paper], now=clock.now())
        assert paper.facts["attendance"] == ["present", "done"]
        assert paper.facts["event"]["programme"][1]["shown_by"] == ["Bacaan: Asesmen awal"]


def test_a_reading_that_nobody_finished_carries_no_jp(app: Flask) -> None:
    id = course(90, home=2)
    test = reading(id, hand_out(id))
    publish(id)
    person = join(id, "Ani")
    with time_machine.travel(nine(3), tick=False):
        came(sessions_of(id)[0], person)
        sit(test, person, right=1)
        assert held(id, person).jp == 2


def test_questions_about_a_reading_need_one_of_their_diklat(app: Flask) -> None:
    id, other = course(90), course(90)
    with pytest.raises(ReadingMissing):
        reading(id, None)
    with pytest.raises(NotFound):
        reading(id, hand_out(other))
    taken_back = hand_out(id)
    with db.transaction():
        materials.withdraw(taken_back, actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(ReadingMissing):
        reading(id, taken_back)
    quiz = exam(id, ExamKind.QUIZ, count=0, material_id=hand_out(id), closes_at=nine(9))
    assert db.session().get_one(Exam, quiz).material_id is None


def test_a_clone_asks_about_its_own_copy_of_the_reading(app: Flask) -> None:
    id = course(90, home=2)
    material = hand_out(id)
    reading(id, material)
    with db.transaction():
        made = planning.clone(
            id, title="Angkatan 2", first=nine(40).date(), quota=None, actor=factories.SYSTEM, now=clock.now()
        ).id
    (copied,) = queries.exams(made)
    assert copied.material_id not in (None, material)
    assert [len(queries.questions(copied)), copied.pass_score] == [2, 100]


def test_the_panitia_choose_the_reading_and_the_teacher_is_led_to_it(app: Flask, client_of: Opener) -> None:
    id = course(90, home=2)
    material, slug = hand_out(id), db.session().get_one(Diklat, id).slug
    boss = client_of(factories.person("Rina", Role.PANITIA).id)
    now, row = clock.local(clock.now()), proving.first_open(id)
    typed = {
        "kind": "bacaan", "title": "", "opens_at": f"{now:%Y-%m-%dT%H:%M}", "pass_score": "",
        "closes_at": f"{now + timedelta(days=9):%Y-%m-%dT%H:%M}", "session": "", "material": "", "row": str(row),
    }  # fmt: skip
    path = f"/kelola/diklat/{slug}/tes"
    refused = boss.post(path, data=typed)
    assert refused.status_code == 422
    assert "Pilih bacaan yang diperiksa" in refused.get_data(as_text=True)
    assert boss.post(path, data={**typed, "material": str(material)}).status_code == 303
    db.session().rollback()
    (made,) = queries.exams(id)
    assert (made.title, made.kind, made.pass_score) == ("Bacaan: Asesmen awal", ExamKind.READING, 100)
    db.session().rollback()
    publish(id)
    page = client_of(join(id, "Ani")).get(f"/belajar/{slug}/tes/1").get_data(as_text=True)
    assert "Baca dulu" in page
    assert "/berkas/" in page
