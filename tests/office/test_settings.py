"""The office's settings: signers, the number's pattern, who may change them, and that issued papers stay as they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import services as attendance
from calakan.audit.models import AuditEntry
from calakan.certificates import rendering, tasks
from calakan.certificates import services as certificates
from calakan.certificates.models import Certificate
from calakan.diklat import queries as diklat_queries
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office import services
from calakan.office.errors import (
    NumberPatternInvalid,
    PatternsAlike,
    SignerIncomplete,
    StatementPatternInvalid,
    TooManySigners,
)
from calakan.office.forms import SettingsForm
from calakan.office.models import Choice, ChoiceKind
from calakan.office.queries import OfficeSettings, Signer, office_settings
from tests import factories

Opener = Callable[[int | None], FlaskClient]
NIP = "198501012010012001"


def change(**values: Any) -> None:
    with db.transaction():
        services.change_settings(actor=factories.SYSTEM, now=clock.now(), **values)


def block(number: int, **values: str) -> dict[str, str]:
    return {f"orang-{number}-{name}": value for name, value in {"place": str(number + 1), **values}.items()}


def typed(**values: str) -> dict[str, str]:
    """What a browser sends: of boxes only those that are ticked."""
    held = {f: getattr(office_settings(), f) for f in OfficeSettings.__dataclass_fields__ if f != "signers"}
    return {**{name: str(value) for name, value in held.items() if value is not False}, **values}


def test_only_what_differs_is_stored_and_noted_without_a_nip(app: Flask) -> None:
    change(place_of_issue="Banyumas", yearly_jp_target=20)
    change(place_of_issue="Banyumas")
    change(signers=[Signer(post="Kepala Dinas", name="Adi", nip=NIP)])
    entries = db.session().scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.facts for entry in entries] == [
        {"changed": {"place_of_issue": ["Purwokerto", "Banyumas"]}},
        {"changed": {"signers": [["Ketua Banyumas Calakan: "], ["Kepala Dinas: Adi"]]}},
    ]
    assert office_settings().signers[0].nip == NIP


def test_what_the_settings_refuse(app: Flask) -> None:
    signer = Signer(post="Kepala", name="Adi")
    for error, values in (
        (TooManySigners, {"signers": [signer] * 4}),
        (SignerIncomplete, {"signers": [Signer(post=" ", name="Adi")]}),
        (NumberPatternInvalid, {"number_pattern": "{urut}"}),
        (StatementPatternInvalid, {"statement_pattern": "SKET/{tahun}"}),
        (PatternsAlike, {"statement_pattern": "{klas}/{urut}/BC/{bulan_romawi}/{tahun}"}),
    ):
        with pytest.raises(error):
            change(**values)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == 0


def test_signers_are_added_changed_ordered_and_removed_on_the_page(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person("Nur", Role.ADMIN).id)
    path = "/kelola/pengaturan/penanda-tangan"
    three = {
        **block(0, post="Ketua Banyumas Calakan", name="Ratri", place="3"),
        **block(1, post="Kepala Dinas", name="Adi, M.Pd.", rank="Pembina", nip="19850101 201001 2 001", place="1"),
        **block(2, post="Sekretaris", name="Budi", place="2"),
    }
    assert browser.post(path, data=three).status_code == 302
    db.session().rollback()
    assert office_settings().signers == [
        Signer(post="Kepala Dinas", name="Adi, M.Pd.", rank="Pembina", nip=NIP),
        Signer(post="Sekretaris", name="Budi"),
        Signer(post="Ketua Banyumas Calakan", name="Ratri"),
    ]
    page = browser.get("/kelola/pengaturan").get_data(as_text=True)
    assert 'name="orang-2-post" type="text" value="Ketua Banyumas Calakan"' in " ".join(page.split())
    two = {**block(0, post="Kepala Dinas", name="Citra"), **block(1, post="Sekretaris", name="Budi", gone="y")}
    assert browser.post(path, data=two).status_code == 302
    db.session().rollback()
    assert office_settings().signers == [Signer(post="Kepala Dinas", name="Citra")]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": "Adi"}, "Tulis jabatannya, atau kosongkan seluruh isiannya."),
        ({"post": "Kepala", "nip": "123"}, "NIP terdiri atas 18 angka."),
        ({"post": "Kepala", "name": "中"}, "Huruf 中 tidak dapat dicetak pada sertifikat."),
        ({"post": "x" * 81}, "Paling banyak 80 huruf."),
        ({"post": "Kepala", "place": "9"}, "Pilih dari daftar."),
    ],
)
def test_a_wrong_signer_is_refused_beside_its_field(
    app: Flask, client_of: Opener, values: dict[str, str], told: str
) -> None:
    browser = client_of(factories.person("Nur", Role.ADMIN).id)
    answer = browser.post("/kelola/pengaturan/penanda-tangan", data=block(0, **values))
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert office_settings().signers == [Signer(post="Ketua Banyumas Calakan", name="")]


def test_what_a_form_does_not_send_stays(app: Flask, client_of: Opener) -> None:
    change(letterhead_text="DINAS PENDIDIKAN\nJl. Sudirman 1")
    sent = typed(place_of_issue="Ajibarang")
    del sent["letterhead_text"]
    assert client_of(factories.person("Nur", Role.ADMIN).id).post("/kelola/pengaturan", data=sent).status_code == 302
    db.session().rollback()
    held = office_settings()
    assert (held.place_of_issue, held.letterhead_text) == ("Ajibarang", "DINAS PENDIDIKAN\nJl. Sudirman 1")


def test_the_form_saves_refuses_and_shows_what_a_number_would_look_like(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person("Nur", Role.ADMIN).id)
    assert browser.post("/kelola/pengaturan", data=typed(event_level="provinsi")).status_code == 302
    db.session().rollback()
    assert office_settings().event_level == "provinsi"
    wrong = browser.post("/kelola/pengaturan", data=typed(number_pattern="{urut}/{salah}", yearly_jp_target=""))
    assert wrong.status_code == 422
    assert 'value="{urut}/{salah}"' in wrong.get_data(as_text=True)
    wrong = browser.post("/kelola/pengaturan", data=typed(number_pattern="{urut}/{salah}/{tahun}"))
    assert (wrong.status_code, office_settings().number_pattern) == (422, "{klas}/{urut:04}/BC/{bulan_romawi}/{tahun}")
    alike = browser.post("/kelola/pengaturan", data=typed(statement_pattern=office_settings().number_pattern))
    assert (alike.status_code, "nomornya akan kembar" in alike.get_data(as_text=True)) == (422, True)
    with time_machine.travel("2026-11-30 17:30:00+00:00", tick=False):
        browser = client_of(factories.person("Nur", Role.ADMIN).id)
        pattern = {"number_pattern": "{klas}/{urut:03}/{bulan_romawi}/{tahun}", "classification": "800"}
        assert browser.post("/kelola/pengaturan/contoh", data=pattern).get_data(as_text=True) == "800/001/XII/2026"
        assert "harus memuat {urut}" in browser.post("/kelola/pengaturan/contoh", data={}).get_data(as_text=True)


def opened(page: str) -> list[str]:
    return re.findall(r'<details class="panel guide" open>\s*<summary>\s*<h2>(.*?)</h2>', page)


def test_every_field_stands_once_in_a_folded_part(app: Flask, client_of: Opener) -> None:
    """One that stood nowhere would be saved as if its box had been left empty."""
    page = client_of(factories.person("Nur", Role.ADMIN).id).get("/kelola/pengaturan").text
    sent = page.partition('action="/kelola/pengaturan"')[2].partition("</form>")[0]
    with app.test_request_context():
        names = [field.name for field in SettingsForm(formdata=None)]
    shown = [name for name in re.findall(r'\bname="(\w+)"', sent) if name != "csrf_token"]
    assert sorted(shown) == sorted(name for name in names if name != "csrf_token")
    assert opened(page) == []


def test_a_mistake_opens_its_part_and_no_other(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person("Nur", Role.ADMIN).id)
    for name, value, part in (
        ("organiser", "", "Penyelenggara"),
        ("number_pattern", "{urut}", "Nomor dan isi sertifikat"),
        ("statement_pattern", office_settings().number_pattern, "Nomor dan isi sertifikat"),
        ("minutes_per_jp", "", "JP dan kehadiran"),
        ("room_mb_per_hour", "banyak", "Sesi dan ruang"),
        ("official_sends_per_day", "0", "Kursi dan pendaftaran"),
        ("mail_per_hour", "-1", "Batas server email"),
    ):
        page = browser.post("/kelola/pengaturan", data=typed(**{name: value})).text
        assert (opened(page), f'href="#{name}"' in page) == ([part], True)
    wrong = browser.post("/kelola/pengaturan/penanda-tangan", data=block(0, name="Adi"))
    assert (wrong.status_code, opened(wrong.text)) == (422, ["Penanda tangan"])


def test_whoever_adds_a_choice_comes_back_to_its_list(app: Flask, client_of: Opener) -> None:
    browser, kind = client_of(factories.person("Nur", Role.ADMIN).id), next(iter(ChoiceKind))
    page = f"/kelola/pengaturan#daftar-{kind}"
    added = [
        browser.post("/kelola/pengaturan/pilihan", data={"kind": kind, "label": "Belum ada di sini"}) for _ in range(2)
    ]
    assert [answer.headers["Location"] for answer in added] == [page, "/kelola/pengaturan"]
    choice = db.session().scalars(sa.select(Choice).where(Choice.label == "Belum ada di sini")).one()
    switched = browser.post("/kelola/pengaturan/pilihan/ubah", data={"id": choice.id, "active": "0"})
    assert switched.headers["Location"] == page
    assert f'id="daftar-{kind}"' in browser.get("/kelola/pengaturan").text


@pytest.mark.parametrize("path", ["", "/penanda-tangan", "/contoh"])
def test_settings_are_the_admins(app: Flask, client_of: Opener, path: str) -> None:
    panitia = client_of(factories.person("Rina", Role.PANITIA).id)
    assert panitia.post(f"/kelola/pengaturan{path}", data={}).status_code == 403


def test_issued_papers_keep_their_words_and_their_bytes(app: Flask) -> None:
    course, teacher = factories.diklat(days=1), factories.person("Ani").id
    id, start = course.id, clock.now()
    session_id = diklat_queries.sessions_of(id)[0].id
    with db.transaction():
        enrolment.join(id, teacher, actor=factories.SYSTEM, now=start)
    settings = app.extensions["calakan.settings"]
    store = app.extensions["calakan.files"]
    with time_machine.travel(start + timedelta(days=2)):
        with db.transaction():
            attendance.mark_by_hand(
                session_id, [teacher], present=True, reason="hadir", actor=factories.SYSTEM, now=clock.now()
            )
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=clock.now())
        assert tasks.issue_due(settings) == 1
        paper = db.session().scalars(sa.select(Certificate)).one()
        before = (dict(paper.facts), paper.number, paper.sha256, rendering.read(paper, store))
        paper_id = paper.id
        change(
            signers=[Signer(post="Kepala Dinas", name="Baru")],
            organiser="Lembaga Lain",
            number_pattern="{urut}/{tahun}",
        )
        assert tasks.issue_due(settings) == 0
        db.session().rollback()
        paper = db.session().get_one(Certificate, paper_id)
        assert (paper.facts, paper.number, paper.sha256, rendering.read(paper, store)) == before
        assert paper.facts["event"]["signers"][0]["post"] == "Ketua Banyumas Calakan"
        with db.transaction():
            certificates.reissue(paper_id, reason="nama", actor=factories.SYSTEM, now=clock.now())
        assert tasks.issue_due(settings) == 1
    db.session().rollback()
    new = db.session().scalars(sa.select(Certificate).where(Certificate.revision == 1)).one()
    assert (new.number, new.facts["event"]["organiser"]) == (before[1], "Lembaga Lain")
    assert [signer["name"] for signer in new.facts["event"]["signers"]] == ["Baru"]
