"""The second step of a log-in: no code lets in twice, guessing ends soon, and dangerous acts ask again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications.letters import compose
from calakan.notifications.models import Message
from calakan.office import services as office
from calakan.people import passwords, queries
from calakan.people.errors import OwnRoles, SecondFactorNeeded, TooManySecondCodes
from calakan.people.models import Person, RecoveryCode, SecondFactor
from calakan.people.services import accounts, second_factor
from tests import factories

Opener = Callable[[int | None], FlaskClient]
PASSWORD = "jambu kuning di kebun belakang"
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def staff(app: Flask) -> tuple[int, str]:
    """Somebody of the panitia with a password: id and address."""
    person = factories.person("Sri", Role.PANITIA)
    with db.transaction():
        db.session().get_one(Person, person.id).password_hash = passwords.hashed(PASSWORD)
    return person.id, person.email


def turned_on(person_id: int) -> tuple[pyotp.TOTP, list[str]]:
    """The app for codes, and the recovery codes; the code of this half minute is used up."""
    with db.transaction():
        second_factor.prepare(person_id, now=clock.now())
    prepared = queries.prepared_factor(person_id)
    assert prepared is not None
    phone = pyotp.TOTP(prepared.secret)
    with db.transaction():
        actor = factories.actor(db.session().get_one(Person, person_id))
        made = second_factor.activate(person_id, code(phone), login_id=0, actor=actor, now=clock.now())
    return phone, made


def code(phone: pyotp.TOTP) -> str:
    return phone.at(clock.now())


def half_way(email: str) -> str:
    """The secret that stands between the right password and the code."""
    with db.transaction():
        begun = second_factor.begin_log_in(accounts.verify(email, PASSWORD), device="test", now=clock.now())
    assert begun.needs_code
    return begun.secret


def finish(step: str, typed: str) -> str | None:
    with db.transaction():
        return second_factor.finish_log_in(step, typed, device="test", now=clock.now())


def refused_then_let_in(step: str, wrong: str, right: str) -> bool:
    return finish(step, wrong) is None and finish(step, right) is not None


def test_from_the_qr_code_to_the_next_log_in(app: Flask, staff: tuple[int, str], client: FlaskClient) -> None:
    _, email = staff
    typed = {"email": email, "password": PASSWORD}
    with time_machine.travel(clock.now(), tick=False) as clocks:
        assert client.post("/masuk", data=typed).headers["Location"] == "/hari-ini"
        assert client.post("/saya/dua-langkah/siapkan").status_code == 303
        page = client.get("/saya/dua-langkah").get_data(as_text=True)
        phone = pyotp.parse_uri(re.findall(r'href="(otpauth:[^"]+)"', page)[0].replace("&amp;", "&"))
        assert isinstance(phone, pyotp.TOTP)
        assert (phone.name, phone.issuer) == (email, "Banyumas Calakan")
        assert client.post("/saya/dua-langkah/aktifkan", data={"code": "000000"}).status_code == 422
        shown = client.post("/saya/dua-langkah/aktifkan", data={"code": code(phone)}).get_data(as_text=True)
        recovery = re.findall(r'<li class="num">([^<]+)</li>', shown)
        assert len(recovery) == 8
        assert min(len(one.replace("-", "")) for one in recovery) * 5 >= 112  # bits, since a fast hash is kept
        client.post("/keluar")
        first = client.post("/masuk?next=/kelola/diklat", data=typed)
        assert first.headers["Location"] == "/masuk/kode?next=/kelola/diklat"
        assert client.get("/kelola/diklat").status_code == 302
        assert client.post(first.headers["Location"], data={"code": code(phone)}).status_code == 422
        clocks.shift(HALF_MINUTE)
        done = client.post(first.headers["Location"], data={"code": code(phone)})
        assert (done.status_code, done.headers["Location"]) == (302, "/kelola/diklat")
        assert client.get("/kelola/diklat").status_code == 200
    assert recovery[0].replace("-", "") not in "".join(db.session().scalars(sa.select(RecoveryCode.code_hash)))


def test_a_code_lets_in_once_and_near_ones_count(app: Flask, staff: tuple[int, str]) -> None:
    id, email = staff
    with time_machine.travel(clock.now(), tick=False) as clocks:
        phone, _ = turned_on(id)
        now = clock.now()
        assert refused_then_let_in(half_way(email), phone.at(now), phone.at(now + HALF_MINUTE))
        clocks.shift(3 * HALF_MINUTE)
        now = clock.now()
        assert refused_then_let_in(half_way(email), phone.at(now - 2 * HALF_MINUTE), phone.at(now - HALF_MINUTE))
        # What was shown before the last one used is as dead as the one used.
        assert refused_then_let_in(half_way(email), phone.at(now - HALF_MINUTE), phone.at(now))


def test_a_recovery_code_lets_in_once_and_its_owner_is_told(app: Flask, staff: tuple[int, str]) -> None:
    id, email = staff
    _, (first, second, *_) = turned_on(id)
    assert finish(half_way(email), first.lower()) is not None
    assert refused_then_let_in(half_way(email), first, second.replace("-", " "))
    assert queries.recovery_codes_left(id) == 6
    told = db.session().scalars(sa.select(Message).where(Message.kind == "people.second_factor").order_by(Message.id))
    letters = [compose(message, clock.now()) for message in told]
    assert [letter.subject for letter in letters if letter is not None] == [
        "Verifikasi dua langkah aktif – Banyumas Calakan",
        *["Kode cadangan dipakai untuk masuk – Banyumas Calakan"] * 2,
    ]
    with db.transaction():
        second_factor.renew_codes(id, actor=factories.SYSTEM, now=clock.now())
    assert finish(half_way(email), second) is None
    assert queries.recovery_codes_left(id) == 8


def test_guessing_ends_after_five_and_goes_on_one_by_one(app: Flask, staff: tuple[int, str]) -> None:
    id, email = staff
    with time_machine.travel(clock.now(), tick=False) as clocks:
        phone, _ = turned_on(id)
        clocks.shift(HALF_MINUTE)
        step = half_way(email)
        assert [finish(step, "000000") for _ in range(5)] == [None] * 5
        with pytest.raises(TooManySecondCodes):
            finish(half_way(email), code(phone))
        clocks.shift(timedelta(minutes=5))
        assert finish(half_way(email), "000000") is None
        with pytest.raises(TooManySecondCodes):
            finish(half_way(email), code(phone))
        clocks.shift(timedelta(minutes=5))
        assert finish(half_way(email), code(phone)) is not None
        assert db.session().scalars(sa.select(SecondFactor.failures)).one() == 0


def test_the_step_between_is_short_and_dies_with_the_password(app: Flask, staff: tuple[int, str]) -> None:
    id, email = staff
    with time_machine.travel(clock.now(), tick=False) as clocks:
        phone, _ = turned_on(id)
        step = half_way(email)
        with db.transaction():
            accounts.end_logins(id)
        with pytest.raises(accounts.LinkInvalid):
            finish(step, code(phone))
        step = half_way(email)
        clocks.shift(timedelta(minutes=5))
        with pytest.raises(accounts.LinkInvalid):
            finish(step, code(phone))


def test_where_the_office_demands_it_nothing_else_opens(app: Flask, staff: tuple[int, str], client_of: Opener) -> None:
    id, _ = staff
    teacher, browser = client_of(factories.person("Guru").id), client_of(id)
    assert browser.get("/kelola").status_code == 200
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), second_factor_required=True)
    for path in ("/kelola", "/saya", "/kelola/orang"):
        assert browser.get(path).headers["Location"] == "/saya/dua-langkah"
    assert [browser.get(path).status_code for path in ("/diklat", "/saya/dua-langkah")] == [200, 200]
    assert teacher.get("/saya").status_code == 200
    turned_on(id)
    again = client_of(id)
    assert again.get("/kelola").status_code == 200
    assert again.post("/saya/dua-langkah/matikan").status_code == 303
    assert queries.second_factor(id) is not None
    actor = factories.actor(db.session().get_one(Person, id))
    with pytest.raises(SecondFactorNeeded), db.transaction():
        second_factor.turn_off(id, actor=actor, now=clock.now())


def test_a_dangerous_act_asks_again_who_it_is(app: Flask, client_of: Opener) -> None:
    admin, other = factories.person("Admin", Role.ADMIN), factories.person("Orang")
    admin_id, other_code = admin.id, other.code
    with db.transaction():
        db.session().get_one(Person, admin_id).password_hash = passwords.hashed(PASSWORD)
    browser, path = client_of(admin_id), f"/kelola/orang/{other_code}"
    ask = f"/saya/pastikan?next={path}"
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=False):
        answer = browser.post(f"{path}/peran", data={"roles": "panitia"})
        assert (answer.status_code, answer.headers["Location"]) == (303, ask)
        assert browser.get("/kelola/orang/tambah").headers["Location"].startswith("/saya/pastikan")
        assert queries.actor_of(other).roles == {Role.PESERTA}
        assert browser.get(path).status_code == 200
        assert browser.post(ask, data={"current": "keliru"}).status_code == 422
        assert browser.post(ask, data={"current": PASSWORD}).headers["Location"] == path
        browser.post(f"{path}/peran", data={"roles": "panitia"})
        assert queries.actor_of(other).roles == {Role.PESERTA, Role.PANITIA}


def test_proving_asks_for_the_code_too(app: Flask, staff: tuple[int, str], client_of: Opener) -> None:
    id, _ = staff
    with time_machine.travel(clock.now(), tick=False) as clocks:
        phone, _ = turned_on(id)
        browser = client_of(id)
        clocks.shift(timedelta(minutes=16))
        assert browser.get("/saya/dua-langkah").status_code == 303
        typed = {"current": PASSWORD, "code": "000000"}
        assert browser.post("/saya/pastikan", data=typed).status_code == 422
        assert browser.get("/saya/dua-langkah").status_code == 303
        assert browser.post("/saya/pastikan", data={**typed, "code": code(phone)}).status_code == 303
        assert browser.get("/saya/dua-langkah").status_code == 200


def test_an_admin_helps_others_and_not_himself(app: Flask, staff: tuple[int, str], client_of: Opener) -> None:
    id, email = staff
    admin = factories.person("Admin", Role.ADMIN)
    for person_id in (id, admin.id):
        turned_on(person_id)
    lost, helper = client_of(id), client_of(admin.id)
    actor = factories.actor(db.session().get_one(Person, admin.id))
    with pytest.raises(OwnRoles), db.transaction():
        second_factor.reset(admin.id, actor=actor, now=clock.now())
    code_of = db.session().get_one(Person, id).code
    assert "Hapus verifikasi dua langkah" in helper.get(f"/kelola/orang/{code_of}").get_data(as_text=True)
    assert helper.post(f"/kelola/orang/{code_of}/dua-langkah").status_code == 302
    assert lost.get("/saya").status_code == 302
    with db.transaction():
        begun = second_factor.begin_log_in(accounts.verify(email, PASSWORD), device="test", now=clock.now())
    assert begun.needs_code is False
