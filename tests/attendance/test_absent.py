"""Who never came is asked once to come or to give the seat back, while somebody waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.attendance import absent, services, tasks
from calakan.attendance.models import Evidence, Kind, Method, Presence
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import states
from calakan.enrolment import services as enrolling
from calakan.kernel import clock, db
from calakan.notifications import letters
from calakan.notifications.models import Message
from calakan.office import services as office
from calakan.people.models import Person
from tests import factories


class Course:
    """Three seats, one who waits, a session in two days and one in eight."""

    def __init__(self, app: Flask, *, waiting: bool = True) -> None:
        self.settings = app.extensions["calakan.settings"]
        self.id = factories.diklat(quota=3, days=2).id
        factories.live_session(self.id, factories.morning(8))
        self.first = (
            db.session()
            .scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == self.id).order_by(LiveSession.starts_at))
            .first()
        )
        names = ["Ani", "Budi", "Citra", *(["Dedi"] if waiting else [])]
        self.people = {name: factories.person(name).id for name in names}
        for id in self.people.values():
            with db.transaction():
                enrolling.join(self.id, id, actor=factories.SYSTEM, now=clock.now())

    def mark(self, name: str, *, present: bool = True) -> None:
        assert self.first is not None
        with time_machine.travel(factories.morning(2) + timedelta(hours=4), tick=False), db.transaction():
            services.mark_by_hand(
                self.first,
                [self.people[name]],
                present=present,
                reason="Terlihat",
                actor=factories.SYSTEM,
                now=clock.now(),
            )

    def asked(self, at: datetime | None = None) -> int:
        with time_machine.travel(at or factories.morning(4), tick=False):
            return tasks.ask_absent(self.settings)


def recipients() -> set[str]:
    db.session().rollback()
    wanted = sa.select(Person.name).join(Message, Message.person_id == Person.id).where(Message.kind == absent.KIND)
    return set(db.session().scalars(wanted))


def test_whoever_was_seen_in_no_session_is_asked_once(app: Flask) -> None:
    course = Course(app)
    course.mark("Ani")
    course.mark("Budi", present=False)
    assert course.asked() == 1
    assert course.asked(factories.morning(5)) == 0
    assert recipients() == {"Citra"}


@pytest.mark.parametrize(
    "why",
    ["nobody waits", "nobody was seen", "too early", "at night", "nothing ahead", "off", "closed account", "left"],
)
def test_nobody_is_asked_without_a_reason(app: Flask, why: str) -> None:
    course = Course(app, waiting=why != "nobody waits")
    if why != "nobody was seen":
        course.mark("Ani")
        course.mark("Budi")
    at = {
        "too early": factories.morning(2) + timedelta(hours=9),
        "at night": factories.morning(4) + timedelta(hours=13),
        "nothing ahead": factories.morning(8) - timedelta(hours=5),
    }.get(why)
    with db.transaction() as session:
        if why == "off":
            session.get_one(Diklat, course.id).remind = False
        if why == "closed account":
            session.get_one(Person, course.people["Citra"]).active = False
        if why == "left":
            enrolling.leave(course.id, course.people["Citra"], actor=factories.SYSTEM, now=clock.now())
    if why == "left":  # her seat went to Dedi, who waited
        assert course.asked(at) == 0
    assert course.asked(at) == 0
    assert recipients() == set()


@pytest.mark.parametrize("what", ["a mark elsewhere", "a sign elsewhere", "a sign taken back"])
def test_what_says_nothing_of_this_diklat_is_no_sign_of_her(app: Flask, what: str) -> None:
    course = Course(app)
    course.mark("Ani")
    course.mark("Budi")
    citra, other = course.people["Citra"], factories.diklat("Lain", days=2).id
    theirs = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == other)).one()
    at = factories.morning(2)
    with db.transaction() as session:
        if what == "a mark elsewhere":
            session.add(
                Presence(live_session_id=theirs, person_id=citra, method=Method.HAND, marked_at=at, present=True)
            )
        else:
            back = at if what == "a sign taken back" else None
            session.add(
                Evidence(
                    live_session_id=course.first if back else theirs,
                    person_id=citra,
                    kind=Kind.JOIN,
                    at=at,
                    withdrawn_at=back,
                )
            )
    assert course.asked() == 1
    assert recipients() == {"Citra"}


def test_whoever_waits_for_another_diklat_waits_for_none_of_these_seats(app: Flask) -> None:
    course = Course(app, waiting=False)
    course.mark("Ani")
    course.mark("Budi")
    other = factories.diklat("Lain", quota=1, days=3).id
    for person_id in [factories.person(name).id for name in ("Eka", "Fitri")]:
        with db.transaction():
            enrolling.join(other, person_id, actor=factories.SYSTEM, now=clock.now())
    assert course.asked() == 0


def letter(course: Course, at: datetime) -> letters.Letter | None:
    db.session().rollback()
    message = db.session().scalars(sa.select(Message).where(Message.kind == absent.KIND)).one()
    with time_machine.travel(at, tick=False):
        return letters.compose(message, clock.now())


def test_the_letter_says_what_comes_next_and_how_to_give_the_seat_back(app: Flask) -> None:
    course = Course(app)
    course.mark("Ani")
    course.mark("Budi")
    assert course.asked() == 1
    told = letter(course, factories.morning(4))
    assert told is not None
    assert "Sesi berikutnya: Sesi," in told.text
    assert "/diklat/asesmen-formatif/batal" in told.text
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), leave_days=1)
    told = letter(course, factories.morning(4))
    assert told is not None
    assert "/batal" not in told.text
    assert "kabari panitia" in told.text


@pytest.mark.parametrize("what", ["came", "left", "nobody waits", "begun", "closed"])
def test_what_is_no_longer_true_is_not_said(app: Flask, what: str) -> None:
    course, at = Course(app), factories.morning(4)
    course.mark("Ani")
    course.mark("Budi")
    assert course.asked() == 1
    if what == "came":
        course.mark("Citra")
    elif what == "begun":
        at = factories.morning(8)
    elif what == "closed":
        with db.transaction():
            states.cancel(course.id, reason="Batal", actor=factories.SYSTEM, now=clock.now())
    else:
        who = [course.people["Citra" if what == "left" else "Dedi"]]
        with db.transaction():
            enrolling.remove(course.id, who, reason="Salah", actor=factories.SYSTEM, now=clock.now())
    assert letter(course, at) is None
