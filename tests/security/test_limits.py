"""Limits that hit attackers and not halls, and who may speak for a visitor."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import config
from calakan.app import create_app
from calakan.cli import commands
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.notifications.models import Message
from calakan.people import passwords
from calakan.people.errors import TooManyGuesses
from calakan.people.models import Person, Purpose, School, WrongGuesses
from calakan.people.services import accounts, guessing
from calakan.web import limits, sessions
from tests import factories
from tests.completion.courses import Course
from tests.roster import listing
from tests.security.test_log_ins import PASSWORD, with_password

HALL = "10.0.0.21"


@pytest.fixture
def limited(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as it runs outside tests, with its limits."""
    environ = {"CALAKAN_DATABASE_URL": database_url, "CALAKAN_DATA_DIR": str(tmp_path)}
    made = create_app(config.load(environ))
    made.config["WTF_CSRF_ENABLED"] = False
    yield made
    db.connect_ring(lambda queue: None)


def post(app: Flask, path: str, typed: dict[str, str], visitor: str = HALL) -> int:
    return app.test_client().post(path, data=typed, environ_base={"REMOTE_ADDR": visitor}).status_code


@pytest.mark.any_database
def test_a_hall_behind_one_address_signs_up_and_logs_in(app: Flask, limited: Flask) -> None:
    passwords.make_cheap()
    people = [f"guru{n}@example.org" for n in range(100)]
    typed = {"name": "Guru", "password": PASSWORD, "notice": "y"}
    assert Counter(post(limited, "/akun/daftar", {**typed, "email": email}) for email in people) == {302: 100}
    db.session().rollback()  # what another application wrote is seen from here on
    factories.answered()
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Message)) == 100
    with db.transaction() as session:
        session.execute(sa.update(Person).values(email_confirmed_at=clock.now()))
    for email in [*people, people[0]]:
        assert post(limited, "/masuk", {"email": email, "password": PASSWORD}) == 302


@pytest.mark.any_database
def test_failures_count_against_an_address(app: Flask, limited: Flask) -> None:
    answers = [post(limited, "/masuk", {"email": f"x{n}@example.org", "password": "keliru"}) for n in range(102)]
    assert Counter(answers) == {422: 100, 429: 2}
    assert post(limited, "/masuk", {"email": "x", "password": "y"}, "10.0.0.22") == 422


