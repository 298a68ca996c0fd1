"""The name is confirmed before it is printed, and corrected within the window afterwards: same number, next revision."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.certificates import corrections, rendering, tasks
from calakan.certificates.errors import (
    CorrectionDecided,
    CorrectionOpen,
    CorrectionOutdated,
    CorrectionTooLate,
    MistakeUnnamed,
    NothingToCorrect,
    NotValidAnyMore,
)
from calakan.certificates.models import Certificate, Correction, CorrectionState, Status
from calakan.diklat.errors import ReasonMissing
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import DomainError
from calakan.notifications.models import Message
from calakan.office.services import change_settings
from calakan.people.models import Person
from tests import factories
from tests.certificates.issuing import Opener, issued, join


def rename(person_id: int, **values: object) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == person_id).values(**values))


def ask(paper_id: int, *, reason: str = "gelar kurang", days: int = 3) -> Correction:
    with time_machine.travel(clock.now() + timedelta(days=days)), db.transaction():
        return corrections.ask(paper_id, reason=reason, actor=factories.SYSTEM, now=clock.now())


def decide(paper_id: int, *, approve: bool, answer: str = "") -> None:
    with time_machine.travel(clock.now() + timedelta(days=4)), db.transaction():
        corrections.decide(paper_id, approve=approve, answer=answer, actor=factories.SYSTEM, now=clock.now())


def papers() -> list[Certificate]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Certificate).order_by(Certificate.revision)))


def work(app: Flask) -> None:
    with time_machine.travel(clock.now() + timedelta(days=5)):
        tasks.issue_due(app.extensions["calakan.settings"])


def test_a_change_of_titles_alone_is_approved_by_the_rule(app: Flask, client: FlaskClient) -> None:
    paper = issued(app)
    id, code, number, old = paper.id, paper.code, paper.number, rendering.read(paper, app.extensions["calakan.files"])
    rename(paper.person_id, title_after="S.Pd., M.Pd.")
    assert ask(id).by_rule is True
    work(app)
    first, second = papers()
    assert (first.status, second.status) == (Status.REPLACED, Status.VALID)
    assert (second.number, second.revision, second.facts["name"]) == (number, 1, "Sri Mulyati, S.Pd., M.Pd.")
    assert "diganti oleh revisi 1" in client.get(f"/s/{code}").get_data(as_text=True)
    answer = client.get("/periksa/berkas", query_string={"sha256": first.sha256}).json
    assert (answer["status"], answer["replaced_by"]) == ("replaced", 1)
    assert rendering.read(first, app.extensions["calakan.files"]) == old


def test_another_name_waits_for_the_panitia(app: Flask) -> None:
    paper = issued(app)
    id, person_id = paper.id, paper.person_id
    rename(person_id, name="Sri Mulyani")
    row = ask(id)
    assert (row.by_rule, row.state, row.wanted_name) == (False, CorrectionState.ASKED, "Sri Mulyani")
    with pytest.raises(CorrectionOpen):
        ask(id)
    decide(id, approve=True)
    rename(person_id, name="Orang Lain")
    work(app)
    assert [row.facts["name"] for row in papers()] == ["Sri Mulyati", "Sri Mulyani"]
    with pytest.raises(NotValidAnyMore):
        decide(id, approve=True)


def test_the_rule_can_be_switched_off(app: Flask) -> None:
    paper = issued(app)
    id = paper.id
    rename(paper.person_id, title_after="S.Pd.")
    with db.transaction():
        change_settings(approve_titles=False, actor=factories.SYSTEM, now=clock.now())
    assert ask(id).state is CorrectionState.ASKED


def test_a_refusal_needs_a_reason_and_reaches_the_holder(app: Flask) -> None:
    paper = issued(app)
    id = paper.id
    rename(paper.person_id, name="Sri Mulyani")
    ask(id)
    with pytest.raises(ReasonMissing):
        decide(id, approve=False)
    decide(id, approve=False, answer="Lampirkan KTP")
    with pytest.raises(CorrectionDecided):
        decide(id, approve=True)
    assert [row.status for row in papers()] == [Status.VALID]
    assert db.session().scalar(sa.select(Message.facts).where(Message.kind == "certificates.correction_refused")) == {
        "name": "Sri Mulyani",
        "answer": "Lampirkan KTP",
    }
    refused = sa.select(AuditEntry.facts).where(AuditEntry.act == "certificates.refuse_correction")
    assert [facts["reason"] for facts in db.session().scalars(refused)] == ["Lampirkan KTP"]


def test_a_name_that_changed_after_asking_is_not_approved(app: Flask) -> None:
    paper = issued(app)
    id, person_id = paper.id, paper.person_id
    rename(person_id, name="Sri Mulyani")
    ask(id)
    rename(person_id, name="Orang Lain")
    with pytest.raises(CorrectionOutdated):
        decide(id, approve=True)


@pytest.mark.parametrize(
    ("days", "name", "reason", "refusal"),
    [
        (3, None, "gelar", NothingToCorrect),
        (3, "Sri Mulyani", " ", MistakeUnnamed),
        (60, "Sri Mulyani", "nama", CorrectionTooLate),
    ],
)
def test_asking_is_refused(app: Flask, days: int, name: str | None, reason: str, refusal: type[DomainError]) -> None:
    paper = issued(app)
    id = paper.id
    if name:
        rename(paper.person_id, name=name)
    with pytest.raises(refusal):
        ask(id, reason=reason, days=days)


def test_the_holder_asks_and_the_panitia_answer_on_their_pages(app: Flask, client_of: Opener) -> None:
    paper = issued(app)
    code, person_id = paper.code, paper.person_id
    stranger, panitia = factories.person("Orang Lain").id, factories.person("Panitia", Role.PANITIA).id
    with time_machine.travel(clock.now() + timedelta(days=4)):
        holder, page = client_of(person_id), f"/saya/sertifikat/{code}/koreksi"
        assert "sama dengan profil" in holder.get(page).get_data(as_text=True)
        rename(person_id, name="Sri Mulyani")
        assert client_of(stranger).get(page).status_code == 404
        assert holder.post(page, data={"reason": ""}).status_code == 422
        assert holder.post(page, data={"reason": "salah ketik"}).status_code == 302
        assert "menunggu panitia" in holder.get(page).get_data(as_text=True)
        office = client_of(panitia)
        assert "salah ketik" in office.get("/kelola/koreksi").get_data(as_text=True)
        assert holder.post(f"/kelola/koreksi/{code}", data={"act": "approve"}).status_code == 404
        assert office.post(f"/kelola/koreksi/{code}", data={"act": "approve"}).status_code == 302
        assert "Tidak ada permintaan" in office.get("/kelola/koreksi").get_data(as_text=True)
    assert [row.revision for row in papers()] == [0, 1]


LONG = "Prof. Dr. Hj. Siti Nur'aini Ḥasan Ma'rufah Kusumaningtyas Widyadhana"


def test_the_teacher_sees_the_real_paper_and_confirms_the_name(app: Flask, client_of: Opener) -> None:
    course, person = factories.diklat(), factories.person(LONG)
    slug, id = course.slug, person.id
    join(course.id, id)
    browser, page = client_of(id), f"/diklat/{slug}/sertifikat-saya"
    assert "pastikan nama" in browser.get(f"/diklat/{slug}/terdaftar").get_data(as_text=True)
    text = browser.get(page).get_data(as_text=True)
    assert "Nama ini benar, simpan" in text
    drawn = browser.get(f"{page}.svg")
    assert (drawn.mimetype, drawn.data[:4]) == ("image/svg+xml", b"<svg")
    assert b"<script" not in drawn.data
    assert browser.post(page, data={"name": ""}).status_code == 422
    answer = browser.post(page, data={"name": LONG, "title_after": "spd", "employment": "pns", "nip": "1"})
    assert "18 angka" in answer.get_data(as_text=True)
    assert browser.post(page, data={"name": LONG, "title_after": "spd", "employment": "honorer"}).status_code == 302
    named = db.session().get_one(Person, id)
    assert (named.title_after, named.employment, named.jabatan) == ("S.Pd.", "honorer", "guru_kelas")
    assert "Sudah Bapak/Ibu pastikan" in browser.get(page).get_data(as_text=True)
    assert "pastikan nama" not in browser.get(f"/diklat/{slug}/terdaftar").get_data(as_text=True)
    rename(id, name="Nama Lain")
    assert "Nama ini benar, simpan" in browser.get(page).get_data(as_text=True)


def test_a_name_that_no_font_draws_is_told_before_it_is_printed(app: Flask, client_of: Opener) -> None:
    course, id = factories.diklat(), factories.person("Sri").id
    slug = course.slug
    rename(id, name="山田 Sri")
    browser = client_of(id)
    text = browser.get(f"/diklat/{slug}/sertifikat-saya").get_data(as_text=True)
    assert "山 田" in text
    assert "Nama ini benar, simpan" not in text
    assert browser.get(f"/diklat/{slug}/sertifikat-saya.svg").status_code == 404
