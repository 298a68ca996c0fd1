"""What belongs to another diklat, another person or another state never enters a count, a list or a place in the line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import sessions, states
from calakan.enrolment import joining, queries, services
from calakan.enrolment.errors import ScheduleOverlap
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.enrolment.plans import Plan
from calakan.enrolment.queries import Seats
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message
from calakan.people.models import Jenjang, Person
from tests import factories


@pytest.fixture(autouse=True)
def in_may() -> Iterator[None]:
    with time_machine.travel(clock.instant(clock.today().replace(month=5, day=3), time(9)), tick=True):
        yield


@dataclass
class Two:
    """Diklat `one` (a quota of one) and `other` (of three), and who stands where."""

    one: int
    other: int
    seated: int
    first: int
    second: int
    left: int
    elsewhere: int


def join(diklat_id: int, person_id: int) -> EnrolmentState:
    with db.transaction():
        return services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True).state


def leave(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        services.leave(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


@pytest.fixture
def two(app: Flask) -> Two:
    one, other = factories.diklat("Satu", quota=1).id, factories.diklat("Dua", quota=3, days=5).id
    people = [factories.person(name).id for name in ("Ani", "Budi", "Cici", "Dedi", "Eka")]
    seated, first, second, left, elsewhere = people
    join(one, left)
    leave(one, left)
    for person in (seated, first, second):
        join(one, person)
    for person in (elsewhere, first, left):
        join(other, person)
    join(other, second)  # waits there as the first
    return Two(one, other, *people)


def number(diklat_id: int, person_id: int) -> int:
    found = queries.enrolment(diklat_id, person_id)
    assert found is not None
    return found.id


def test_seats_and_places(two: Two) -> None:
    courses = [db.session().get_one(Diklat, id) for id in (two.one, two.other)]
    assert queries.seats(*courses) == {two.one: Seats(1, 1, 2), two.other: Seats(3, 3, 1)}
    assert queries.seats(courses[0]) == {two.one: Seats(1, 1, 2)}
    free = sa.select(Diklat.id).where(queries.has_seats()).order_by(Diklat.id)
    assert db.session().scalars(free).all() == []
    leave(two.other, two.elsewhere)
    leave(two.other, two.first)
    assert db.session().scalars(free).all() == [two.other]
    assert (Seats(None, 3, 0).left, Seats(2, 3, 0).left, Seats(3, 3, 1).full, Seats(3, 2, 0).full) == (
        None, 0, True, False,
    )  # fmt: skip


def test_the_line_is_of_its_own_diklat_and_in_its_order(two: Two) -> None:
    assert queries.line(two.one) == [number(two.one, two.first), number(two.one, two.second)]
    places = [
        queries.place_in_line(queries.enrolment(course, person))
        for course, person in ((two.one, two.first), (two.one, two.second), (two.other, two.second))
    ]
    assert places == [1, 2, 1]
    found = [queries.places_in_line(person) for person in (two.first, two.second, two.seated, two.left)]
    assert found == [{two.one: 1}, {two.one: 2, two.other: 1}, {}, {}]
    leave(two.one, two.first)
    assert join(two.one, two.first) is EnrolmentState.WAITING  # an older row, a later place
    assert queries.line(two.one) == [number(two.one, two.second), number(two.one, two.first)]


def test_what_a_person_has_is_his_own_the_latest_first(two: Two) -> None:
    def diklat_of(person: int) -> list[int]:
        return [row.diklat_id for row in queries.of_person(person)]

    assert diklat_of(two.first) == [two.other, two.one]
    assert (diklat_of(two.left), diklat_of(two.seated)) == ([two.other], [two.one])
    later = factories.diklat("Sama hari", days=5).id
    join(later, two.first)
    assert diklat_of(two.first) == [later, two.other, two.one]


def test_who_stands_where(two: Two) -> None:
    assert queries.confirmed_people(two.one) == [two.seated]
    assert queries.confirmed_people(two.other) == sorted([two.elsewhere, two.first, two.left])
    everybody = [two.seated, two.first, two.left, two.elsewhere]
    assert queries.states_of(two.one, everybody) == {
        two.seated: EnrolmentState.CONFIRMED, two.first: EnrolmentState.WAITING, two.left: EnrolmentState.CANCELLED,
    }  # fmt: skip
    code = {person: db.session().get_one(Person, person).code for person in everybody}
    assert queries.participant_ids(two.one, list(code.values())) == {code[two.seated]: two.seated}
    waiting = queries.participant_ids(two.one, list(code.values()), state=EnrolmentState.WAITING)
    assert waiting == {code[two.first]: two.first}
    assert queries.participant_ids(two.other, [code[two.left]]) == {code[two.left]: two.left}


def test_a_roster_by_state_words_and_level(two: Two) -> None:
    with db.transaction() as session:
        session.get_one(Person, two.elsewhere).jenjang = Jenjang.SMP

    def names(course: int, **wanted: Any) -> list[str]:
        rows = db.session().scalars(queries.roster(course, visible_to=factories.SYSTEM, **wanted))
        return [row.person.name for row in rows]

    assert names(two.other) == ["Budi", "Dedi", "Eka"]
    assert names(two.other, words="dedi") == ["Dedi"]
    assert names(two.other, jenjang=Jenjang.SMP) == ["Eka"]
    assert names(two.one, state=EnrolmentState.WAITING) == ["Budi", "Cici"]
    assert names(two.one, state=EnrolmentState.CANCELLED) == ["Dedi"]
    leave(two.one, two.first)
    assert names(two.one, state=EnrolmentState.CANCELLED) == ["Budi", "Dedi"]  # the last who left first
    join(two.one, two.first)
    assert names(two.one, state=EnrolmentState.WAITING) == ["Cici", "Budi"]


def test_sessions_of_a_person(two: Two) -> None:
    extra = factories.live_session(two.other, factories.morning(4), title="Lebih awal").id
    past = factories.live_session(two.other, factories.morning(-2), title="Lampau").id
    called_off = factories.live_session(two.other, factories.morning(6), title="Batal").id
    with db.transaction():
        sessions.cancel(called_off, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    usual = (
        db.session()
        .scalars(sa.select(LiveSession.id).where(LiveSession.title == "Sesi 1", LiveSession.diklat_id == two.other))
        .one()
    )

    def ids(person: int) -> list[int]:
        return [s.id for s in queries.sessions_of_person(person)]

    def ahead(since: datetime | None) -> list[int]:
        return [s.id for s in queries.ahead(two.first, since=since)]

    assert ids(two.first) == [past, extra, usual, called_off]
    assert (len(ids(two.seated)), ids(two.second)) == (1, [])
    assert (ahead(None), ahead(clock.now())) == ([past, extra, usual], [extra, usual])
    assert ahead(db.session().get_one(LiveSession, extra).ends_at) == [usual]
    assert queries.ahead(two.second, since=None) == []


def test_titles_of_a_year(two: Two) -> None:
    year = clock.today().year
    hidden = factories.diklat("Batal", days=6).id
    join(hidden, two.first)
    with db.transaction():
        states.cancel(hidden, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    earlier = factories.diklat("Lebih awal", days=2).id
    join(earlier, two.first)
    assert queries.titles_of_year([two.first, two.seated, two.second], year) == {
        two.first: ["Lebih awal", "Dua"], two.seated: ["Satu"],
    }  # fmt: skip
    assert queries.titles_of_year([two.first], year + 1) == queries.titles_of_year([two.first], year - 1) == {}


@pytest.mark.parametrize(("month", "day"), [(1, 1), (12, 31)])
def test_a_year_has_its_first_and_its_last_day(app: Flask, month: int, day: int) -> None:
    person, year = factories.person().id, clock.today().year + 1
    course = factories.diklat("Tepi").id
    join(course, person)
    with db.transaction() as session:
        session.get_one(Diklat, course).starts_at = clock.instant(clock.today().replace(year, month, day), time(0))
    found = {y: queries.titles_of_year([person], y) for y in (year - 1, year, year + 1)}
    assert found == {year - 1: {}, year: {person: ["Tepi"]}, year + 1: {}}


def test_overlaps_are_of_planned_sessions_of_what_one_has_a_seat_in(app: Flask) -> None:
    me, wanted = factories.person().id, factories.diklat("Yang diinginkan").id
    same, waits, called_off, full = (factories.diklat(title, quota=1) for title in ("Sama", "Antre", "Batal", "Sesi"))
    after = factories.diklat("Sesudah")
    ids = {title: row.id for title, row in (("same", same), ("waits", waits), ("off", called_off), ("full", full))}
    join(ids["waits"], factories.person("Lain").id)
    for id in (*ids.values(), after.id):
        join(id, me)
    [row] = db.session().scalars(sa.select(LiveSession).where(LiveSession.diklat_id == after.id))
    plan = sessions.SessionPlan(title="Sesi", starts_at=row.ends_at, ends_at=row.ends_at + timedelta(hours=1))
    with db.transaction():
        sessions.change(row.id, plan, actor=factories.SYSTEM, now=clock.now())
        states.cancel(ids["off"], reason="sakit", actor=factories.SYSTEM, now=clock.now())
        off = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == ids["full"])).one()
    factories.live_session(ids["full"], factories.morning(9))
    with db.transaction():
        sessions.cancel(off, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    found = queries.overlapping(me, wanted, now=clock.now())
    assert [session.diklat_id for session in found] == [ids["same"]]
    over = found[0].ends_at
    assert queries.overlapping(me, wanted, now=over) == []
    assert queries.overlapping(me, wanted, now=over - timedelta(seconds=1)) == found
    assert queries.overlapping(factories.person("Tamu").id, wanted, now=clock.now()) == []
    assert clashes(wanted, me) == ["Sama"]
    assert (clashes(wanted, me, over - timedelta(seconds=1)), clashes(wanted, me, over)) == (["Sama"], [])
    assert clashes(wanted, factories.person("Tamu").id) == []


def clashes(diklat_id: int, person_id: int, now: datetime | None = None) -> list[str]:
    """The titles that a refusal would name."""
    db.session().rollback()
    return joining.overlapping_titles(diklat_id, person_id, now=now or clock.now())


def test_a_join_is_refused_for_what_meets_at_the_same_time_the_soonest_first(app: Flask) -> None:
    me, wanted = factories.person().id, factories.diklat("Ini", days=5).id
    factories.live_session(wanted, factories.morning(3))
    for title, days in (("Nanti", 5), ("Segera", 3), ("Lain", 4)):
        join(factories.diklat(title, days=days).id, me)
    assert clashes(wanted, me) == ["Segera", "Nanti"]
    with pytest.raises(ScheduleOverlap) as refused, db.transaction():
        services.join(wanted, me, actor=factories.SYSTEM, now=clock.now())
    assert refused.value.facts == {"titles": ["Segera", "Nanti"]}
    [last] = db.session().scalars(
        sa.select(LiveSession).where(LiveSession.diklat_id == wanted, LiveSession.title == "Sesi 1")
    )
    with db.transaction():
        sessions.cancel(last.id, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    assert clashes(wanted, me) == ["Segera"]


def test_whom_a_diklat_is_for_is_its_own(app: Flask) -> None:
    one = factories.diklat("Satu", levels=[Jenjang.SD, Jenjang.SMP], posts=["guru_kelas"]).id
    other = factories.diklat("Dua", levels=[Jenjang.SMA], posts=["kepala_sekolah"]).id
    none = factories.diklat("Tiga").id
    found = [joining.target(id) for id in (one, other, none)]
    assert [(set(levels), posts) for levels, posts in found] == [
        ({Jenjang.SD, Jenjang.SMP}, ["guru_kelas"]), ({Jenjang.SMA}, ["kepala_sekolah"]), (set(), []),
    ]  # fmt: skip


def test_nobody_is_overtaken_by_a_clock_that_runs_ahead(two: Two) -> None:
    ahead = clock.now() + timedelta(hours=1)
    with db.transaction() as session:
        session.execute(sa.update(Enrolment).where(Enrolment.person_id == two.second).values(queued_at=ahead))
        session.execute(
            sa.update(Enrolment).where(Enrolment.person_id == two.left).values(queued_at=ahead + timedelta(hours=1))
        )
    mine, other = joining.line(two.one, two.second), joining.line(two.other, two.seated)
    assert (mine.taken, mine.last, mine.mine) == (1, ahead, number(two.one, two.second))
    assert (other.taken, other.mine) == (3, None)
    assert mine.place(clock.now()) == ahead + timedelta(microseconds=1)
    assert mine.place(ahead) == ahead + timedelta(microseconds=1)
    late = ahead + timedelta(seconds=1)
    assert mine.place(late) == late


def test_overlaps_come_in_order_of_time_and_once(app: Flask) -> None:
    me, wanted, other = factories.person().id, factories.diklat("Ini").id, factories.diklat("Itu").id
    early = factories.live_session(other, factories.morning(2))
    factories.live_session(wanted, factories.morning(2), hours=1)
    factories.live_session(wanted, factories.morning(2) + timedelta(hours=1), hours=1)
    join(other, me)
    found = queries.overlapping(me, wanted, now=clock.now())
    assert (found[0].id, len(found)) == (early.id, 2)


def test_a_secret_address_opens_the_calendar_of_one_who_is_active(app: Flask) -> None:
    me, other = factories.person("Ani").id, factories.person("Budi").id
    token = db.session().get_one(Person, me).calendar_token
    assert queries.calendar_owner(token).id == me
    assert (queries.calendar_owner(token[:19]), queries.calendar_owner(token + "x" * 20)) == (None, None)
    assert queries.calendar_owner("x" * 22) is None
    with db.transaction() as session:
        session.get_one(Person, me).active = False
    assert queries.calendar_owner(token) is None
    assert queries.calendar_owner(db.session().get_one(Person, other).calendar_token) is not None


def test_what_fits_is_open_now_and_not_more_than_three(app: Flask) -> None:
    now = clock.now()
    me = factories.person(jenjang=Jenjang.SD)
    this = factories.diklat("Ini").id
    for title, given in (
        ("Belum", {"enrol_opens_at": now + timedelta(minutes=5)}),
        ("Tutup", {"enrol_closes_at": now - timedelta(minutes=5)}),
        ("SMP", {"levels": [Jenjang.SMP]}),
        ("Kepala", {"posts": ["kepala_sekolah"]}),
    ):
        factories.diklat(title, **given)
    good = {
        factories.diklat(title, **given).id
        for title, given in (
            ("Buka", {"enrol_opens_at": now - timedelta(minutes=5), "enrol_closes_at": now + timedelta(days=1)}),
            ("SD", {"levels": [Jenjang.SD]}),
            ("Guru", {"posts": ["guru_kelas"]}),
        )
    }
    now = clock.now()  # enrolment opens with the publication
    assert {row.id for row in queries.fitting(me, without=this, now=now)} == good
    factories.diklat("Nanti", days=20)
    now = clock.now()
    assert {row.id for row in queries.fitting(me, without=this, now=now)} == good
    assert len(queries.fitting(me, without=this, now=now, most=4)) == 4


def test_notes_and_messages_of_one_diklat(two: Two) -> None:
    for course, note in ((two.one, "Bawa laptop"), (two.other, "")):
        with db.transaction():
            services.set_plan(course, Plan(note=note), remind=True, actor=factories.SYSTEM, now=clock.now())
    assert queries.plan_notes([two.one, two.other]) == {two.one: "Bawa laptop"}
    assert queries.plan_notes([two.other]) == {}
    assert queries.plan_of(two.one) == Plan(note="Bawa laptop")
    assert queries.plan_of(factories.diklat("Tiga").id) == Plan()
    of_one, of_other = queries.message_counts(two.one), queries.message_counts(two.other)
    assert (of_one, of_other) == ({WorkState.PENDING: 5}, {WorkState.PENDING: 4})
    with db.transaction():
        states.cancel(two.other, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    assert queries.message_counts(two.other) == {WorkState.PENDING: 8}
    assert queries.message_counts(two.one) == of_one
    moved = db.session().scalars(sa.select(LiveSession).where(LiveSession.diklat_id == two.one)).one()
    plan = sessions.SessionPlan(
        title="Sesi", starts_at=moved.starts_at + timedelta(days=1), ends_at=moved.ends_at + timedelta(days=1)
    )
    with db.transaction():
        sessions.change(moved.id, plan, actor=factories.SYSTEM, now=clock.now())
    assert queries.message_counts(two.one) == {WorkState.PENDING: 6}
    assert queries.message_counts(two.other) == {WorkState.PENDING: 8}


def test_each_act_stands_on_the_trail(two: Two) -> None:
    with db.transaction():
        services.remove(two.other, [two.first, two.left], reason=" absen ", actor=factories.SYSTEM, now=clock.now())
    acts = list(
        db.session().scalars(
            sa.select(AuditEntry.act).where(AuditEntry.act.startswith("enrolment.")).order_by(AuditEntry.id)
        )
    )
    assert {act: acts.count(act) for act in acts} == {
        "enrolment.join": 8, "enrolment.leave": 1, "enrolment.remove": 2, "enrolment.promote": 1,
    }  # fmt: skip
    reasons = (
        db.session()
        .scalars(sa.select(AuditEntry.facts).where(AuditEntry.act == "enrolment.remove").order_by(AuditEntry.id))
        .all()
    )
    assert {facts["reason"] for facts in reasons} == {"absen"}
    told = db.session().scalars(sa.select(Message.kind).where(Message.person_id == two.first)).all()
    assert told.count("enrolment.removed") == 1
