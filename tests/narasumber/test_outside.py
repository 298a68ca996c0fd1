"""A speaker from outside: invited by name and address alone, and everything after that by the links of the mails."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.diklat.models import LiveSession
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.materials.models import Audience, Material, MaterialKind
from calakan.narasumber import queries, services
from calakan.narasumber.errors import AlreadyAsked, NotAVolunteer, OutsiderClosed
from calakan.narasumber.models import AssignmentState
from calakan.notifications.models import Message
from calakan.people import passwords
from calakan.people.errors import NameIsAddress
from calakan.people.models import Person, PersonRole, Purpose
from calakan.people.services import accounts, entry
from tests import factories

Opener = Callable[[int | None], FlaskClient]
EMAIL = "pakar@kampus.example"
PASSWORD = "jambu kuning di kebun belakang"


def bring_in(session_id: int, email: str = EMAIL, name: str = "Sari Dewi", *, actor: Actor = factories.SYSTEM) -> int:
    with db.transaction():
        return services.invite_outside(session_id, email, name, actor=actor, now=clock.now()).person_id


def page_of(session_id: int) -> str:
    session = db.session().get_one(LiveSession, session_id, options=[sa.orm.joinedload(LiveSession.diklat)])
    return f"/kelola/diklat/{session.diklat.slug}/sesi/{session.number}/narasumber"


def link_in_the_mail(address: str) -> str:
    letter = factories.mailed(address)
    found = re.search(r"/relawan/tawaran/\S+", letter.text)
    assert found is not None
    return found[0]


def test_the_whole_path_without_an_account(app: Flask, client: FlaskClient, client_of: Opener) -> None:
    id = factories.slot()
    staff, path = client_of(factories.person("Panitia", Role.PANITIA).id), page_of(id)
    assert "Undang orang dari luar daftar" in staff.get(path).text
    assert staff.post(f"{path}/undang", data={"nama": "Sari Dewi", "email": EMAIL}).status_code == 303
    assert "Sari Dewi" in staff.get(path).text
    link = link_in_the_mail(EMAIL)
    assert "Sari Dewi" in client.get(link).text
    assert client.post(link, data={"jawab": "bisa"}).status_code == 303
    shown = client.get(link).text
    assert "Bagikan materi" in shown
    assert "Ternyata tidak bisa?" in shown

    typed = {"title": "Salindia", "url": "https://kampus.example/salindia", "kind": "recording", "audience": "everyone"}
    assert client.post(f"{link}/materi", data=typed).status_code == 303
    file = {"title": "Lembar kerja", "file": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "kerja.pdf")}
    assert client.post(f"{link}/materi", data=file).status_code == 303
    db.session().rollback()
    rows = db.session().scalars(sa.select(Material).order_by(Material.id)).all()
    assert [(row.title, row.kind, row.audience, row.live_session_id) for row in rows] == [
        ("Salindia", MaterialKind.MATERIAL, Audience.ENROLLED, id),
        ("Lembar kerja", MaterialKind.MATERIAL, Audience.ENROLLED, id),
    ]
    assert "Lembar kerja" in client.get(link).text
    assert client.get(f"{link}/materi/{rows[1].code}").data.startswith(b"%PDF")
    session = db.session().get_one(LiveSession, id)
    begins = session.starts_at
    with time_machine.travel(begins - timedelta(minutes=10), tick=False):
        assert client.post(f"{link}/hadir").status_code == 303
        assert client.post(f"{link}/kode").status_code == 303
        assert "Kode hadir" in client.get(link).text
        assert re.search(r'class="code-mid"[^>]*>\s*\w{3} \w{3}', client.get(link).text)


def test_stepping_back_ends_handing_out(app: Flask, client: FlaskClient) -> None:
    id = factories.slot()
    person_id = bring_in(id)
    link = link_in_the_mail(EMAIL)
    typed = {"title": "Salindia", "url": "https://kampus.example/salindia"}
    assert client.post(f"{link}/materi", data=typed).status_code == 200  # not before the answer
    client.post(link, data={"jawab": "bisa"})
    assert client.post(link, data={"jawab": "lepas", "alasan": "Rapat senat"}).status_code == 303
    assert client.post(f"{link}/materi", data=typed).status_code == 200
    assert client.post("/relawan/tawaran/x/materi", data=typed).status_code == 404
    db.session().rollback()
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Material)) == 0
    row = queries.assignment_of(id, person_id)
    assert row is not None
    assert (row.state, row.reason) == (AssignmentState.DECLINED, "Rapat senat")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Tulis judul materinya."),
        ({"title": "x" * 121, "url": "https://a.example"}, "Paling banyak 120 huruf."),
        ({"title": "Salindia"}, "tautan"),
        ({"title": "Salindia", "url": "javascript:alert(1)"}, "https"),
        ({"title": "Salindia", "file": b"MZ\x90\x00"}, "PDF"),
    ],
)
def test_what_is_no_material_is_told(app: Flask, client: FlaskClient, typed: dict[str, object], said: str) -> None:
    bring_in(factories.slot())
    link = link_in_the_mail(EMAIL)
    client.post(link, data={"jawab": "bisa"})
    sent = {name: (io.BytesIO(value), "a.pdf") if isinstance(value, bytes) else value for name, value in typed.items()}
    refused = client.post(f"{link}/materi", data=sent)
    assert (refused.status_code, said in refused.text) == (422, True)
    assert f'value="{typed.get("title", "")}"' in refused.text


def test_who_is_brought_in_has_the_role_and_is_no_volunteer(app: Flask) -> None:
    id = factories.slot()
    person_id = bring_in(id, f" {EMAIL.upper()} ")
    person = db.session().get_one(Person, person_id)
    assert (person.email, person.password_hash, person.email_confirmed_at) == (EMAIL, None, None)
    assert db.session().get(PersonRole, (person_id, Role.NARASUMBER)) is not None
    assert queries.volunteer(person_id) is None
    with pytest.raises(AlreadyAsked):
        bring_in(id)
    other = factories.slot()
    assert bring_in(other, name="Nama Lain") == person_id
    db.session().rollback()
    assert db.session().get_one(Person, person_id).name == "Sari Dewi"
    acts = sa.select(sa.func.count()).where(AuditEntry.act == "narasumber.bring_in")
    assert db.session().scalar(acts) == 1


def test_a_name_that_a_stranger_typed_for_this_address_is_not_the_speakers(app: Flask) -> None:
    """A sign-up that nobody proved stands in nobody's way; a proven account keeps its name."""
    with db.transaction():
        entry.sign_up(EMAIL, "Menang Hadiah", password_hash=passwords.hashed(PASSWORD), now=clock.now())
    claimed = factories.mailed_secret("people.confirm_email", EMAIL)
    person_id = bring_in(factories.slot())
    person = db.session().get_one(Person, person_id)
    assert (person.name, person.password_hash, person.notice_accepted_at) == ("Sari Dewi", None, None)
    assert accounts.link_owner(claimed, Purpose.CONFIRM_EMAIL, now=clock.now()) is None
    db.session().rollback()
    with db.transaction():
        assert entry.prove_by_mail(EMAIL, now=clock.now()) is not None
    bring_in(factories.slot(), name="Nama Lain")
    db.session().rollback()
    assert db.session().get_one(Person, person_id).name == "Sari Dewi"


