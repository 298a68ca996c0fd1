"""Where somebody is logged in; the notice that is accepted once; and a profile that names what it lacks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.enrolment import services as enrolling
from calakan.enrolment.errors import ProfileIncomplete
from calakan.kernel import clock, db, formats
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.people import browsers, notices
from calakan.people.agreements import NoticeAcceptance
from calakan.people.models import Login, Person
from calakan.people.services import accounts, devices, entry, profile
from tests import factories
from tests.security.test_log_ins import PASSWORD, with_password

PROFILE = {
    "name": "Sri", "jabatan": "guru_kelas", "sex": "", "jenjang": "", "employment": "", "kecamatan_code": "", "school_id": "",
}  # fmt: skip
Opener = Callable[[int | None], FlaskClient]
PHONE = (
    "Mozilla/5.0 (Linux; Android 8.1; SM-J260) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Mobile Safari/537.36"
)


def inside(browser: FlaskClient) -> bool:
    return browser.get("/saya/profil").status_code == 200


def numbers(id: int) -> list[int]:
    return list(db.session().scalars(sa.select(Login.id).where(Login.person_id == id).order_by(Login.id)))


def test_each_log_in_is_listed_and_can_be_ended(app: Flask, client_of: Opener) -> None:
    id = factories.person().id
    mine, school, library, other = client_of(id), client_of(id), client_of(id), client_of(factories.person("Lain").id)
    page = mine.get("/akun/perangkat").get_data(as_text=True)
    assert page.count("terakhir dipakai") == 3
    assert page.count("perangkat ini") == 1
    mine.post("/akun/perangkat/akhiri", data={"id": str(numbers(id)[1])})
    assert [inside(b) for b in (mine, school, library, other)] == [True, False, True, True]
    mine.post("/akun/perangkat/akhiri")
    assert [inside(b) for b in (mine, library, other)] == [True, False, True]
    assert "Keluarkan semua" not in mine.get("/akun/perangkat").get_data(as_text=True)
    acts = (
        db.session()
        .scalars(sa.select(AuditEntry.act).where(AuditEntry.act == "people.end_log_in").order_by(AuditEntry.id))
        .all()
    )
    assert len(acts) == 2


@pytest.mark.parametrize("id", ["999999", "x", "99999999999999999999"])
def test_nobody_ends_the_log_in_of_another(app: Flask, client_of: Opener, id: str) -> None:
    me, stranger = factories.person(), factories.person("Lain")
    mine, other, own = client_of(me.id), client_of(stranger.id), me.id
    for number in (id, str(numbers(stranger.id)[0])):
        mine.post("/akun/perangkat/akhiri", data={"id": number})
    assert (inside(mine), inside(other)) == (True, True)
    with pytest.raises(NotFound), db.transaction():
        devices.end(own, numbers(stranger.id)[0], actor=factories.SYSTEM, now=clock.now())


@pytest.mark.parametrize(("roles", "later", "counts"), [
    ((), timedelta(days=29), 1), ((), timedelta(days=31), 0),
    ((Role.PANITIA,), timedelta(minutes=20), 1), ((Role.PANITIA,), timedelta(minutes=40), 0),
])  # fmt: skip
def test_what_has_ended_by_itself_is_not_listed(
    app: Flask, client_of: Opener, roles: tuple[Role, ...], later: timedelta, counts: int
) -> None:
    person = factories.person("Sri", *roles)
    client_of(person.id)
    from_now, limits = (
        clock.now() + later,
        devices.LoginLimits(idle=timedelta(minutes=30), staff=timedelta(hours=12), everyone=timedelta(days=30)),
    )
    held = devices.of_person(person.id, staff=bool(roles), limits=limits, now=from_now)
    assert len(held) == counts


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (PHONE, "Chrome di HP Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/130.0", "Firefox di komputer Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) AppleWebKit Version/17.0 Mobile Safari/604.1", "Safari di iPhone"),
        ("curl/8", "Browser"),
        ("", "Browser"),
    ],
)
def test_a_device_is_named_as_its_owner_knows_it(agent: str, shown: str) -> None:
    assert browsers.shown(agent) == shown


def test_whom_others_entered_accepts_the_notice_at_the_first_log_in(app: Flask, client: FlaskClient) -> None:
    person = with_password()
    id, email = person.id, person.email
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == id).values(notice_accepted_at=None, notice_version=0))
    asked = client.post("/masuk", data={"email": email, "password": PASSWORD, "next": "/saya/riwayat"})
    assert asked.headers["Location"] == "/akun/persetujuan?next=/saya/riwayat"
    assert client.post("/akun/persetujuan", data={"next": "/saya/riwayat"}).status_code == 422
    assert not db.session().get_one(Person, id).notice_accepted_at
    answer = client.post("/akun/persetujuan", data={"next": "/saya/riwayat", "notice": "y"})
    assert answer.headers["Location"] == "/saya/riwayat"
    db.session().rollback()
    assert db.session().get_one(Person, id).notice_version == profile.NOTICE_VERSION
    again = app.test_client().post("/masuk", data={"email": email, "password": PASSWORD})
    assert again.headers["Location"] == "/hari-ini"


def test_the_moment_of_consent_stays(app: Flask) -> None:
    id, now = factories.person().id, clock.now()
    was = db.session().get_one(Person, id).notice_accepted_at
    with time_machine.travel(now + timedelta(days=3)), db.transaction():
        profile.accept_notice(id, actor=factories.SYSTEM, now=clock.now())
    assert db.session().get_one(Person, id).notice_accepted_at == was


def test_the_tick_of_a_sign_up_is_kept_by_whoever_made_it_alone(app: Flask) -> None:
    now = clock.now()
    for email, claim in (("satu@example.org", entry.claim_of("x")), ("dua@example.org", "")):
        with db.transaction():
            entry.sign_up(email, "Ani", password_hash="x", now=now)
        secret = factories.mailed_secret(entry.CONFIRM, email)
        with db.transaction():
            made = entry.confirm(secret, claim=claim, name="Ani", password_hash="y", now=now)
            assert (made.notice_accepted_at == now) is bool(claim)


def test_the_profile_names_each_thing_that_is_missing(app: Flask, client_of: Opener) -> None:
    id = factories.person("Sri", complete=False).id
    mine = client_of(id)
    page = mine.get("/saya/profil").get_data(as_text=True)
    for field in ("jabatan", "school_words", "accept_notice"):
        assert f'href="#{field}"' in page
    assert 'id="jabatan-e"' not in page
    answer = mine.post("/saya/profil", data={**PROFILE, "next": "/diklat"})
    assert answer.headers["Location"] == "/saya/profil?next=/diklat&kurang=1"
    page = mine.get(answer.headers["Location"]).get_data(as_text=True)
    assert ('id="jabatan-e"' in page, 'id="school_words-e"' in page, 'id="accept_notice-e"' in page) == (
        False,
        True,
        True,
    )
    typed = {
        **PROFILE,
        "school_elsewhere": "SD Lain",
        "accept_notice": "y",
        "next": "/diklat",
    }
    answer = mine.post("/saya/profil", data=typed)
    assert answer.headers["Location"] == "/diklat"
    page = mine.get("/saya/profil").get_data(as_text=True)
    assert "accept_notice" not in page
    assert "Yang masih kurang" not in page


def test_the_panitia_enrol_who_has_not_accepted_yet_and_nobody_who_has_no_post(app: Flask) -> None:
    diklat_id, id = factories.diklat().id, factories.person(accept_notice=False).id
    with pytest.raises(ProfileIncomplete) as refused, db.transaction():
        enrolling.join(diklat_id, id, actor=factories.SYSTEM, now=clock.now())
    assert refused.value.facts["missing"] == ["accept_notice"]
    with db.transaction():
        enrolling.join(diklat_id, id, actor=factories.SYSTEM, now=clock.now(), by_hand=True)
    other = factories.person(jabatan=None).id
    with pytest.raises(ProfileIncomplete), db.transaction():
        enrolling.join(diklat_id, other, actor=factories.SYSTEM, now=clock.now(), by_hand=True)


def test_whoever_has_no_password_proves_himself_by_mail(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person().id)
    assert browser.get("/saya/pastikan?next=/akun/token").headers["Location"] == "/masuk/kode-surat?next=/akun/token"
    assert browser.get("/saya/sandi").headers["Location"] == "/akun/lupa-sandi"
    assert timedelta(hours=1) > accounts.RESET_LIFETIME


def test_an_admin_sees_who_read_which_notice_and_when(app: Flask, client_of: Opener) -> None:
    """As the newest row says, whatever stands at the person; closed accounts are asked for nothing."""
    admin = factories.person("Admin", Role.ADMIN).id
    old, new, none, closed = (factories.person(name) for name in ("Lama Sekali", "Baru Saja", "Belum", "Tutup"))
    ids = {person.name: person.id for person in (old, new, none, closed)}
    codes = {person.name: person.code for person in (old, new, none, closed)}
    read = clock.now() - timedelta(days=400)
    with db.transaction() as session:
        session.execute(sa.delete(NoticeAcceptance))
        for name, version in (("Lama Sekali", 1), ("Baru Saja", 1), ("Baru Saja", notices.CURRENT)):
            session.add(NoticeAcceptance(person_id=ids[name], version=version, at=read))
        session.get_one(Person, ids["Tutup"]).active = False
    browser = client_of(admin)

    def listed(version: str) -> set[str]:
        page = browser.get(f"/kelola/orang?pemberitahuan={version}").get_data(as_text=True)
        return {name for name, code in codes.items() if f"/kelola/orang/{code}" in page}

    everybody = set(codes)
    assert listed("") == listed("999") == listed("x") == everybody
    assert listed("0") == {"Lama Sekali", "Belum"}
    assert listed("1") == {"Lama Sekali", "Baru Saja"}
    assert listed(str(notices.CURRENT)) == {"Baru Saja"}
    page = browser.get(f"/kelola/orang/{codes['Baru Saja']}").get_data(as_text=True)
    for version in (1, notices.CURRENT):
        assert f"Versi {version} dibaca {formats.moment(read, short=True)}" in page
    assert "Belum dibaca" in browser.get(f"/kelola/orang/{codes['Belum']}").get_data(as_text=True)
