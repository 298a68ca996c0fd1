"""Each way out of the services of accounts, roles, log-ins, second steps, schools and tokens."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.errors import DomainError, NotFound
from calakan.notifications.models import Message
from calakan.people import holders, passwords, queries
from calakan.people.errors import (
    EmailTaken,
    EmailUnconfirmed,
    ErasedAlready,
    KecamatanUnknown,
    LastAdmin,
    LinkInvalid,
    NameTooLong,
    NoSecondFactor,
    NpsnInvalid,
    NpsnTaken,
    OwnRoles,
    PasswordIsPersonal,
    PasswordWeak,
    SchoolUnknown,
    SecondCodeWrong,
    SecondFactorOn,
    TooManyGuesses,
    TooManySecondCodes,
    WrongCurrentPassword,
    WrongPassword,
)
from calakan.people.models import (
    Jenjang,
    Kecamatan,
    Login,
    OneTimeLink,
    Person,
    Purpose,
    RecoveryCode,
    School,
    SecondFactor,
    Sector,
    TokenScope,
    WrongGuesses,
)
from calakan.people.services import accounts, entry, guessing, imports, profile, roles, schools, second_factor, tokens
from tests import factories

SYSTEM = factories.SYSTEM
SECOND = timedelta(seconds=1)


def act(work: Callable[..., object], *args: object, **options: Any) -> object:
    with db.transaction():
        return work(*args, **{"now": clock.now(), **options})


def by(work: Callable[..., object], *args: object, **options: Any) -> object:
    return act(work, *args, **{"actor": SYSTEM, **options})


def acts(prefix: str = "people.") -> list[str]:
    db.session().rollback()
    wanted = sa.select(AuditEntry.act).where(AuditEntry.act.startswith(prefix)).order_by(AuditEntry.id)
    return list(db.session().scalars(wanted))


def refused(error: type[DomainError], work: Callable[..., object], *args: object, **options: Any) -> None:
    before = acts()
    with pytest.raises(error):
        work(*args, **options)
    assert acts() == before


def row(id: int) -> Person:
    db.session().rollback()
    return db.session().get_one(Person, id)


def count(model: type[object], **values: Any) -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(model).filter_by(**values)) or 0


def mails(kind: str) -> list[int]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Message.person_id).where(Message.kind == kind).order_by(Message.id)))


def log_in(person_id: int) -> int:
    act(accounts.log_in, person_id, device="x" * 200)
    return db.session().scalars(sa.select(Login.id).order_by(Login.id.desc())).first() or 0


def link(person_id: int, purpose: Purpose, *, lifetime: timedelta = timedelta(hours=1), **options: Any) -> str:
    return str(act(accounts.one_time_link, row(person_id), purpose, lifetime=lifetime, **options))


def test_a_link_works_once_in_its_time_and_for_its_purpose(app: Flask) -> None:
    ani, budi, now = factories.person("Ani").id, factories.person("Budi").id, clock.now()
    older, theirs = link(ani, Purpose.RESET_PASSWORD), link(budi, Purpose.RESET_PASSWORD)
    other, secret = link(ani, Purpose.CONFIRM_EMAIL), link(ani, Purpose.RESET_PASSWORD, now=now)
    ends = now + timedelta(hours=1)

    def owner(secret: str, purpose: Purpose = Purpose.RESET_PASSWORD, at: object = now) -> int | None:
        found = accounts.link_owner(secret, purpose, now=at)
        return found.id if found is not None else None

    assert [owner(given) for given in (older, theirs, other, secret, "x")] == [None, budi, None, ani, None]
    assert owner(other, Purpose.CONFIRM_EMAIL) == ani
    assert (owner(secret, at=ends - SECOND), owner(secret, at=ends)) == (ani, None)
    for given, at in ((older, now), (other, now), (secret, ends), ("x", now)):
        refused(LinkInvalid, act, accounts.use_link, given, Purpose.RESET_PASSWORD, now=at)
    found = act(accounts.use_link, secret, Purpose.RESET_PASSWORD, now=ends - SECOND)
    assert isinstance(found, Person)
    assert found.id == ani
    refused(LinkInvalid, act, accounts.use_link, secret, Purpose.RESET_PASSWORD, now=now)
    assert owner(secret) is None


def test_tokens_of_programs_live_side_by_side(app: Flask) -> None:
    ani, budi = factories.person("Ani"), factories.person("Budi")
    made = [str(by(tokens.make, ani.email)), str(by(tokens.make, ani.email, TokenScope.READ))]
    theirs = str(by(tokens.make, budi.email))
    link(ani.id, Purpose.RESET_PASSWORD)
    now = clock.now()

    def held(person: int | None = None, at: object = now) -> list[int]:
        db.session().rollback()
        return [found.person_id for found, _ in tokens.held(person, now=at)]

    assert (held(), held(ani.id)) == ([budi.id, ani.id, ani.id], [ani.id, ani.id])
    assert held(at=now + tokens.LIFETIME + SECOND) == []
    found = queries.bearer(made[1], now=now)
    assert found is not None
    assert (found[0].id, found[1]) == (ani.id, TokenScope.READ)
    assert queries.bearer(made[0], now=now + tokens.LIFETIME + SECOND) is None
    assert queries.bearer("x", now=now) is None
    ids = {link.secret_hash: link.id for link, _ in tokens.held(now=now)}
    mine = ids[codes.hashed(made[0])]
    refused(NotFound, by, tokens.revoke, mine, owner_id=budi.id)
    refused(NotFound, by, tokens.revoke, 999)
    by(tokens.revoke, mine, owner_id=ani.id)
    refused(NotFound, by, tokens.revoke, mine)
    assert queries.bearer(made[0], now=now) is None
    assert len(held(ani.id)) == 1
    by(tokens.revoke, ids[codes.hashed(theirs)])
    assert held() == [ani.id]
    assert acts("people.revoke") == ["people.revoke_token"] * 2
    assert acts("people.bearer") == ["people.bearer_token"] * 3
    reset = db.session().scalars(sa.select(OneTimeLink.id).where(OneTimeLink.purpose == Purpose.RESET_PASSWORD)).one()
    refused(NotFound, by, tokens.revoke, reset)
    with db.transaction() as session:
        session.get_one(Person, ani.id).active = False
    assert queries.bearer(made[1], now=now) is None


@pytest.mark.parametrize("lacks", ["account", "active", "confirmed"])
def test_a_token_is_for_an_open_and_proven_account(app: Flask, lacks: str) -> None:
    ani = factories.person("Ani")
    email = "tidak@ada.id" if lacks == "account" else ani.email
    with db.transaction() as session:
        person = session.get_one(Person, ani.id)
        person.active = lacks != "active"
        person.email_confirmed_at = None if lacks == "confirmed" else clock.now()
    refused(LinkInvalid, by, tokens.make, email)


def test_what_ends_with_all_log_ins(app: Flask) -> None:
    ani, budi = factories.person("Ani"), factories.person("Budi")
    for person in (ani, budi):
        log_in(person.id)
        by(tokens.make, person.email)
        for purpose in (Purpose.SECOND_STEP, Purpose.RESET_PASSWORD, Purpose.CONFIRM_EMAIL):
            link(person.id, purpose)
    with db.transaction():
        accounts.end_logins(ani.id)
    left = {purpose: count(OneTimeLink, person_id=ani.id, purpose=purpose) for purpose in Purpose}
    assert {purpose for purpose, number in left.items() if number} == {Purpose.CONFIRM_EMAIL}
    assert (count(Login, person_id=ani.id), count(Login, person_id=budi.id)) == (0, 1)
    assert count(OneTimeLink, person_id=budi.id) == 4


def test_a_log_in_is_noted_cut_and_ended_by_its_own_secret(app: Flask) -> None:
    ani = factories.person("Ani").id
    first, second = log_in(ani), log_in(ani)
    now = clock.now() + timedelta(minutes=3)
    with db.transaction():
        accounts.seen(first, now=now)
    db.session().rollback()
    seen = {id: db.session().get_one(Login, id).last_seen_at for id in (first, second)}
    assert (seen[first] == now, seen[second] < now) == (True, True)
    assert len(db.session().get_one(Login, first).device) == 120
    secret = str(act(accounts.log_in, ani, device="hp"))
    with db.transaction():
        accounts.log_out(secret)
    assert count(Login) == 2
    assert acts("people.log_in") == ["people.log_in"] * 3


def test_the_sweep_forgets_what_is_a_month_old(app: Flask) -> None:
    ani, now = factories.person("Ani").id, clock.now()
    act(accounts.log_in, ani, device="hp", now=now)
    link(ani, Purpose.RESET_PASSWORD, lifetime=timedelta(0), now=now)
    act(guessing.note, "a@b.id", now=now)
    month = timedelta(days=31)
    with db.transaction():
        assert accounts.forget_expired(now=now + timedelta(days=7)) == 0
        assert accounts.forget_expired(now=now + timedelta(days=7) + SECOND) == 1
        assert accounts.forget_expired(now=now + month) == 0
        assert accounts.forget_expired(now=now + month + SECOND) == 2


def test_whoever_guesses_waits_longer_and_longer(app: Flask) -> None:
    now = clock.now()
    act(guessing.note, " A@B.id ", now=now)
    assert (guessing.wrong_in_a_row("a@b.id"), guessing.wrong_in_a_row("c@d.id")) == (1, 0)

    def waits(number: int) -> int:
        """Seconds until the next try."""
        with db.transaction() as session:
            session.execute(sa.update(WrongGuesses).values(count=number, at=now))
        for seconds in (0, 1, 2, 4, 8, 3599, 3600):
            with contextlib.suppress(TooManyGuesses):
                guessing.may_try("a@b.id", now=now + timedelta(seconds=seconds))
                return seconds
        return 9999

    assert [waits(number) for number in (99, 100, 101, 102, 103, 112, 200)] == [0, 1, 2, 4, 8, 3600, 3600]
    guessing.may_try("c@d.id", now=now)
    act(guessing.note, "c@d.id", now=now)
    with db.transaction():
        guessing.forget("A@b.id")
    assert (guessing.wrong_in_a_row("a@b.id"), guessing.wrong_in_a_row("c@d.id")) == (0, 1)


def test_a_password_needs_its_owner(app: Flask) -> None:
    ani = factories.person("Ani").id
    with db.transaction() as session:
        person = session.get_one(Person, ani)
        person.password_hash = passwords.hashed("kata sandi lama sekali")
        email, token = person.email, person.calendar_token
    log_in(ani)
    refused(WrongCurrentPassword, by, accounts.change_password, ani, current="lain", password_hash="x")
    new = passwords.hashed("kata sandi baru sekali")
    by(accounts.change_password, ani, current="kata sandi lama sekali", password_hash=new)
    assert (count(Login), row(ani).calendar_token != token, acts()[-1]) == (0, True, "people.change_password")
    assert accounts.verify(email, "kata sandi baru sekali") == ani
    for address, password in ((email, "lain"), ("tidak@ada.id", "nobody has this password")):
        refused(WrongPassword, accounts.verify, address, password)
    before = row(ani).calendar_token
    by(accounts.renew_calendar, ani)
    assert (row(ani).calendar_token != before, acts()[-1]) == (True, "people.renew_calendar")
    for values, error in (({"email_confirmed_at": None}, EmailUnconfirmed), ({"active": False}, WrongPassword)):
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == ani).values(**values))
        refused(error, accounts.verify, email, "kata sandi baru sekali")


def test_a_forgotten_password_is_set_by_mail_and_ends_what_was(app: Flask) -> None:
    ani = factories.person("Ani").id
    email, token = row(ani).email, row(ani).calendar_token
    log_in(ani)
    act(guessing.note, email)
    secret = link(ani, Purpose.RESET_PASSWORD)
    act(accounts.reset_password, secret, password_hash="neu")
    found = row(ani)
    assert (found.password_hash, found.calendar_token != token, count(Login)) == ("neu", True, 0)
    assert (guessing.wrong_in_a_row(email), acts()[-1]) == (0, "people.reset_password")


def test_whom_a_link_may_still_be_mailed(app: Flask) -> None:
    ani = factories.person("Ani")
    asked = accounts.may_be_mailed
    assert [asked(ani.id, ani.email, purpose) for purpose in (Purpose.RESET_PASSWORD, Purpose.CONFIRM_EMAIL)] == [
        True, False,
    ]  # fmt: skip
    assert not asked(ani.id, "lain@example.org", Purpose.RESET_PASSWORD)
    assert not asked(999, ani.email, Purpose.RESET_PASSWORD)
    with db.transaction() as session:
        session.get_one(Person, ani.id).email_confirmed_at = None
    assert asked(ani.id, ani.email, Purpose.CONFIRM_EMAIL)
    with db.transaction() as session:
        session.get_one(Person, ani.id).active = False
    assert not asked(ani.id, ani.email, Purpose.CONFIRM_EMAIL)
    assert holders.holder(ani.id) is None


@pytest.mark.parametrize(
    ("password", "staff", "why"),
    [
        ("kuda-11-char", False, None),
        ("passwordku12", False, None),
        ("football2024", False, "guessable"), ("kuda-11-cha", False, "short"), ("kuda lari sapi", True, "short"),
        ("kuda lari sapi 7", True, None), ("k7 " * 43, False, "long"), ("aaaaaaaaaaaa", False, "guessable"),
        ("sri@example.org", False, "guessable"),
    ],
)  # fmt: skip
def test_how_strong_a_password_is(password: str, staff: bool, why: str | None) -> None:
    found = None
    try:
        accounts.check_password(password, email="sri@example.org", name="Sri Mulyati", staff=staff)
    except PasswordWeak as weak:
        found = weak.facts["why"]
    assert found == why


def test_no_password_holds_the_own_nip() -> None:
    nip = "198501012010012001"
    for password in (f"x{nip}", f"kata 19850101 201001 2 001 {nip[:3]}"):
        with pytest.raises(PasswordIsPersonal):
            accounts.check_password(password, email="a@b.id", name="A", nip=nip)
    accounts.check_password("kuda lari sapi 7", email="a@b.id", name="A", nip=nip)


def test_an_unproven_claim_is_replaced_and_a_proven_one_is_told(app: Flask) -> None:
    now = clock.now()
    act(entry.sign_up, "Baru@Example.org ", " Sri  M ", password_hash="satu")
    person = queries.by_email("baru@example.org")
    assert person is not None
    id = person.id
    assert (person.name, person.email_confirmed_at, mails(entry.CONFIRM)) == ("Sri M", None, [id])
    log_in(id)
    act(entry.sign_up, "baru@example.org", "Budi", password_hash="dua", now=now + SECOND)
    assert (row(id).name, row(id).password_hash, count(Login)) == ("Budi", "dua", 0)
    assert entry.typed_here(row(id), entry.claim_of("dua"))
    assert not entry.typed_here(row(id), entry.claim_of("satu"))
    assert not entry.typed_here(Person(password_hash=None), entry.claim_of(""))
    with db.transaction() as session:
        session.get_one(Person, id).email_confirmed_at = now
    act(entry.sign_up, "baru@example.org", "Cici", password_hash="tiga", now=now + 2 * SECOND)
    assert (row(id).name, mails(entry.KNOWN), acts("people.register")) == ("Budi", [id], ["people.register"] * 2)


def test_a_stranger_causes_five_mails_an_hour(app: Flask) -> None:
    now = clock.now()
    for number in range(7):
        act(entry.sign_up, "baru@example.org", f"Nama {number}", password_hash="x", now=now + number * SECOND)
    person = queries.by_email("baru@example.org")
    assert person is not None
    assert (len(mails(entry.CONFIRM)), row(person.id).name) == (5, "Nama 4")
    hour = timedelta(hours=1)
    assert not entry.may_be_mailed("baru@example.org", now=now + hour - SECOND)
    assert entry.may_be_mailed("baru@example.org", now=now + hour)
    assert entry.may_be_mailed("lain@example.org", now=now)


@pytest.mark.parametrize(("work", "proven"), [(entry.ask_reset, entry.RESET), (entry.send_again, entry.KNOWN)])
def test_what_is_mailed_again(app: Flask, work: Callable[..., object], proven: str) -> None:
    ani, open_claim, closed = (factories.person(name) for name in ("Ani", "Budi", "Cici"))
    with db.transaction() as session:
        session.get_one(Person, open_claim.id).email_confirmed_at = None
        session.get_one(Person, closed.id).active = False
    for address in (ani.email, open_claim.email, closed.email, "tidak@ada.id"):
        act(work, address)
    assert (mails(proven), mails(entry.CONFIRM)) == ([ani.id], [open_claim.id])
    assert count(Message) == 2


def test_a_proof_drops_what_was_typed_before_it(app: Flask) -> None:
    ani = factories.person("Ani")
    assert act(entry.prove_by_mail, "tidak@ada.id") is None
    with db.transaction() as session:
        person = session.get_one(Person, ani.id)
        person.email_confirmed_at, person.password_hash = None, "x"
    log_in(ani.id)
    secret = link(ani.id, Purpose.CONFIRM_EMAIL)
    assert act(entry.prove_by_mail, ani.email) is not None
    found = row(ani.id)
    assert (found.email_confirmed_at is not None, found.password_hash, count(Login)) == (True, None, 0)
    assert accounts.link_owner(secret, Purpose.CONFIRM_EMAIL, now=clock.now()) is None
    with db.transaction() as session:
        session.get_one(Person, ani.id).password_hash = "y"
    act(entry.prove_by_mail, ani.email)
    assert (row(ani.id).password_hash, acts("people.confirm")) == ("y", ["people.confirm_email"])
    with db.transaction() as session:
        session.get_one(Person, ani.id).active = False
    assert act(entry.prove_by_mail, ani.email) is None


def test_an_admin_adds_a_person_once(app: Flask) -> None:
    by(roles.add_person, "Baru@Example.org", "Sri", roles=[Role.PANITIA, Role.PESERTA], password_hash=None)
    person = queries.by_email("baru@example.org")
    assert person is not None
    assert (queries.actor_of(person).roles, mails(entry.RESET)) == ({Role.PESERTA, Role.PANITIA}, [person.id])
    refused(EmailTaken, by, roles.add_person, "baru@example.org", "X", roles=[], password_hash="x")
    by(roles.add_person, "dua@example.org", "Budi", roles=[], password_hash="x")
    assert (len(mails(entry.RESET)), acts("people.add")) == (1, ["people.add"] * 2)


def test_roles_end_log_ins_and_staff_chooses_a_new_password(app: Flask) -> None:
    ani, admin = factories.person("Ani").id, factories.person("Admin", Role.ADMIN)
    with db.transaction() as session:
        session.get_one(Person, ani).password_hash = "x"
    boss = factories.actor(admin)
    refused(OwnRoles, by, roles.set_roles, admin.id, [], actor=boss)
    log_in(ani)
    by(roles.set_roles, ani, [Role.PESERTA], actor=boss)
    assert (count(Login), acts("people.set_roles")) == (1, [])
    by(roles.set_roles, ani, [Role.NARASUMBER], actor=boss)
    assert (row(ani).password_hash, count(Login), mails(entry.RESET)) == ("x", 0, [])
    by(roles.set_roles, ani, [Role.NARASUMBER, Role.PANITIA], actor=boss)
    assert (row(ani).password_hash, mails(entry.RESET)) == (None, [ani])
    by(roles.set_roles, ani, [Role.ADMIN], actor=boss)
    assert queries.actor_of(row(ani)).roles == {Role.PESERTA, Role.ADMIN}
    assert (len(mails(entry.RESET)), acts("people.set_roles")) == (1, ["people.set_roles"] * 3)


def test_one_admin_always_stays(app: Flask) -> None:
    one, other = (factories.person(name, Role.ADMIN).id for name in ("Satu", "Dua"))
    factories.person("Panitia", Role.PANITIA)
    with db.transaction() as session:
        session.get_one(Person, other).active = False
    refused(LastAdmin, by, roles.set_roles, one, [Role.PANITIA])
    refused(LastAdmin, by, roles.switch_account, one, active=False)
    by(roles.switch_account, other, active=True)
    by(roles.switch_account, one, active=False)
    assert (row(one).active, row(other).active) == (False, True)
    refused(OwnRoles, by, roles.switch_account, other, active=True, actor=Actor(person_id=other, name="Dua"))


def test_a_closed_account_is_logged_out_and_an_erased_one_stays_so(app: Flask) -> None:
    ani = factories.person("Ani").id
    log_in(ani)
    by(roles.switch_account, ani, active=True)
    assert count(Login) == 1
    by(roles.switch_account, ani, active=False)
    assert (count(Login), acts("people.")[-2:]) == (0, ["people.reactivate", "people.deactivate"])
    with db.transaction() as session:
        session.get_one(Person, ani).email = f"x{Person.ERASED_DOMAIN}"
    refused(ErasedAlready, by, roles.switch_account, ani, active=True)


def test_a_scope_names_schools_and_kecamatan_that_exist(app: Flask) -> None:
    ani = factories.person("Ani").id
    school = db.session().scalars(sa.select(School.id).order_by(School.id).limit(2)).all()
    code = db.session().scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code).limit(1)).one()
    refused(SchoolUnknown, by, roles.set_scope, ani, school_ids=[school[0], 10**8], kecamatan_codes=[])
    refused(KecamatanUnknown, by, roles.set_scope, ani, school_ids=[], kecamatan_codes=[code, "x"])
    log_in(ani)
    by(roles.set_scope, ani, school_ids=school, kecamatan_codes=[code])
    found = queries.actor_of(row(ani))
    assert (found.school_ids, found.kecamatan_codes, count(Login)) == (set(school), {code}, 0)
    by(roles.set_scope, ani, school_ids=school[:1], kecamatan_codes=[])
    found = queries.actor_of(row(ani))
    assert (found.school_ids, found.kecamatan_codes) == ({school[0]}, frozenset())
    assert acts("people.set_scope") == ["people.set_scope"] * 2


def code_at(person_id: int, at: datetime, steps: int = 0) -> str:
    db.session().rollback()
    secret = db.session().scalars(sa.select(SecondFactor.secret).where(SecondFactor.person_id == person_id)).one()
    return pyotp.TOTP(secret).at(at + timedelta(seconds=30 * steps))


@pytest.fixture
def guarded(app: Flask) -> tuple[int, list[str]]:
    """Somebody with a second step, whose first code lies ten minutes back; and the recovery codes."""
    ani = factories.person("Ani").id
    with db.transaction() as session:
        session.get_one(Person, ani).password_hash = passwords.hashed("kata sandi lama sekali")
    login, before = log_in(ani), clock.now() - timedelta(minutes=10)
    act(second_factor.prepare, ani, now=before)
    made = by(second_factor.activate, ani, code_at(ani, before), login_id=login, now=before)
    assert isinstance(made, list)
    return ani, made


def test_a_second_step_is_prepared_then_proven(app: Flask) -> None:
    ani, other, now = factories.person("Ani").id, factories.person("Budi").id, clock.now()
    mine, elsewhere, theirs = log_in(ani), log_in(ani), log_in(other)
    by(tokens.make, row(ani).email)
    refused(NoSecondFactor, by, second_factor.activate, ani, "0", login_id=mine)
    refused(NoSecondFactor, by, second_factor.renew_codes, ani)
    refused(NoSecondFactor, by, second_factor.turn_off, ani)
    for _ in range(2):
        act(second_factor.prepare, ani)
    assert (count(SecondFactor), queries.second_factor(ani)) == (1, None)
    refused(SecondCodeWrong, by, second_factor.activate, ani, "000000x", login_id=mine, now=now)
    by(second_factor.activate, ani, f" {code_at(ani, now)} ", login_id=mine, now=now)
    assert db.session().scalars(sa.select(Login.id).order_by(Login.id)).all() == [mine, theirs]
    assert elsewhere not in (mine, theirs)
    assert (count(OneTimeLink, purpose=Purpose.API), queries.recovery_codes_left(ani)) == (0, 8)
    assert (mails("people.second_factor"), acts("people.second")) == ([ani], ["people.second_factor_on"])
    refused(SecondFactorOn, act, second_factor.prepare, ani)
    refused(SecondFactorOn, by, second_factor.activate, ani, "0", login_id=mine)
    with db.transaction() as session:
        session.get_one(Person, other).email_confirmed_at = None
    refused(EmailUnconfirmed, act, second_factor.prepare, other)
    refused(EmailUnconfirmed, by, second_factor.activate, other, "0", login_id=theirs)


def step_of(person_id: int, now: object) -> str:
    begun = act(second_factor.begin_log_in, person_id, device="hp", now=now)
    assert isinstance(begun, second_factor.Begun)
    assert begun.needs_code
    return begun.secret


def test_a_code_counts_for_its_step_and_the_neighbours_once(guarded: tuple[int, list[str]]) -> None:
    ani, _ = guarded
    now = clock.now()

    def enters(step: str, code: str, at: object = now) -> bool:
        return act(second_factor.finish_log_in, step, code, device="hp", now=at) is not None

    step = step_of(ani, now)
    assert [enters(step, code_at(ani, now, n)) for n in (-2, 2)] == [False, False]
    assert enters(step, code_at(ani, now, -1))
    refused(LinkInvalid, act, second_factor.finish_log_in, step, code_at(ani, now), device="hp")
    step = step_of(ani, now)
    assert not enters(step, code_at(ani, now, -1))  # used
    assert enters(step, code_at(ani, now, 1))
    step = step_of(ani, now)
    assert not enters(step, code_at(ani, now))  # older than the last one
    late = now + second_factor.STEP_LIFETIME
    with pytest.raises(LinkInvalid):
        enters(step, code_at(ani, late), late)
    free = act(second_factor.begin_log_in, factories.person("Budi").id, device="hp")
    assert isinstance(free, second_factor.Begun)
    assert not free.needs_code


def test_five_wrong_codes_and_a_pause(guarded: tuple[int, list[str]]) -> None:
    ani, recovery = guarded
    now = clock.now()
    step = step_of(ani, now)
    for _ in range(5):
        assert act(second_factor.finish_log_in, step, "salah", device="hp", now=now) is None
    pause = timedelta(minutes=5)
    refused(
        TooManySecondCodes, act, second_factor.finish_log_in, step, recovery[0], device="hp", now=now + pause - SECOND
    )
    later = now + pause
    step = step_of(ani, later)
    assert act(second_factor.finish_log_in, step, recovery[0].lower(), device="hp", now=later) is not None
    assert (queries.recovery_codes_left(ani), count(SecondFactor, failures=0)) == (7, 1)
    assert acts("people.wrong") == ["people.wrong_second_code"] * 5
    assert (acts("people.second")[-1], len(mails("people.second_factor"))) == ("people.second_factor_recovered", 2)
    step = step_of(ani, later)
    assert act(second_factor.finish_log_in, step, recovery[0], device="hp", now=later) is None
    new = by(second_factor.renew_codes, ani)
    assert isinstance(new, list)
    assert acts("people.renew") == ["people.renew_recovery_codes"]
    assert (len(new), {len(code) for code in new}, queries.recovery_codes_left(ani)) == (8, {19}, 8)
    assert act(second_factor.finish_log_in, step, recovery[1], device="hp", now=later) is None
    assert act(second_factor.finish_log_in, step, new[0], device="hp", now=later) is not None


def test_a_dangerous_act_asks_again(guarded: tuple[int, list[str]]) -> None:
    ani, recovery = guarded
    login = log_in(ani)
    now = clock.now() + timedelta(minutes=1)
    refused(WrongCurrentPassword, act, second_factor.prove, login, "lain", recovery[0], now=now)
    assert act(second_factor.prove, login, "kata sandi lama sekali", "salah", now=now) is False
    assert db.session().get_one(Login, login).proved_at < now
    assert act(second_factor.prove, login, "kata sandi lama sekali", recovery[0], now=now) is True
    assert db.session().get_one(Login, login).proved_at == now


def test_a_second_step_is_taken_away_by_its_owner_or_an_admin(guarded: tuple[int, list[str]]) -> None:
    ani, _ = guarded
    other = factories.person("Budi").id
    me = Actor(person_id=ani, name="Ani")
    refused(OwnRoles, by, second_factor.reset, ani, actor=me)
    refused(NoSecondFactor, by, second_factor.reset, other)
    log_in(ani)
    by(second_factor.reset, ani)
    assert (count(SecondFactor), count(RecoveryCode), count(Login)) == (0, 0, 0)
    act(second_factor.prepare, ani)
    now = clock.now()
    login = log_in(ani)
    by(second_factor.activate, ani, code_at(ani, now), login_id=login, now=now)
    by(second_factor.turn_off, ani, actor=me)
    assert (count(SecondFactor), count(RecoveryCode), count(Login)) == (0, 0, 1)
    assert acts("people.second") == [f"people.second_factor_{what}" for what in ("on", "reset", "on", "off")]
    assert len(mails("people.second_factor")) == 4


SCHOOL = {"name": " SD  Baru ", "jenjang": Jenjang.SD, "sector": Sector.PRIVATE}


def test_a_school_has_one_number_and_a_place(app: Flask) -> None:
    code = db.session().scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code)).first()
    taken = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert taken is not None
    id, npsn = taken.id, taken.npsn
    try:
        given = {**SCHOOL, "kecamatan_code": code}
        refused(NpsnInvalid, by, schools.save_school, None, npsn="1234567", **given)
        refused(NpsnTaken, by, schools.save_school, None, npsn=npsn, **given)
        refused(KecamatanUnknown, by, schools.save_school, None, npsn="99999999", **{**given, "kecamatan_code": "x"})
        refused(NotFound, by, schools.save_school, 10**8, npsn="99999999", **given)
        made = by(schools.save_school, None, npsn=" p9999999 ", **given)
        assert isinstance(made, School)
        number = made.id
        assert (made.npsn, made.name, made.search_key, made.active) == ("P9999999", "SD Baru", "sd baru", True)
        by(schools.save_school, number, npsn="P9999999", active=False, **given)
        assert (number != id, db.session().get_one(School, number).active) == (True, False)
        assert queries.search_schools("sd baru") == []
        assert acts("people.") == ["people.add_school", "people.change_school"]
    finally:
        with db.transaction() as session:
            session.execute(sa.delete(School).where(School.npsn == "P9999999"))


def test_a_profile_names_places_that_exist(app: Flask) -> None:
    ani = factories.person("Ani").id
    code = db.session().scalars(sa.select(Kecamatan.code).order_by(Kecamatan.code)).first()

    def save(**given: Any) -> Person:
        by(profile.save_profile, ani, profile.Profile(**{"name": "Ani", **given}))
        return row(ani)

    refused(SchoolUnknown, save, school_id=10**8)
    refused(KecamatanUnknown, save, kecamatan_code="x")
    found = save(school_elsewhere="SD Jauh", kecamatan_code=code)
    assert (found.school_id, found.school_elsewhere, found.kecamatan_code) == (None, "SD Jauh", code)
    found = save(school_elsewhere="SD Jauh", kabupaten_elsewhere="Cilacap", kecamatan_code=code)
    assert (found.kabupaten_elsewhere, found.kecamatan_code) == ("Cilacap", None)
    found = save(jabatan="guru_kelas", subject_taught="IPA")
    assert (found.subject_taught, found.notice_version, found.kabupaten_elsewhere) == ("", profile.NOTICE_VERSION, "")
    assert save(jabatan="guru_mapel", subject_taught="IPA").subject_taught == "IPA"
    school = db.session().scalars(sa.select(School).order_by(School.id)).first()
    assert school is not None
    id, level, place = school.id, school.jenjang, school.kecamatan_code
    found = save(school_id=id, kecamatan_code="x")
    assert (found.jenjang, found.kecamatan_code) == (level, place)
    assert save(school_id=id, jenjang=Jenjang.SMK).jenjang is Jenjang.SMK


def test_a_row_of_a_file_is_kept_as_it_fits_or_not_at_all(app: Flask) -> None:
    long = {"gelar_depan": 59, "gelar_belakang": 79, "mapel": 80, "nama": 100}
    lines = ["surel;nama;gelar_depan;gelar_belakang;mapel"]
    for n, (column, most) in enumerate(long.items()):
        for extra in (0, 1 if column in ("mapel", "nama") else 2):
            row = {"nama": "Ani", "gelar_depan": "", "gelar_belakang": "", "mapel": "", column: "A" * (most + extra)}
            lines.append(
                f"guru{n}{extra}@example.org;{row['nama']};{row['gelar_depan']};{row['gelar_belakang']};{row['mapel']}"
            )
    found = by(imports.import_people, "\n".join(lines).encode())
    assert isinstance(found, imports.PeopleImport)
    assert [(line, column) for line, column, _ in found.problems] == [
        (3, "gelar_depan"), (5, "gelar_belakang"), (7, "mapel"), (9, "nama"),
    ]  # fmt: skip
    assert (found.added, found.known, acts("people.import")) == (4, 0, ["people.import"])
    again = by(imports.import_people, "\n".join(lines[:2]).encode())
    assert isinstance(again, imports.PeopleImport)
    assert (again.added, again.known) == (0, 1)


def test_a_recovery_code_is_its_owners(guarded: tuple[int, list[str]]) -> None:
    ani, recovery = guarded
    other = factories.person("Budi").id
    with db.transaction() as session:
        session.add(RecoveryCode(person_id=other, code_hash=codes.hashed("ABCD")))
        session.execute(sa.update(RecoveryCode).where(RecoveryCode.person_id == ani).values(used_at=clock.now()))
    step = step_of(ani, clock.now())
    for code in ("ABCD", recovery[0]):
        assert act(second_factor.finish_log_in, step, code, device="hp") is None
    assert queries.recovery_codes_left(other) == 1


def test_an_address_that_looks_mistyped_is_taken_and_told(app: Flask) -> None:
    found = by(imports.import_people, b"surel;nama\nani@gmial.com;Ani\nbudi@gmail.com;Budi\n")
    assert isinstance(found, imports.PeopleImport)
    assert (found.added, found.doubtful) == (2, [(2, "ani@gmial.com", "ani@gmail.com")])


def test_the_notice_is_agreed_to_once_for_each_version(app: Flask) -> None:
    ani, now = factories.person("Ani").id, clock.now()

    def agreed(at: datetime) -> datetime | None:
        by(profile.save_profile, ani, profile.Profile(name="Ani", accept_notice=True), now=at)
        return row(ani).notice_accepted_at

    first = row(ani).notice_accepted_at
    assert agreed(now + SECOND) == first
    for values in ({"notice_version": 0}, {"notice_accepted_at": None}):
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == ani).values(**values))
        now += 2 * SECOND
        assert agreed(now) == now
        assert row(ani).notice_version == profile.NOTICE_VERSION


def test_a_title_that_outgrows_its_column_by_its_dot_is_refused(app: Flask) -> None:
    ani = factories.person("Ani").id
    for title in ({"title_before": "A" * 60}, {"title_after": "A" * 80}):
        given = profile.Profile(name="Ani", **title)
        refused(NameTooLong, by, profile.save_profile, ani, given)
    by(profile.save_profile, ani, profile.Profile(name="Ani", title_before="A" * 59, title_after="B" * 79))
    found = by(imports.import_people, f"surel;nama;gelar_depan\nx@y.id;Budi;{'A' * 60}\n".encode())
    assert isinstance(found, imports.PeopleImport)
    assert (found.added, [line for line, _, _ in found.problems]) == (0, [2])
