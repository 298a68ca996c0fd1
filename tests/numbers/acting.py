"""What people with a number do, and what the gateway hears of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications import addresses, tasks, ways
from calakan.notifications.channels import opening
from calakan.notifications.ways import Way
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.people.services import numbers
from config import Settings
from tests import factories
from tests.enrolment.test_entering import fill_in
from tests.security.test_mail_codes import type_code
from tests.servers.gateways import Provider

TYPED, NUMBER = "0812-3456 7890", "6281234567890"


def connected(app: Flask, made: Settings) -> Iterator[Settings]:
    before = app.extensions["calakan.settings"]
    app.extensions["calakan.settings"] = made
    ways.connect(opening.configured(made))
    yield made
    app.extensions["calakan.settings"] = before
    ways.connect(opening.configured(before))
    numbers.connect(before.number_codes_per_day)


def told(gateway: Provider, settings: Settings) -> str:
    """The code in the last message that the gateway took for the number."""
    tasks.deliver_due(settings)
    body = [taken for taken in gateway.taken if taken["to"] == NUMBER][-1]
    assert body["template"]["name"] == "kode"
    code: str = body["template"]["components"][0]["parameters"][0]["text"]
    assert re.fullmatch(r"\d{6}", code)
    return code


def owner(number: str = NUMBER) -> Person:
    db.session().rollback()
    found = people.by_number(number)
    assert found is not None
    return found


def ask(browser: FlaskClient, typed: str = TYPED) -> str:
    answer = browser.post("/masuk/kode-surat", data={"email": typed})
    return answer.headers.get("Location", "") or answer.get_data(as_text=True)


def welcomed(browser: FlaskClient, gateway: Provider, settings: Settings) -> Person:
    """Somebody who came by his number."""
    slug = factories.diklat().slug
    fill_in(browser, slug, email=TYPED)
    assert type_code(browser, told(gateway, settings)) == f"/diklat/{slug}/terdaftar"
    return owner()


def with_number(name: str, *roles: Role) -> int:
    """An account with an e-mail whose owner proved the number for his messages."""
    person = factories.person(name, *roles)
    id, actor = person.id, factories.actor(person)
    with db.transaction():
        addresses.prove(id, Way.WHATSAPP, NUMBER, consent="Ya.", actor=actor, now=clock.now())
    return id
