"""Idempotency-Key: the same answer again, once done, also for two at once; and who may use a token."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.api import tasks
from calakan.api.models import ApiReply
from calakan.diklat.models import Diklat
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from tests import factories
from tests.api.conftest import Api, token_of

DRAFT = {"title": "Sekali saja", "summary": "Ringkas."}


def count(model: type[db.Base]) -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


def test_a_repeated_request_gets_the_first_answer_and_does_nothing(api: Api) -> None:
    token, key = token_of(factories.person("Panitia", Role.PANITIA)), {"Idempotency-Key": "a-1"}
    first = api("POST", "/diklat", token, json=DRAFT, headers=key)
    again = api("POST", "/diklat", token, json=DRAFT, headers=key)
    assert (first.status_code, again.status_code, first.data) == (201, 201, again.data)
    assert (first.headers.get("Idempotent-Replayed"), again.headers.get("Idempotent-Replayed")) == (None, "true")
    assert count(Diklat) == 1
    assert api("POST", "/diklat", token, json=DRAFT).status_code == 201
    assert count(Diklat) == 2


def test_the_key_belongs_to_one_request_of_one_token(api: Api) -> None:
    token, key = token_of(factories.person("Panitia", Role.PANITIA)), {"Idempotency-Key": "a-1"}
    assert api("POST", "/diklat", token, json=DRAFT, headers=key).status_code == 201
    other = api("POST", "/diklat", token, json={**DRAFT, "quota": 9}, headers=key)
    assert (other.status_code, other.get_json()["code"]) == (422, "key_reused")
    stranger = token_of(factories.person("Panitia lain", Role.PANITIA))
    assert api("POST", "/diklat", stranger, json={**DRAFT, "quota": 9}, headers=key).status_code == 201
    for wrong in ("", "x" * 101):
        answer = api("POST", "/diklat", token, json=DRAFT, headers={"Idempotency-Key": wrong})
        assert (answer.status_code, answer.get_json()["code"]) == (422, "key_invalid")


def test_a_refused_request_is_not_kept(api: Api) -> None:
    course = factories.diklat(enrol_opens_at=clock.now() + timedelta(hours=1)).slug
    token, key = token_of(factories.person()), {"Idempotency-Key": "b"}
    assert api("POST", f"/diklat/{course}/enrolment", token, headers=key).get_json()["code"] == "enrolment_closed"
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        assert api("POST", f"/diklat/{course}/enrolment", token, headers=key).status_code == 201


def test_keys_are_forgotten_after_a_day(api: Api, app: Flask) -> None:
    token, key = token_of(factories.person("Panitia", Role.PANITIA)), {"Idempotency-Key": "a-1"}
    assert api("POST", "/diklat", token, json=DRAFT, headers=key).status_code == 201
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        # The sweep may be late: an old key counts for nothing even before it ran.
        assert api("POST", "/diklat", token, json={**DRAFT, "quota": 3}, headers=key).status_code == 201
    with time_machine.travel(clock.now() + timedelta(hours=50)):
        assert tasks.forget_replies(app.extensions["calakan.settings"]) == 1
    assert (count(ApiReply), count(Diklat)) == (0, 2)


def test_eight_at_once_do_it_once(api: Api, app: Flask) -> None:
    token = token_of(factories.person("Panitia", Role.PANITIA))
    barrier, answers = threading.Barrier(8), []

    def call() -> None:
        barrier.wait()
        with app.app_context():
            client = app.test_client()
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "sama"}
            answers.append(client.post("/api/v1/diklat", json=DRAFT, headers=headers))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert count(Diklat) == 1


def test_cookies_are_no_credentials_here(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    course, person = factories.diklat().slug, factories.person().id
    browser = client_of(person)
    assert browser.get("/saya").status_code == 200
    assert browser.get("/api/v1/me").status_code == 401
    assert browser.post(f"/api/v1/diklat/{course}/enrolment").status_code == 401
    assert count(Enrolment) == 0


def test_bearer_tokens_open_no_pages(app: Flask) -> None:
    token = token_of(factories.person("Admin", Role.ADMIN))
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/kelola/orang", headers=headers).status_code == 302


def test_a_token_needs_no_csrf_and_dies_with_its_account(api: Api, app: Flask) -> None:
    person = factories.person()
    id, token, course = person.id, token_of(person), factories.diklat().slug
    app.config["WTF_CSRF_ENABLED"] = True
    assert api("POST", f"/diklat/{course}/enrolment", token).status_code == 201
    with db.transaction():
        db.session().get_one(Person, id).active = False
    assert api("GET", "/me", token).status_code == 401
    for header in ("Bearer", "Bearer x", "Basic eDp5", ""):
        answer = app.test_client().get("/api/v1/diklat", headers={"Authorization": header})
        assert answer.status_code == 401, header


def test_tokens_expire(api: Api) -> None:
    token = token_of(factories.person())
    assert api("GET", "/me", token).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=366)):
        assert api("GET", "/me", token).status_code == 401
