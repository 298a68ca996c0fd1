"""Staff: a strong way in, a second step in production, and tokens that do no more and live no longer than they must."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.notifications.models import Message
from calakan.office import queries as office
from calakan.office.services import change_settings
from calakan.people import queries
from calakan.people.errors import LinkInvalid, SecondFactorNeeded
from calakan.people.models import OneTimeLink, Person, PersonRole, Purpose, TokenScope
from calakan.people.services import accounts, roles, second_factor, tokens
from tests import factories
from tests.security.test_log_ins import NEW, PASSWORD, with_password

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def production(app: Flask) -> Iterator[None]:
    office.connect(production=True)
    yield
    office.connect(production=False)


def set_roles(person_id: int, *wanted: Role) -> None:
    with db.transaction():
        roles.set_roles(person_id, wanted, actor=factories.SYSTEM, now=clock.now())


def test_whoever_becomes_staff_chooses_a_new_password_by_mail(app: Flask, client: FlaskClient) -> None:
    person = with_password()
    id, email = person.id, person.email
    set_roles(id, Role.NARASUMBER)
    assert accounts.verify(email, PASSWORD) == id  # no staff, nothing to do
    set_roles(id, Role.PANITIA)
    with pytest.raises(accounts.WrongPassword):
        accounts.verify(email, PASSWORD)
    secret = factories.mailed_secret("people.reset_password", email)
    assert client.post(f"/akun/sandi-baru/{secret}", data={"password": "jambu biru 7x"}).status_code == 422
    assert client.post(f"/akun/sandi-baru/{secret}", data={"password": NEW}).status_code == 302
    set_roles(id, Role.PANITIA, Role.NARASUMBER)
    assert accounts.verify(email, NEW) == id  # staff already
    asked = sa.select(sa.func.count()).select_from(Message).where(Message.kind == "people.reset_password")
    assert db.session().scalar(asked) == 1


@pytest.mark.parametrize(
    ("role", "stored", "demanded"),
    [
        (Role.ADMIN, None, True),
        (Role.ADMIN, False, True),
        (Role.PANITIA, None, True),
        (Role.PANITIA, False, False),
        (Role.PANITIA, True, True),
        (Role.NARASUMBER, True, False),
    ],
)
def test_in_production_staff_need_a_second_step_from_the_first_log_in(
    app: Flask, production: None, client_of: Opener, role: Role, stored: bool | None, demanded: bool
) -> None:
    person = factories.person("Siapa", role)
    id, email = person.id, person.email
    if stored is not None:
        with db.transaction():
            change_settings(actor=factories.SYSTEM, now=clock.now(), second_factor_required=not stored)
        with db.transaction():
            change_settings(actor=factories.SYSTEM, now=clock.now(), second_factor_required=stored)
    answer = client_of(id).get("/saya")
    assert (answer.headers.get("Location") == "/saya/dua-langkah") is demanded
    with db.transaction():
        token = tokens.make(email, actor=factories.SYSTEM, now=clock.now())
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == (401 if demanded else 200)  # a token is no way around it
    if role is Role.ADMIN:
        assert queries.must_have_second_factor(queries.actor_of(db.session().get_one(Person, id)), stored)


def test_outside_production_nothing_is_demanded_by_default(app: Flask, client_of: Opener) -> None:
    assert client_of(factories.person("Admin", Role.ADMIN).id).get("/kelola").status_code == 200


def test_an_admin_in_production_keeps_the_second_step(app: Flask, production: None) -> None:
    from tests.security.test_second_factor import turned_on

    id = factories.person("Admin", Role.ADMIN).id
    turned_on(id)
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), second_factor_required=True)
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), second_factor_required=False)
    with pytest.raises(SecondFactorNeeded), db.transaction():
        second_factor.turn_off(id, actor=queries.actor_of(db.session().get_one(Person, id)), now=clock.now())


def token_of(person_id: int, scope: TokenScope = TokenScope.WRITE) -> str:
    with db.transaction():
        email = db.session().get_one(Person, person_id).email
        return tokens.make(email, scope, actor=factories.SYSTEM, now=clock.now())


def call(app: Flask, token: str, method: str, path: str, **options: Any) -> int:
    heads = {"Authorization": f"Bearer {token}"}
    return app.test_client().open(f"/api/v1{path}", method=method, headers=heads, **options).status_code


def test_a_token_does_no_more_than_it_was_made_for(app: Flask) -> None:
    admin, other, course = factories.person("Admin", Role.ADMIN).id, factories.person().code, factories.diklat().slug
    new = {"name": "Baru", "email": "baru@example.org", "roles": ["admin"]}
    answers = {}
    for scope in TokenScope:
        token = token_of(admin, scope)
        answers[scope] = [
            call(app, token, "GET", "/me"),
            call(app, token, "POST", f"/diklat/{course}/enrolment"),
            call(app, token, "PUT", f"/people/{other}/roles", json={"roles": ["panitia"]}),
            call(app, token, "POST", "/people", json=new),
        ]
    assert answers[TokenScope.READ] == [200, 403, 403, 403]
    assert answers[TokenScope.WRITE] == [200, 201, 403, 403]
    assert answers[TokenScope.ROLES][2:] == [200, 201]


def test_a_token_lives_ninety_days_and_ends_with_password_role_and_second_step(app: Flask) -> None:
    from tests.security.test_second_factor import turned_on

    person = with_password("Sri")
    id, now = person.id, clock.now()
    with time_machine.travel(now):
        token = token_of(id)
        expires = db.session().scalars(sa.select(OneTimeLink.expires_at)).one()
        assert timedelta(days=89) < expires - now <= timedelta(days=90)
    with time_machine.travel(now + timedelta(days=91)):
        assert call(app, token, "GET", "/me") == 401

    def reset() -> None:
        with db.transaction():
            secret = accounts.mailed_link(id, Purpose.RESET_PASSWORD, clock.now())
            accounts.reset_password(secret, password_hash="x", now=clock.now())

    for ends in (reset, lambda: set_roles(id, Role.NARASUMBER), lambda: turned_on(id)):
        token = token_of(id)
        assert call(app, token, "GET", "/me") == 200
        ends()
        assert call(app, token, "GET", "/me") == 401


def test_tokens_are_made_seen_and_ended_on_their_page(app: Flask, client_of: Opener) -> None:
    me, other = factories.person("Sri").id, factories.person("Lain").id
    browser, foreign = client_of(me), token_of(other)
    assert browser.post("/akun/token", data={"scope": "all"}).status_code == 422
    page = browser.post("/akun/token", data={"scope": "read"})
    assert page.headers["Cache-Control"] == "no-store"
    [(link, _)] = tokens.held(me, now=clock.now())
    id, text = link.id, page.get_data(as_text=True)
    found = re.findall(r'<p class="mono">\s*([\w-]{43})\s*</p>', text)
    assert [call(app, part, "GET", "/me") for part in found] == [200]
    assert found[0] not in browser.get("/akun/token").get_data(as_text=True)
    [(theirs, _)] = tokens.held(other, now=clock.now())
    for wrong in (str(theirs.id), "x", "", "9" * 30):
        browser.post("/akun/token/cabut", data={"id": wrong})
    assert [call(app, token, "GET", "/me") for token in (found[0], foreign)] == [200, 200]
    assert browser.post("/akun/token/cabut", data={"id": str(id)}).status_code == 303
    assert [call(app, token, "GET", "/me") for token in (found[0], foreign)] == [401, 200]
    with pytest.raises(NotFound), db.transaction():
        tokens.revoke(id, actor=factories.SYSTEM, now=clock.now())


def test_the_page_of_tokens_asks_again_who_it_is(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person().id)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert browser.get("/akun/token").headers["Location"].startswith("/saya/pastikan")


def test_nobody_unproven_gets_a_token(app: Flask) -> None:
    person = factories.person()
    email = person.email
    for values in ({"active": False}, {"active": True, "email_confirmed_at": None}):
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.email == email).values(**values))
        with pytest.raises(LinkInvalid), db.transaction():
            tokens.make(email, actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(LinkInvalid), db.transaction():
        tokens.make("tiada@example.org", actor=factories.SYSTEM, now=clock.now())


def test_the_command_line_lists_and_ends_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from calakan.cli import people as command

    monkeypatch.setattr(command, "application", lambda: nullcontext(app))
    person = factories.person()
    id, email = person.id, person.email
    token_of(id)
    [(link, _)] = tokens.held(id, now=clock.now())
    link_id = link.id

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(command.people, ["tokens", *words])
        return done.exit_code, done.output

    assert run(email)[1].startswith(f"{link_id}\t{email}\twrite\tuntil ")
    assert run()[1].count("\n") == 1
    assert run("tiada@example.org")[0] == 1
    assert run("--revoke", "99999")[0] == 1
    assert run(email, "--revoke", str(link_id)) == (0, f"token {link_id} ended\n")
    assert run() == (0, "")
    assert db.session().scalars(sa.select(PersonRole)).all() == []
