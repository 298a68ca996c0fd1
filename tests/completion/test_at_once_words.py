"""Where papers come at once, nobody is told that they come after the closing: on no page, in no letter, by no program."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.certificates import tasks as certificates
from calakan.completion import reasons
from calakan.diklat.models import Diklat
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications import letters
from calakan.notifications.models import Message
from tests import factories
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]
# Papers, and within the same sentence that somebody closes the diklat first.
LATER = re.compile(
    r"sertifikat[^.<>]*\b(?:menutup|ditutup|tutup)\b|\b(?:menutup|ditutup|tutup)\b[^.<>]*sertifikat\w* terbit", re.I
)


def told(text: str) -> list[str]:
    return [found[0] for found in LATER.finditer(text)]


@pytest.mark.parametrize("day", [0, 1.2, 3])
def test_no_page_and_no_letter_says_so(day: float, app: Flask, client_of: Opener) -> None:
    course = Course("Ani", issue_at_once=True)
    ani, path = course.people[0], f"/kelola/diklat/{course.slug}"
    speaker = factories.person("Nara", Role.NARASUMBER).id
    moment = clock.now() if day == 0 else nine(int(day)) + (nine(2) - nine(1)) * (day % 1)
    with time_machine.travel(moment, tick=False):
        if day == 3:
            course.mark(ani)
            certificates.sweep(app.extensions["calakan.settings"])
        learner, staff = client_of(ani), client_of(factories.person("Panitia", Role.PANITIA).id)
        pages = [
            *((learner, one) for one in ("/saya", "/hari-ini", f"/belajar/{course.slug}", f"/diklat/{course.slug}")),
            (learner, "/saya/riwayat"),
            (client_of(None), f"/diklat/{course.slug}"),
            (client_of(speaker), "/relawan/catatan"),
            *(
                (staff, one)
                for one in (path, f"{path}/sesi", f"{path}/sertifikat", f"{path}/tutup", "/kelola", "/hari-ini")
            ),
        ]
        for browser, one in pages:
            answer = browser.get(one)
            assert answer.status_code == 200, one
            page = re.sub(r"<a [^>]*>[^<]*</a>|<h1>[^<]*</h1>", "", answer.get_data(as_text=True))
            assert told(page) == [], one
        for message in db.session().scalars(sa.select(Message)):
            letter = letters.compose(message, clock.now())
            assert letter is None or told(letter.text) == []
        diklat = db.session().get_one(Diklat, course.id)
        assert told(reasons.outcome(diklat, now=clock.now())) == []


def test_the_words_are_found_where_they_belong(app: Flask) -> None:
    course = Course("Ani")
    diklat = db.session().get_one(Diklat, course.id)
    assert told(reasons.outcome(diklat, now=clock.now())) != []
