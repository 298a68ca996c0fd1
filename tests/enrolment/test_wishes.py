"""What was looked for in vain: asked once, told once, taken back with one tap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat.services import states
from calakan.enrolment import services, tasks, wishes
from calakan.enrolment.errors import TooManyWishes, WishEmpty
from calakan.enrolment.models import Wish
from calakan.kernel import clock, db
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.people.models import Jenjang, Person
from calakan.privacy import erasure
from tests import factories


def ask(person_id: int, words: str, level: str = "") -> None:
    with db.transaction():
        wishes.ask(person_id, words, level, now=clock.now())


def told(app: Flask, at: datetime | None = None) -> list[str]:
    """Titles of the letters after a sweep, in the light of day."""
    with time_machine.travel(at or factories.morning(1), tick=False):
        before = _written()
        assert tasks.tell_wishes(app.extensions["calakan.settings"]) == _written() - before
        found = db.session().scalars(sa.select(Message).where(Message.kind == wishes.KIND).order_by(Message.id))
        composed = [letters.compose(message, clock.now()) for message in found]
    return [letter.subject for letter in composed if letter is not None]


def _written() -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).where(Message.kind == wishes.KIND)) or 0


def left() -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(Wish)) or 0


def test_a_wish_is_told_once_and_then_gone(app: Flask) -> None:
    before, (teacher, other) = factories.diklat("Robotika Dasar", days=5).id, factories.crowd(2)
    factories.enrol(before, [teacher])  # in another one
    ask(teacher, "Robotika!")
    ask(teacher, " robotika ")
    assert left() == 1
    assert told(app) == []
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        factories.enrol(factories.diklat("Robotika Lanjut", days=9).id, [other])  # somebody else
    assert told(app) == ["Sudah dibuka: Robotika Lanjut"]
    assert left() == 0
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        factories.diklat("Robotika Mahir", days=9)
    assert told(app) == ["Sudah dibuka: Robotika Lanjut"]


@pytest.mark.parametrize("why", ["draft", "other words", "other level", "other post", "closed", "not open", "night"])
def test_what_does_not_fit_is_not_told_and_the_wish_stays(app: Flask, why: str) -> None:
    teacher = factories.person(jenjang=Jenjang.SD).id
    ask(teacher, "robotika", "sd")
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        factories.diklat(
            "Literasi" if why == "other words" else "Robotika",
            days=9,
            publish=why != "draft",
            levels=[Jenjang.SMP if why == "other level" else Jenjang.SD],
            posts=["pengawas_sekolah"] if why == "other post" else [],
            enrol_closes_at=factories.morning(0.1) if why == "closed" else None,
            enrol_opens_at=factories.morning(5) if why == "not open" else None,
        )
    at = (
        clock.instant(clock.today() + timedelta(days=1), datetime.min.time().replace(hour=2))
        if why == "night"
        else None
    )
    assert told(app, at) == []
    assert left() == 1


def test_who_is_enrolled_already_is_told_nothing_and_a_closed_account_waits(app: Flask) -> None:
    enrolled, closed = factories.person().id, factories.person().id
    for id in (enrolled, closed):
        ask(id, "robotika")
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        course = factories.diklat("Robotika", days=9).id
        with db.transaction() as session:
            services.join(course, enrolled, actor=factories.SYSTEM, now=clock.now())
            session.get_one(Person, closed).active = False
    assert told(app) == []
    assert left() == 1


def test_a_letter_about_what_was_called_off_is_not_sent(app: Flask) -> None:
    ask(factories.person().id, "robotika")
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        course = factories.diklat("Robotika", days=9).id
    assert told(app) == ["Sudah dibuka: Robotika"]
    with db.transaction():
        states.cancel(course, reason="Batal", actor=factories.SYSTEM, now=clock.now())
    assert told(app) == []


def test_a_wish_is_forgotten_after_a_year(app: Flask) -> None:
    ask(factories.person().id, "robotika")
    assert told(app, factories.morning(364)) == []
    assert left() == 1
    assert told(app, factories.morning(367)) == []
    assert left() == 0


def test_a_wish_goes_with_the_data_of_its_person(app: Flask) -> None:
    teacher = factories.person().id
    ask(teacher, "robotika")
    with db.transaction():
        erasure.erase(teacher, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    assert left() == 0


def test_wishes_have_limits(app: Flask) -> None:
    teacher = factories.person().id
    for words, level in (("", ""), (" !? ", ""), ("", "bulan")):
        with pytest.raises(WishEmpty):
            ask(teacher, words, level)
    for number in range(wishes.MOST):
        ask(teacher, f"kata {number}")
    with pytest.raises(TooManyWishes):
        ask(teacher, "satu lagi")
    ask(teacher, "kata 3")  # is there


def test_a_search_in_vain_offers_it_and_takes_it_back(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    factories.diklat("Robotika Lama", days=1)
    browser = client_of(factories.person().id)
    page = browser.get("/diklat?q=antariksa&jenjang=sd").get_data(as_text=True)
    assert "Kabari saya bila ada" in page
    page = browser.post("/diklat/kabari", data={"q": "antariksa", "jenjang": "sd"}, follow_redirects=True)
    assert "Tidak jadi" in page.get_data(as_text=True)
    assert left() == 1
    page = browser.post(
        "/diklat/kabari", data={"q": "antariksa", "jenjang": "sd", "act": "batal"}, follow_redirects=True
    )
    assert "Kabari saya bila ada" in page.get_data(as_text=True)
    assert left() == 0
    assert "Cari dulu dengan sebuah kata" in browser.post("/diklat/kabari", follow_redirects=True).get_data(
        as_text=True
    )
    stranger = app.test_client()
    page = stranger.get("/diklat?q=antariksa").get_data(as_text=True)
    assert "untuk dikabari begitu ada yang cocok" in page
    with time_machine.travel(factories.morning(3), tick=False):
        past = app.test_client().get("/diklat?q=robotika").get_data(as_text=True)
        assert "1 yang sudah lewat, dengan materinya" in past
        assert "Robotika Lama" in app.test_client().get("/diklat?q=robotika&waktu=lewat").get_data(as_text=True)