def test_whom_nobody_brings_in(app: Flask) -> None:
    id, teacher = factories.slot(), factories.person("Guru")
    teacher_id, teachers = teacher.id, teacher.email or ""
    with pytest.raises(NotAVolunteer):
        bring_in(id, actor=Actor(person_id=teacher_id, name="Guru", roles=frozenset({Role.NARASUMBER})))
    with pytest.raises(NameIsAddress):
        bring_in(id, name="kampus.example")
    declined = factories.volunteer("Ditolak").id
    with db.transaction():
        services.decide(declined, approve=False, actor=factories.SYSTEM, now=clock.now())
    address = db.session().get_one(Person, declined).email
    assert address is not None
    with pytest.raises(NotAVolunteer):
        bring_in(id, address)
    with db.transaction() as session:
        session.get_one(Person, teacher_id).active = False
    with pytest.raises(OutsiderClosed):
        bring_in(id, teachers)
    db.session().rollback()
    assert db.session().scalar(sa.select(Person.id).where(Person.email == EMAIL)) is None
    assert db.session().get(PersonRole, (teacher_id, Role.NARASUMBER)) is None


def test_a_wrong_address_is_told_and_writes_nobody(app: Flask, client_of: Opener) -> None:
    staff, path = client_of(factories.person("Panitia", Role.PANITIA).id), page_of(factories.slot())
    for typed in ({"nama": "Sari", "email": "sari"}, {"nama": "", "email": EMAIL}, {"nama": "x" * 101, "email": EMAIL}):
        page = staff.post(f"{path}/undang", data=typed, follow_redirects=True).text
        assert any(
            said in page for said in ("Tulis alamat email lengkap", "Tulis namanya.", "Paling banyak 100 huruf.")
        )
    assert db.session().scalar(sa.select(sa.func.count()).where(Message.address == EMAIL)) == 0
