"""What a request of somebody who is signed in asks the database, at one row and at thirty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient

from calakan.diklat.services import states
from calakan.enrolment import queries as enrolments
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications import ways
from calakan.notifications.channels import opening
from calakan.notifications.models import Message, PushSubscription
from calakan.notifications.ways import Way
from calakan.office import queries as office
from calakan.office.models import OfficeSetting
from calakan.people import log_ins, queries
from calakan.people.models import Person, PersonScope
from calakan.people.services import accounts
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def asked(browser: FlaskClient, path: str, *, post: bool = False, status: int = 200) -> list[str]:
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement != "BEGIN":
            found.append(statement)

    db.db.session.remove()
    g.pop("lists", None)
    sa.event.listen(db.engine(), "before_cursor_execute", note)
    try:
        answer = browser.post(path) if post else browser.get(path)
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", note)
    assert answer.status_code == status, answer.text[-300:]
    return found


@pytest.mark.any_database  # the same statements are counted
@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/diklat", 7),
        ("/diklat/{slug}", 6),
        ("/saya", 7),
        ("/hari-ini", 8),
        ("/belajar/{slug}", 7),
        ("/belajar/{slug}/sesi/1", 8),
    ],
)
def test_pages_of_every_day_ask_little(app: Flask, client_of: Opener, path: str, most: int) -> None:
    me = factories.person("Sri Mulyati").id
    course = factories.diklat("Utama", days=2)
    slug = course.slug
    enrol(course.id, me)
    browser = client_of(me)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            number = next(factories.count)
            enrol(factories.diklat(f"Lain {number}", days=3 + number % 20).id, me)
        browser.get(path.format(slug=slug))  # what is kept is kept
        statements = asked(browser, path.format(slug=slug))
        counts.append(len(statements))
    assert counts[0] == counts[1], statements
    assert counts[0] <= most
    if path.startswith("/diklat"):  # nothing is kept in a test
        strangers = asked(client_of(None), path.format(slug=slug))
        assert len(strangers) <= 6, strangers


def enrol(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)


def test_to_enrol_asks_little_and_almost_nothing_within_the_lock(app: Flask, client_of: Opener) -> None:
    me, course = factories.person("Sri Mulyati").id, factories.diklat("Utama", days=2, quota=3)
    statements = asked(client_of(me), f"/diklat/{course.slug}/daftar", post=True, status=302)
    assert len(statements) <= 12
    locked = next(n for n, text in enumerate(statements) if text.startswith("UPDATE diklat"))
    assert [text.split()[0] for text in statements[locked:]] == ["UPDATE", "SELECT", "INSERT", "INSERT", "INSERT"]
    begun = statements.index("BEGIN IMMEDIATE") if "BEGIN IMMEDIATE" in statements else locked - 1
    assert begun == locked - 1  # where one alone may write, all else was asked before he did
    again = asked(client_of(me), f"/diklat/{course.slug}/daftar", post=True, status=302)
    assert {text.split()[0] for text in again} == {"SELECT"}


@pytest.fixture
def push(app: Flask) -> Iterator[None]:
    ways.connect({Way.MAIL: {}, Way.PUSH: {}})
    yield
    ways.connect(opening.configured(app.extensions["calakan.settings"]))


@pytest.mark.usefixtures("push")
def test_whoever_has_a_device_hears_of_the_seat_there_too(client_of: Opener) -> None:
    me, other, course = factories.person("Sri Mulyati").id, factories.person("Ani").id, factories.diklat("Utama")
    device = PushSubscription(
        person_id=me, address="hp-1", endpoint="https://push.example/1", public="p", auth="a", made_at=clock.now()
    )
    with db.transaction() as session:
        session.add(device)
    for person_id in (me, other):
        assert client_of(person_id).post(f"/diklat/{course.slug}/daftar").status_code == 302
    found = db.session().execute(sa.select(Message.person_id, Message.channel)).all()
    assert set(found) == {(me, Way.MAIL), (me, Way.PUSH), (other, Way.MAIL)}


def test_the_look_up_of_a_log_in_says_what_the_person_is(app: Flask) -> None:
    """The same answer as the person's own rows, in one statement."""
    day, secret = timedelta(days=1), ""
    limits = log_ins.LoginLimits(day, day, day)
    me = factories.person("Sri Mulyati", Role.KORWILCAM, Role.NARASUMBER)
    with db.transaction() as session:
        session.get_one(Person, me.id).title_after = "S.Pd."
        session.add(PersonScope(person_id=me.id, school_id=me.school_id))
        session.add(PersonScope(person_id=me.id, kecamatan_code="33.02.01"))
        secret = accounts.log_in(me.id, device="test", now=clock.now())
    person = queries.person(me.id)
    assert person is not None
    found = log_ins.logged_in(secret, now=clock.now(), limits=limits)
    assert found is not None
    assert found.actor == queries.actor_of(person)
    assert found.actor.kecamatan_codes == {"33.02.01"}
    assert (found.printed_name, found.workplace) == (person.printed_name, queries.workplace(person))
    assert (found.complete, found.unread, found.second_factor) == (person.complete, 0, False)
    assert found.calendar_token == person.calendar_token
    for spoil in ({"jabatan": None}, {"school_id": None, "kecamatan_code": None}, {"notice_accepted_at": None}):
        with db.transaction() as session:
            before = {name: getattr(session.get_one(Person, me.id), name) for name in spoil}
            session.execute(sa.update(Person).where(Person.id == me.id).values(spoil))
        changed = log_ins.logged_in(secret, now=clock.now(), limits=limits)
        assert changed is not None
        assert not changed.complete
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == me.id).values(before))
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == me.id).values(active=False))
    assert log_ins.logged_in(secret, now=clock.now(), limits=limits) is None
    assert log_ins.logged_in("salah", now=clock.now(), limits=limits) is None


