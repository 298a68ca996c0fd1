"""Whoever is refused, lost or written to is always told whom to ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import calakan
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.office.models import OfficeSetting
from calakan.office.queries import FIRST, office_settings
from calakan.office.services import change_settings
from tests import factories

Opener = Callable[[int | None], FlaskClient]
CONTACT = "WhatsApp 0812-0000-1234"
SOURCES = Path(calakan.__file__).parent
# People are told to ask the panitia; the words for doing so hold the contact, in the same sentence or the next line.
ASKS = re.compile(r"hubungi (?:panitia|\{)", re.I)


@pytest.fixture
def contact(app: Flask) -> str:
    with db.transaction():
        change_settings(actor=factories.SYSTEM, now=clock.now(), contact=CONTACT)
    return CONTACT


class Odd(DomainError):
    """A refusal that no form shows."""


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 429, 500, 503, 507])
def test_every_refusal_names_the_contact(status: int, app: Flask, contact: str, client_of: Opener) -> None:
    from calakan.web import refusals

    with app.test_request_context("/x"):
        title, text = refusals.TITLES.get(status, ("Ada yang salah", "Coba lagi."))
        answer = app.make_response(refusals._answer(refusals.Refusal(status, title, text, "1a2b3c4d")))
        assert answer.status_code == status
        assert CONTACT in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/", "/diklat", "/tidak-ada", "/masuk", "/hadir", "/privasi"])
def test_every_page_names_the_contact(path: str, app: Flask, contact: str, client_of: Opener) -> None:
    someone = factories.person("Sri").id
    assert CONTACT in client_of(someone).get(path, follow_redirects=True).get_data(as_text=True)


def test_every_letter_ends_with_the_contact(app: Flask, contact: str) -> None:
    diklat, person = factories.diklat("Asesmen"), factories.person("Sri")
    from calakan.enrolment import services as enrolment

    with db.transaction():
        enrolment.join(diklat.id, person.id, actor=factories.SYSTEM, now=clock.now())
    message = db.session().scalars(sa.select(Message).where(Message.kind == "enrolment.confirmed")).first()
    assert message is not None
    letter = letters.compose(message, clock.now())
    assert letter is not None
    assert letter.text.endswith(f"Hubungi panitia: {CONTACT}\n")
    assert CONTACT not in letters.short_of(letter)


def test_without_a_contact_it_is_that_of_the_office(app: Flask) -> None:
    with db.transaction() as session:
        session.merge(OfficeSetting(name="contact", value="  "))
    assert office_settings().contact == FIRST["contact"]
    assert FIRST["contact"].strip()


def test_whoever_is_told_to_ask_the_panitia_is_told_where() -> None:
    silent = []
    for path in [*SOURCES.rglob("*.py"), *SOURCES.rglob("*.html"), *SOURCES.rglob("*.txt")]:
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if ASKS.search(line) and "contact" not in " ".join(lines[number : number + 2]):
                silent.append(f"{path.relative_to(SOURCES)}:{number + 1}: {line.strip()}")
    assert silent == []