@pytest.mark.parametrize(
    ("visitor", "counted"),
    [
        ("10.0.0.21", "10.0.0.21"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:10.0.0.21", "10.0.0.21"),
    ],
)
def test_who_has_a_network_of_addresses_counts_as_one(app: Flask, visitor: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": visitor}):
        assert limits.limiter._key_func() == limits.giving_back._key_func() == limits.person() == counted
        assert limits.account_and_address() == f"|{counted}"


def test_whoever_sits_at_an_open_browser_does_not_guess_its_password(app: Flask, limited: Flask) -> None:
    def change(person_id: int, current: str) -> int:
        with db.transaction():
            secret = accounts.log_in(person_id, device="test", now=clock.now())
        browser = limited.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = secret
        return browser.post("/saya/sandi", data={"current": current, "password": "tiga keranjang wuluh"}).status_code

    one, other = with_password("Sri").id, with_password("Budi").id
    assert Counter(change(one, "keliru") for _ in range(12)) == {422: 10, 429: 2}
    assert change(other, PASSWORD) == 302


def test_appeals_of_one_person_are_twenty_an_hour_and_hinder_nobody_else(app: Flask, limited: Flask) -> None:
    course = Course("Ani", "Budi")

    def appeal(person_id: int) -> int:
        with db.transaction():
            secret = accounts.log_in(person_id, device="test", now=clock.now())
        browser = limited.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = secret
        return browser.post(f"/belajar/{course.slug}/sesi/1/ajukan", data={"text": ""}).status_code

    ani, budi = course.people
    assert Counter(appeal(ani) for _ in range(22)) == {422: 20, 429: 2}
    assert appeal(budi) == 422


def test_the_roster_of_a_school_is_opened_forty_times_an_hour(app: Flask, limited: Flask) -> None:
    (npsn,) = listing.schools(1)

    def look(person_id: int) -> int:
        with db.transaction():
            secret = accounts.log_in(person_id, device="test", now=clock.now())
        browser = limited.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = secret
        return browser.get(f"/saya/klaim/{npsn}").status_code

    ani, budi = (factories.person(name).id for name in ("Ani", "Budi"))
    assert Counter(look(ani) for _ in range(42)) == {200: 40, 429: 2}
    assert look(budi) == 200


@pytest.mark.parametrize("path", ["/masuk/oidc/tiada", "/masuk/oidc/tiada/kembali"])
def test_the_way_to_an_issuer_and_back_is_three_hundred_in_five_minutes(limited: Flask, path: str) -> None:
    def go(visitor: str = HALL) -> int:
        return limited.test_client().get(path, environ_base={"REMOTE_ADDR": visitor}).status_code

    assert Counter(go() for _ in range(302)) == {404: 300, 429: 2}
    assert go("10.0.0.22") == 404


def guess(email: str, times: int) -> None:
    for _ in range(times):
        with db.transaction():
            guessing.note(email, now=clock.now())


def test_one_account_is_guessed_at_a_pace_from_any_number_of_addresses(app: Flask) -> None:
    person, now = with_password(), clock.now()
    email = person.email
    guess(email, guessing.FREE - 1)
    guessing.may_try(email, now=now)
    waits = []
    with time_machine.travel(now, tick=False):
        for _ in range(14):
            guess(email, 1)
            with pytest.raises(TooManyGuesses) as refused:
                guessing.may_try(email, now=clock.now())
            waits.append(round((refused.value.facts["until"] - clock.now()).total_seconds()))
    assert waits == [*(2**n for n in range(12)), 3600, 3600]
    browser = app.test_client()
    assert browser.post("/masuk", data={"email": email, "password": PASSWORD}).status_code == 422
    with time_machine.travel(clock.now() + guessing.LONGEST_WAIT):
        assert browser.post("/masuk", data={"email": email.upper(), "password": PASSWORD}).status_code == 302
    assert db.session().scalars(sa.select(WrongGuesses)).all() == []


@pytest.mark.parametrize(("page", "right"), [("/saya/sandi", 302), ("/saya/pastikan", 303)])
def test_whoever_holds_a_log_in_guesses_at_a_pace_too_and_strangers_do_not_count_there(
    app: Flask, page: str, right: int
) -> None:
    person, browser = with_password(), app.test_client()
    id, email, new = person.id, person.email, "tiga keranjang belimbing wuluh"
    with db.transaction():
        secret = accounts.log_in(id, device="test", now=clock.now())
    with browser.session_transaction() as session:
        session["_user_id"] = secret
    guess(email, guessing.FREE + 20)
    guess(guessing.own(id), guessing.FREE - 1)
    with time_machine.travel(clock.now(), tick=False):
        told = [browser.post(page, data={"current": word, "password": new}) for word in ("keliru", PASSWORD)]
        assert [answer.status_code for answer in told] == [422, 422]
        assert "Terlalu banyak kata sandi keliru" in told[1].get_data(as_text=True)
    with time_machine.travel(clock.now() + guessing.LONGEST_WAIT):
        assert browser.post(page, data={"current": PASSWORD, "password": new}).status_code == right
    assert guessing.wrong_in_a_row(guessing.own(id)) == 0


def test_the_owner_gets_in_by_mail_whatever_was_guessed(app: Flask) -> None:
    person = with_password()
    email = person.email
    guess(email, guessing.FREE + 20)
    browser = app.test_client()
    browser.post("/akun/lupa-sandi", data={"email": email})
    secret = factories.mailed_secret("people.reset_password", email)
    new = "belimbing wuluh tiga keranjang"
    assert browser.post(f"/akun/sandi-baru/{secret}", data={"password": new}).status_code == 302
    assert browser.post("/masuk", data={"email": email, "password": new}).status_code == 302


def test_wrong_passwords_are_counted_for_addresses_without_an_account_too(app: Flask) -> None:
    """And forgotten after a week, so that nobody fills the table."""
    browser = app.test_client()
    for email in ("tiada@example.org", with_password().email):
        browser.post("/masuk", data={"email": email, "password": "keliru sekali"})
    assert db.session().scalars(sa.select(WrongGuesses.count)).all() == [1, 1]
    assert "tiada" not in str(db.session().scalars(sa.select(WrongGuesses.email_hash)).all())
    with db.transaction():
        assert accounts.forget_expired(now=clock.now() + timedelta(days=6)) == 0
        assert accounts.forget_expired(now=clock.now() + timedelta(days=8)) == 2


def production(app: Flask, tmp_path: Path, **values: str) -> Flask:
    return create_app(
        config.load(
            {
                "CALAKAN_ENV": "production",
                "CALAKAN_DATA_DIR": str(tmp_path),
                "CALAKAN_DATABASE_URL": app.extensions["calakan.settings"].database_url,
                "CALAKAN_SECRET_KEY": "k" * 40,
                "CALAKAN_SMTP_URL": "smtp://mail.example.org",
                "CALAKAN_BASE_URL": "https://calakan.example.org",
                "CALAKAN_REDIS_URL": "redis://127.0.0.1:1/0",
                **values,
            }
        )
    )


@pytest.fixture
def in_production(app: Flask, tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    yield lambda **values: production(app, tmp_path, **values)
    db.connect_ring(lambda queue: None)


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"])
def test_production_serves_nothing_forwarded_by_a_proxy_nobody_declared(
    in_production: Callable[..., Flask], name: str
) -> None:
    base, heads = "https://calakan.example.org", {name: "10.1.1.1"}
    bare, declared = in_production(), in_production(CALAKAN_TRUSTED_PROXIES="1")
    asked = [bare.test_client().get("/privasi", base_url=base, headers=h).status_code for h in ({}, heads)]
    assert asked == [200, 503]
    if name == "X-Forwarded-For":
        assert declared.test_client().get("/privasi", base_url=base, headers=heads).status_code == 200


@pytest.mark.any_database
def test_doctor_says_why(in_production: Callable[..., Flask]) -> None:
    settings = in_production().extensions["calakan.settings"]
    assert "CALAKAN_TRUSTED_PROXIES" in commands._proxies(settings)
    assert "CALAKAN_TRUSTED_PROXIES" not in commands._proxies(replace(settings, trusted_proxies=1))
    assert CliRunner().invoke(commands.settings).exit_code == 0


@pytest.mark.any_database
def test_the_site_answers_under_its_own_names_alone(in_production: Callable[..., Flask]) -> None:
    made = in_production()
    named = in_production(CALAKAN_TRUSTED_HOSTS="diklat.example.org calakan.example.org")

    def ask(app: Flask, host: str) -> int:
        return app.test_client().get("/privasi", base_url=f"https://{host}").status_code

    assert [ask(made, host) for host in ("calakan.example.org", "127.0.0.1:8000", "evil.example")] == [200, 200, 400]
    assert [ask(named, host) for host in ("diklat.example.org", "evil.example")] == [200, 400]


@pytest.mark.any_database
def test_the_cookie_is_bound_to_this_host(in_production: Callable[..., Flask]) -> None:
    answer = in_production().test_client().get("/masuk", base_url="https://calakan.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-calakan=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert sessions.cookie_name("http://127.0.0.1:8000") == "calakan"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.any_database
@pytest.mark.parametrize(
    "path", ["/masuk", "/akun/daftar", "/akun/lupa-sandi", "/akun/sandi-baru/{secret}", "/privasi", "/"]
)
def test_no_answer_with_a_cookie_may_be_kept_by_others(app: Flask, path: str) -> None:
    person, browser = factories.person(), app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True
    with db.transaction():
        secret = accounts.mailed_link(person.id, Purpose.RESET_PASSWORD, clock.now())
    for _ in range(2):  # the second answer shows what the session of the first holds
        answer = browser.get(path.format(secret=secret))
        public = "public" in answer.headers["Cache-Control"]
        assert not (public and "Set-Cookie" in answer.headers)
        assert public is (path in ("/privasi", "/"))


def test_a_hall_behind_one_address_enrols_without_accounts(app: Flask, limited: Flask) -> None:
    """A hundred strangers in one hall: nobody is refused, and each has a seat when his code is typed."""
    slug = factories.diklat().slug
    school = db.session().scalars(sa.select(School.npsn).order_by(School.id)).first()
    typed = {"name": "Guru", "jabatan": "guru_kelas", "notice": "y", "school_words": school, "school_id": ""}
    here = {"REMOTE_ADDR": HALL}
    for n in range(100):
        email, browser = f"guru{n}@example.org", limited.test_client()
        asked = browser.post(f"/diklat/{slug}/ikut", data={**typed, "email": email}, environ_base=here)
        assert asked.headers["Location"] == "/masuk/kode-surat/kode"
        code = re.search(r"^\d{6}$", factories.mailed(email).text, re.M)
        assert code is not None
        seated = browser.post("/masuk/kode-surat/kode", data={"code": code[0]}, environ_base=here)
        assert seated.headers["Location"] == f"/diklat/{slug}/terdaftar"
    db.session().rollback()
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 100


def test_whoever_guesses_passwords_locks_nobody_out_of_the_mail(app: Flask, client: FlaskClient) -> None:
    person = with_password()
    email = person.email
    guess(email, guessing.FREE + 20)
    assert client.post("/masuk", data={"email": email, "password": PASSWORD}).status_code == 422
    client.post("/masuk/kode-surat", data={"email": email})
    code = re.search(r"^\d{6}$", factories.mailed(email).text, re.M)
    assert code is not None
    answer = client.post("/masuk/kode-surat/kode", data={"code": code[0]})
    assert answer.headers["Location"] == "/hari-ini"