def test_the_look_up_brings_what_the_office_has_set_by_now(app: Flask) -> None:
    day = timedelta(days=1)
    limits = log_ins.LoginLimits(day, day, day)
    me = factories.person("Sri").id
    with db.transaction():
        secret = accounts.log_in(me, device="test", now=clock.now())
    for target in (None, 24, 30):
        if target is not None:
            with db.transaction() as session:
                session.merge(OfficeSetting(name="yearly_jp_target", value=target))
                session.merge(OfficeSetting(name="signers", value=[{"post": "Kepala “Dinas”", "name": "Sri"}]))
        db.session().rollback()
        asked_before = office.office_settings()
        db.session().rollback()
        assert log_ins.logged_in(secret, now=clock.now(), limits=limits) is not None
        assert office.office_settings() == asked_before
        assert office.office_settings().yearly_jp_target == (target or 20)


def test_sessions_to_come_are_those_of_what_one_has_a_seat_in(app: Flask) -> None:
    me, now = factories.person("Sri").id, clock.now()
    later, sooner, full, off = (factories.diklat(t, days=d, quota=q).id for t, d, q in (
        ("Nanti", 9, None), ("Segera", 2, None), ("Penuh", 3, 1), ("Batal", 4, None)
    ))  # fmt: skip
    enrol(full, factories.person("Ani").id)
    for id in (later, sooner, full, off):
        enrol(id, me)
    with db.transaction():
        states.cancel(off, reason="Hujan", actor=factories.SYSTEM, now=now)
    found = enrolments.ahead(me, since=now)
    assert [session.diklat.title for session in found] == ["Segera", "Nanti"]
    assert [s.diklat_id for s in enrolments.ahead(me, since=found[0].ends_at)] == [later]
    assert enrolments.ahead(me, since=now, states=()) == []


def test_what_is_read_once_is_read_anew_after_a_write(app: Flask) -> None:
    reads: list[int] = []

    def read() -> int:
        reads.append(1)
        return len(reads)

    assert (db.once("x", read), db.once("x", read)) == (1, 1)
    person = factories.person("Sri").id
    assert (db.once("x", read), db.once("x", read)) == (2, 2)
    with db.transaction() as session:
        assert db.once("x", read) == 3
        session.execute(sa.update(Person).where(Person.id == person).values(name="Sri B"))
        assert db.once("x", read) == 4
    assert db.once("x", read) == 5


def test_who_waits_is_behind_everybody_who_is_there(app: Flask) -> None:
    """Whatever the clock says: it was read before the lock was waited for, or stands behind on another host."""
    course = factories.diklat("Penuh", days=2, quota=1).id
    now = clock.now() + timedelta(minutes=1)
    people = [factories.person(f"Orang {n}").id for n in range(4)]
    for person_id, moment in zip(people, (0, -3, -2, -9), strict=True):
        with db.transaction():
            enrolment.join(course, person_id, actor=factories.SYSTEM, now=now + timedelta(seconds=moment))
    places = [enrolments.places_in_line(person_id).get(course) for person_id in people]
    assert places == [None, 1, 2, 3]


def test_no_template_has_globals_of_its_own(app: Flask) -> None:
    """All share one dict, so what one was given would be known to every other."""
    with pytest.raises(ValueError, match="one template alone"):
        app.jinja_env.from_string("{{ mine }}", globals={"mine": 1})
    assert app.jinja_env.get_template("web/base.html").globals is app.jinja_env.globals
