"""Passkeys: each way out of their services, and that nothing but the device of their owner lets anybody in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import NotFound
from calakan.notifications.letters import compose
from calakan.notifications.models import Message
from calakan.office import services as office
from calakan.people import passwords, queries
from calakan.people.errors import (
    EmailUnconfirmed,
    LastSecondStep,
    NoSecondFactor,
    PasskeyKnown,
    PasskeyOver,
    PasskeyRefused,
    TooManyPasskeys,
)
from calakan.people.models import Login, OneTimeLink, Person, Purpose, RecoveryCode
from calakan.people.services import accounts, addresses, entry, passkeys, roles, second_factor, telling, tokens
from calakan.people.ways_in import Passkey, PasskeyChallenge
from calakan.privacy import erasure, personal
from tests import factories
from tests.security.test_second_factor import turned_on
from tests.servers.authenticator import Device, packed

ORIGIN = "https://calakan.test"
PASSWORD = "jambu kuning di kebun belakang"
Opener = Callable[[int | None], FlaskClient]


@pytest.fixture(autouse=True)
def named(app: Flask) -> None:
    passkeys.connect(ORIGIN)


def act(work: Callable[..., Any], *args: object, **options: object) -> Any:
    with db.transaction():
        return work(*args, **{"now": clock.now(), **options})


def actor(id: int) -> Actor:
    db.session().rollback()
    return queries.actor_of(db.session().get_one(Person, id))


def count(model: type[object], **values: object) -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(model).filter_by(**values)) or 0


def acts() -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.contains("passkey")).order_by(AuditEntry.id)
    return list(db.session().scalars(wanted))


def told() -> list[str]:
    db.session().rollback()
    rows = db.session().scalars(sa.select(Message).where(Message.kind == telling.WAY_IN).order_by(Message.id)).all()
    return [letter.subject.partition(" –")[0] for row in rows if (letter := compose(row, clock.now())) is not None]


def add(id: int, device: Device | None = None, *, name: str = "HP saya", login_id: int = 0) -> tuple[Device, list[str]]:
    """A passkey of this person, and the recovery codes that came with it."""
    device = device or Device(ORIGIN)
    challenge, options = act(passkeys.ask_new, id)
    answer = device.make(options)
    act(passkeys.take, challenge, person_id=id)
    made = act(passkeys.add, id, answer, challenge, name, login_id=login_id, actor=actor(id))
    return device, made


def enter(device: Device, *, change: Callable[[dict[str, Any]], object] = dict) -> int | None:
    """Who comes in with it; None for one of which there are two."""
    challenge, options = act(passkeys.ask)
    answer = json.loads(device.sign(options))
    change(answer)
    act(passkeys.take, challenge)
    found = act(passkeys.log_in, json.dumps(answer), challenge, device="hp")
    return found[0] if found is not None else None


def test_a_passkey_logs_its_owner_in_and_its_use_is_kept(app: Flask) -> None:
    ani, budi = factories.person("Ani").id, factories.person("Budi").id
    phone, codes = add(ani)
    laptop, _ = add(budi, Device(ORIGIN, counts=False), name="Laptop")
    assert codes == []
    assert [enter(device) for device in (phone, laptop, phone, laptop)] == [ani, budi, ani, budi]
    first, second = db.session().scalars(sa.select(Passkey).order_by(Passkey.id)).all()
    assert (first.sign_count, second.sign_count, first.name, second.name) == (2, 0, "HP saya", "Laptop")
    assert first.last_used_at is not None
    assert [login.device for login in db.session().scalars(sa.select(Login))] == ["hp"] * 4
    assert (acts(), told()) == (["people.add_passkey"] * 2, ["Passkey baru untuk masuk"] * 2)
    assert count(PasskeyChallenge) == 0


def wrong(device: Device, **changes: object) -> Device:
    for name, value in changes.items():
        setattr(device, name, value)
    return device


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": "https://calakan.test.example.org"},
        {"origin": "http://calakan.test"},
        {"host": "example.org"},
        {"verifies": False},
        {"handle": b"somebody"},
        {"handle": b""},
        {"id": b"x" * 32},
        {"key": Device(ORIGIN).key},
    ],
)
def test_what_is_not_signed_here_by_its_owner_is_refused(app: Flask, changes: dict[str, object]) -> None:
    phone, _ = add(factories.person().id)
    with pytest.raises(PasskeyRefused):
        enter(wrong(phone, **changes))
    assert count(Login) == 0
    assert count(Passkey, sign_count=0) == 1


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "x", '{"id": 1}', "A" * 20000])
def test_an_answer_that_is_none_is_refused(app: Flask, answer: str) -> None:
    ani = factories.person().id
    challenge, _ = act(passkeys.ask)
    with pytest.raises(PasskeyRefused):
        act(passkeys.log_in, answer, challenge, device="hp")
    with pytest.raises(PasskeyRefused):
        act(passkeys.add, ani, answer, challenge, "x", login_id=0, actor=actor(ani))


@pytest.mark.parametrize("member", ["clientDataJSON", "authenticatorData", "signature"])
def test_an_answer_with_another_part_is_refused(app: Flask, member: str) -> None:
    phone, _ = add(factories.person().id)

    def change(answer: dict[str, Any]) -> None:
        answer["response"][member] = packed(b"x" * 40)

    with pytest.raises(PasskeyRefused):
        enter(phone, change=change)


def test_a_challenge_is_of_one_browser_one_purpose_and_one_answer(app: Flask) -> None:
    ani, now = factories.person().id, clock.now()
    phone, _ = add(ani)
    (mine, options), (other, _) = act(passkeys.ask), act(passkeys.ask)
    answer = phone.sign(options)
    with pytest.raises(PasskeyRefused):  # signed for another browser
        act(passkeys.log_in, answer, other, device="hp")
    for challenge in ("", "x"):
        with pytest.raises(PasskeyOver):
            act(passkeys.take, challenge)
    act(passkeys.take, mine)
    with pytest.raises(PasskeyOver):
        act(passkeys.take, mine)
    new, _ = act(passkeys.ask_new, ani)
    with pytest.raises(PasskeyOver):
        act(passkeys.take, new)
    with pytest.raises(PasskeyOver):
        act(passkeys.take, other, person_id=ani)
    late, _ = act(passkeys.ask, now=now)
    with pytest.raises(PasskeyOver):
        act(passkeys.take, late, now=now + passkeys.LIFETIME)
    act(passkeys.sweep, now=now + passkeys.LIFETIME + timedelta(minutes=1))
    assert count(PasskeyChallenge) == 0


def test_a_copied_passkey_is_stopped_and_its_owner_told(app: Flask) -> None:
    ani = factories.person("Ani").id
    phone, _ = add(ani)
    thief = phone.copy()
    assert enter(thief) == ani
    assert enter(phone) is None  # the second to sign with this count, whoever he is
    assert (acts()[-1], told()[-1]) == ("people.passkey_copied", "Sebuah passkey dihentikan")
    for device in (thief, phone):
        for _ in range(2):
            with pytest.raises(PasskeyRefused):
                enter(device)
    assert count(Login) == 1
    assert not passkeys.usable_by(ani)


@pytest.mark.parametrize("kept", [0, 5])
def test_a_device_that_stops_counting_is_a_copy(app: Flask, kept: int) -> None:
    """Always 0 has no say; 0 after a number has (WebAuthn 7.2, step 22)."""
    ani = factories.person("Ani").id
    phone, _ = add(ani, Device(ORIGIN, counts=False))
    with db.transaction() as session:
        session.execute(sa.update(Passkey).values(sign_count=kept))
    assert enter(phone) == (None if kept else ani)


def test_a_closed_account_is_not_opened(app: Flask) -> None:
    ani = factories.person("Ani").id
    phone, _ = add(ani)
    act(roles.switch_account, ani, active=False, actor=factories.SYSTEM)
    with pytest.raises(PasskeyRefused):
        enter(phone)
    act(roles.switch_account, ani, active=True, actor=factories.SYSTEM)
    assert enter(phone) == ani


def test_what_may_not_be_added(app: Flask) -> None:
    ani, budi = factories.person("Ani").id, factories.person("Budi").id
    phone, _ = add(ani)
    with pytest.raises(PasskeyKnown):
        add(budi, phone.copy())
    with pytest.raises(PasskeyRefused):
        add(budi, Device(ORIGIN, verifies=False))
    with pytest.raises(PasskeyRefused):
        add(budi, Device("https://example.org"))
    for _ in range(passkeys.MOST - 1):
        challenge, options = act(passkeys.ask_new, ani)
        answer = Device(ORIGIN).make(options)
        act(passkeys.add, ani, answer, challenge, "x" * 90, login_id=0, actor=actor(ani))
    assert len(json.loads(options)["excludeCredentials"]) == passkeys.MOST - 1
    for work in (
        lambda: act(passkeys.ask_new, ani),
        lambda: act(passkeys.add, ani, answer, challenge, "x", login_id=0, actor=actor(ani)),
    ):
        with pytest.raises(TooManyPasskeys):
            work()
    with db.transaction() as session:
        session.get_one(Person, budi).email_confirmed_at = None
    with pytest.raises(EmailUnconfirmed):
        act(passkeys.ask_new, budi)
    with pytest.raises(EmailUnconfirmed):
        act(passkeys.add, budi, answer, challenge, "x", login_id=0, actor=actor(budi))


@pytest.mark.parametrize(
    ("base_url", "works"),
    [
        (ORIGIN, True), ("http://localhost:8000", True), ("http://calakan.test", False),
        ("https://192.0.2.7", False), ("https://[2001:db8::1]", False), ("http://127.0.0.1:8000", False),
    ],
)  # fmt: skip
def test_browsers_know_passkeys_under_names_alone(app: Flask, base_url: str, works: bool) -> None:
    passkeys.connect(base_url)
    assert passkeys.available() is works
    if not works:
        with pytest.raises(PasskeyRefused):
            act(passkeys.ask)


def test_one_removes_ones_own_and_no_other(app: Flask) -> None:
    ani, budi = factories.person("Ani").id, factories.person("Budi").id
    phone, _ = add(ani)
    [key] = queries.passkeys(ani)
    id = key.id
    for owner, number in ((budi, id), (ani, id + 1)):
        with pytest.raises(NotFound):
            act(passkeys.remove, owner, number, actor=actor(owner))
    act(passkeys.remove, ani, id, actor=actor(ani))
    assert (acts()[-1], told()[-1]) == ("people.remove_passkey", "Sebuah passkey dihapus")
    with pytest.raises(PasskeyRefused):
        enter(phone)


# ---- the second step of staff ----------------------------------------------------------------------------------------


def needs_step(id: int) -> bool:
    return act(second_factor.begin_log_in, id, device="hp").needs_code


def test_of_staff_a_passkey_is_the_second_step(app: Flask) -> None:
    sri, guru = factories.person("Sri", Role.PANITIA).id, factories.person("Guru").id
    act(accounts.log_in, sri, device="x")
    mine = db.session().scalars(sa.select(Login.id).order_by(Login.id.desc())).first() or 0
    act(accounts.log_in, sri, device="y")
    act(tokens.make, db.session().get_one(Person, sri).email, actor=factories.SYSTEM)
    assert not needs_step(sri)
    phone, codes = add(sri, login_id=mine)
    assert (len(codes), queries.recovery_codes_left(sri)) == (8, 8)
    assert db.session().scalars(sa.select(Login.id).where(Login.person_id == sri)).all() == [mine]
    assert count(OneTimeLink, purpose=Purpose.API) == 0
    assert needs_step(sri)
    _, more = add(sri, login_id=mine)
    assert (more, queries.recovery_codes_left(sri)) == ([], 8)
    add(guru)
    assert (needs_step(guru), queries.recovery_codes_left(guru)) == (False, 0)
    assert enter(phone) == sri  # both steps at once


def half_way(id: int) -> str:
    return act(second_factor.begin_log_in, id, device="hp").secret


def finish(step: str, code: str) -> bool:
    return act(second_factor.finish_log_in, step, code, device="hp") is not None


def test_without_the_device_a_recovery_code_is_the_second_step(app: Flask) -> None:
    sri = factories.person("Sri", Role.PANITIA).id
    _, codes = add(sri)
    for code in ("", "000000", codes[0][:-1]):
        assert not finish(half_way(sri), code)
    assert finish(half_way(sri), codes[0])
    assert not finish(half_way(sri), codes[0])


def test_a_copied_passkey_still_asks_for_a_second_step(app: Flask) -> None:
    """Else whoever has the copy and the password would get in by having it stopped."""
    sri = factories.person("Sri", Role.PANITIA).id
    phone, _ = add(sri)
    enter(phone.copy())
    assert enter(phone) is None
    assert needs_step(sri)


def test_with_an_app_for_codes_both_count(app: Flask) -> None:
    sri = factories.person("Sri", Role.PANITIA).id
    turned_on(sri)
    _, codes = add(sri)
    assert codes == []
    me = actor(sri)
    act(office.change_settings, actor=factories.SYSTEM, second_factor_required=True)
    act(second_factor.turn_off, sri, actor=me)
    assert (needs_step(sri), queries.recovery_codes_left(sri)) == (True, 8)
    with pytest.raises(NoSecondFactor):
        act(second_factor.turn_off, sri, actor=me)
    assert len(act(second_factor.renew_codes, sri, actor=me)) == 8
    [key] = queries.passkeys(sri)
    id = key.id
    with pytest.raises(LastSecondStep):
        act(passkeys.remove, sri, id, actor=me)
    assert count(Passkey) == 1
    act(office.change_settings, actor=factories.SYSTEM, second_factor_required=False)
    act(passkeys.remove, sri, id, actor=me)
    assert (needs_step(sri), queries.recovery_codes_left(sri)) == (False, 0)


def test_an_admin_takes_away_the_passkeys_of_a_lost_phone(app: Flask) -> None:
    sri = factories.person("Sri", Role.PANITIA).id
    phone, _ = add(sri)
    act(second_factor.reset, sri, actor=factories.SYSTEM)
    assert (count(Passkey), count(RecoveryCode), count(Login)) == (0, 0, 0)
    with pytest.raises(PasskeyRefused):
        enter(phone)


def test_proving_again_is_the_owners_alone(app: Flask) -> None:
    ani, budi, later = factories.person("Ani").id, factories.person("Budi").id, clock.now() + timedelta(minutes=1)
    hers, _ = add(ani)
    his, _ = add(budi)
    act(accounts.log_in, ani, device="x")
    login = db.session().scalars(sa.select(Login.id)).one()

    def prove(device: Device, now: datetime) -> bool:
        challenge, options = act(passkeys.ask)
        return act(passkeys.prove, login, device.sign(options), challenge, now=now)

    with pytest.raises(PasskeyRefused):
        prove(his, later)
    assert db.session().get_one(Login, login).proved_at < later
    assert prove(hers, later)
    assert db.session().get_one(Login, login).proved_at == later
    copied = hers.copy()
    hers.signed -= 1
    assert prove(hers, later + timedelta(minutes=1)) is False
    assert db.session().get_one(Login, login).proved_at == later
    with pytest.raises(PasskeyRefused):
        prove(copied, later)


# ---- what ends with what ---------------------------------------------------------------------------------------------


def test_whoever_becomes_staff_adds_his_passkeys_anew(app: Flask) -> None:
    ani, sri = factories.person("Ani").id, factories.person("Sri", Role.PANITIA).id
    hers, _ = add(ani)
    staff, _ = add(sri)
    for id, held in ((ani, [Role.NARASUMBER]), (sri, [Role.PANITIA, Role.NARASUMBER])):
        act(roles.set_roles, id, held, actor=factories.SYSTEM)
    assert (enter(hers), enter(staff)) == (ani, sri)
    act(roles.set_roles, ani, [Role.PANITIA], actor=factories.SYSTEM)
    with pytest.raises(PasskeyRefused):
        enter(hers)


def test_whoever_takes_his_address_back_ends_every_passkey(app: Flask) -> None:
    """Also what was added before the change: he who changed the address may have prepared it, and a mail lets the owner in."""
    ani, now = factories.person("Ani").id, clock.now()
    before, _ = add(ani)
    with db.transaction() as session:
        session.execute(sa.update(Passkey).values(created_at=now - timedelta(days=1)))
    email = db.session().get_one(Person, ani).email
    secret = act(lambda now: addresses.objection(ani, email, now, now), now=now)
    since, _ = add(ani, name="HP lain")
    act(addresses.object_to, secret)
    for key in (before, since):
        with pytest.raises(PasskeyRefused):
            enter(key)


def test_what_was_added_before_the_address_was_proven_is_worth_nothing(app: Flask) -> None:
    ani = factories.person("Ani").id
    hers, _ = add(ani)
    with db.transaction() as session:
        person = session.get_one(Person, ani)
        person.email_confirmed_at = None
        email = person.email
    act(entry.prove_by_mail, email)
    with pytest.raises(PasskeyRefused):
        enter(hers)


def test_erasure_and_the_personal_copy_know_them(app: Flask) -> None:
    ani = factories.person("Ani").id
    phone, _ = add(ani)
    act(passkeys.ask_new, ani)
    [kept] = personal.everything(ani)["passkey"]
    assert (kept["name"], set(kept)) == ("HP saya", {"created_at", "name", "last_used_at", "copied_at"})
    act(erasure.erase, ani, reason="diminta", actor=factories.SYSTEM)
    assert (count(Passkey), count(PasskeyChallenge)) == (0, 0)
    with pytest.raises(PasskeyRefused):
        enter(phone)


# ---- over HTTP -------------------------------------------------------------------------------------------------------


def asked(browser: FlaskClient, path: str = "/masuk/passkey/mulai") -> str:
    answer = browser.post(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def inside(browser: FlaskClient) -> bool:
    return browser.get("/saya/profil").status_code == 200


def test_added_listed_used_and_removed_on_the_pages(app: Flask, client: FlaskClient, client_of: Opener) -> None:
    ani = factories.person("Ani").id
    mine, phone = client_of(ani), Device(ORIGIN)
    assert "data-passkey" in mine.get("/akun/passkey").get_data(as_text=True)
    typed = {"name": "HP <saya>", "answer": phone.make(asked(mine, "/akun/passkey/mulai"))}
    assert mine.post("/akun/passkey", data={**typed, "name": ""}).status_code == 422
    assert mine.post("/akun/passkey", data=typed).headers["Location"] == "/akun/perangkat"
    assert mine.post("/akun/passkey", data=typed).status_code == 422  # the challenge is used up
    page = mine.get("/akun/perangkat").get_data(as_text=True)
    assert ("HP &lt;saya&gt;" in page, "belum dipakai" in page) == (True, True)
    answer = phone.sign(asked(client))
    stranger = app.test_client()
    assert stranger.post("/masuk/passkey", data={"answer": answer}).status_code == 422
    assert not inside(stranger)
    entered = client.post("/masuk/passkey", data={"answer": answer, "next": "/saya/riwayat"})
    assert (entered.status_code, entered.headers["Location"]) == (303, "/saya/riwayat")
    assert inside(client)
    assert app.test_client().post("/masuk/passkey", data={"answer": answer}).status_code == 422
    assert "terakhir dipakai" in mine.get("/akun/perangkat").get_data(as_text=True)
    [key] = queries.passkeys(ani)
    mine.post("/akun/passkey/hapus", data={"id": "x"})
    assert count(Passkey) == 1
    mine.post("/akun/passkey/hapus", data={"id": str(key.id)})
    assert count(Passkey) == 0


def test_a_wrong_answer_uses_the_challenge_up(app: Flask, client: FlaskClient) -> None:
    phone, _ = add(factories.person().id)
    answer = phone.sign(asked(client))
    assert client.post("/masuk/passkey", data={"answer": "{}"}).status_code == 422
    page = client.post("/masuk/passkey", data={"answer": answer})
    assert (page.status_code, "Waktunya sudah lewat" in page.get_data(as_text=True)) == (422, True)
    assert not inside(client)


def test_a_copy_is_refused_on_the_page_and_the_note_stays(app: Flask, client: FlaskClient) -> None:
    phone, _ = add(factories.person().id)
    enter(phone.copy())
    answer = phone.sign(asked(client))
    assert client.post("/masuk/passkey", data={"answer": answer}).status_code == 422
    assert acts()[-1] == "people.passkey_copied"


def test_adding_and_removing_ask_again_who_it_is(app: Flask, client_of: Opener) -> None:
    ani = factories.person("Ani").id
    phone, _ = add(ani)
    mine = client_of(ani)
    with db.transaction() as session:
        session.execute(sa.update(Login).values(proved_at=clock.now() - timedelta(minutes=16)))
    asks = "/saya/pastikan?next="
    assert mine.get("/akun/passkey").headers["Location"].startswith(asks)
    for path in ("/akun/passkey", "/akun/passkey/mulai", "/akun/passkey/hapus"):
        assert mine.post(path).headers["Location"].startswith("/saya/pastikan")
    page = mine.get(f"{asks}/akun/passkey").get_data(as_text=True)
    assert ("Pastikan dengan passkey" in page, 'name="current"' in page) == (True, False)
    assert mine.post("/saya/pastikan/passkey", data={"answer": "{}"}).status_code == 422
    answer = phone.sign(asked(mine))
    proven = mine.post("/saya/pastikan/passkey", data={"answer": answer, "next": "/akun/passkey"})
    assert proven.headers["Location"] == "/akun/passkey"
    assert mine.get("/akun/passkey").status_code == 200


def test_staff_without_a_second_step_may_choose_a_passkey(app: Flask, client_of: Opener) -> None:
    sri = factories.person("Sri", Role.PANITIA).id
    act(office.change_settings, actor=factories.SYSTEM, second_factor_required=True)
    mine, phone = client_of(sri), Device(ORIGIN)
    assert mine.get("/kelola").headers["Location"] == "/saya/dua-langkah"
    assert "/akun/passkey" in mine.get("/saya/dua-langkah").get_data(as_text=True)
    answer = phone.make(asked(mine, "/akun/passkey/mulai"))
    codes = mine.post("/akun/passkey", data={"name": "HP", "answer": answer}).get_data(as_text=True)
    assert "Kode cadangan" in codes
    assert mine.get("/kelola").status_code == 200
    assert "Passkey aktif" in mine.get("/saya/dua-langkah").get_data(as_text=True)


def test_the_second_step_of_a_password_is_a_passkey(app: Flask, client: FlaskClient) -> None:
    sri = factories.person("Sri", Role.PANITIA).id
    with db.transaction() as session:
        person = session.get_one(Person, sri)
        person.password_hash = passwords.hashed(PASSWORD)
        email = person.email
    phone, _ = add(sri)
    half = client.post("/masuk", data={"email": email, "password": PASSWORD})
    assert half.headers["Location"].startswith("/masuk/kode")
    assert not inside(client)
    assert "Pakai passkey" in client.get("/masuk/kode").get_data(as_text=True)
    assert client.post("/masuk/kode", data={"code": "000000"}).status_code == 422
    client.post("/masuk/passkey", data={"answer": phone.sign(asked(client))})
    assert inside(client)


def test_where_no_passkey_works_none_is_offered(app: Flask, client: FlaskClient, client_of: Opener) -> None:
    mine = client_of(factories.person().id)
    assert "passkey.js" in client.get("/masuk").get_data(as_text=True)
    assert "/akun/passkey" in mine.get("/akun/perangkat").get_data(as_text=True)
    passkeys.connect("http://127.0.0.1:8000")
    assert "passkey" not in client.get("/masuk").get_data(as_text=True)
    assert "/akun/passkey" not in mine.get("/akun/perangkat").get_data(as_text=True)
    assert "data-passkey=" not in mine.get("/akun/passkey").get_data(as_text=True)
    assert mine.post("/akun/passkey/mulai").status_code == 409
