"""Seats that are shared out, in the database: who gets one, who waits, and what a change of the rule does."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.diklat import seat_shares as shares
from calakan.diklat.errors import SharesAboveQuota
from calakan.diklat.models import Diklat, SeatBy
from calakan.enrolment import queries, services, tasks
from calakan.enrolment.errors import (
    NoSeatLeft,
    QuotaBelowSeated,
    SeatNotFree,
    SharesBelowSeated,
)
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.people.models import Jenjang, Person
from calakan.planning import services as planning
from calakan.promises import invariants
from tests import factories
from tests.enrolment.seating import (
    CONFIRMED,
    EACH,
    WAITING,
    change,
    join,
    leave,
    promote,
    schools,
    state,
    two_per_school,
)


def test_a_third_of_a_school_waits_and_another_school_gets_the_seat(app: Flask) -> None:
    course, (one, two) = two_per_school(), schools(2)
    first, second, third = (factories.person(name, school_id=one).id for name in ("Ani", "Budi", "Citra"))
    other = factories.person("Dedi", school_id=two).id
    assert [join(course, id) for id in (first, second, third, other)] == [CONFIRMED, CONFIRMED, WAITING, CONFIRMED]
    assert invariants.broken() == []
    # Who leaves makes room in his own share alone.
    leave(course, other)
    assert state(course, third) is WAITING
    leave(course, first)
    assert state(course, third) is CONFIRMED
    assert invariants.broken() == []


def test_named_shares_keep_their_seats_and_the_others_share_the_rest(app: Flask) -> None:
    course = factories.diklat(quota=3, seat_by=SeatBy.JENJANG, seat_limits={"sd": 1, "smp": 1}).id
    people = {
        name: factories.person(name, jenjang=level, school_id=None, kecamatan_code="33.02.01").id
        for name, level in (("a", Jenjang.SMA), ("b", Jenjang.SMK), ("c", Jenjang.SD), ("d", Jenjang.SD))
    }
    assert [join(course, id) for id in people.values()] == [CONFIRMED, WAITING, CONFIRMED, WAITING]
    assert invariants.broken() == []


def test_what_is_left_over_is_released(app: Flask) -> None:
    course, school = two_per_school(seat_release_days=3), schools(1)[0]
    people = [factories.person(f"Guru {n}", school_id=school).id for n in range(4)]
    assert [join(course, id) for id in people] == [CONFIRMED, CONFIRMED, WAITING, WAITING]
    released = clock.instant(clock.today() + timedelta(days=3), services.QUIET_UNTIL)
    with time_machine.travel(released - timedelta(seconds=1), tick=False):
        assert tasks.repair_seats(app.extensions["calakan.settings"]) == 0
    with time_machine.travel(released, tick=False):
        assert invariants.broken() == []  # the sweep has a moment for it
        assert tasks.repair_seats(app.extensions["calakan.settings"]) == 2
        late = factories.person("Terakhir", school_id=school).id
        assert join(course, late) is CONFIRMED
        assert invariants.broken() == []
    assert {state(course, id) for id in people} == {CONFIRMED}


def test_who_is_of_no_known_group_waits_until_the_profile_says_it(app: Flask) -> None:
    course = two_per_school()
    teacher = factories.person("Ani", school_id=None, kecamatan_code="33.02.01").id
    assert join(course, teacher) is WAITING
    with pytest.raises(SeatNotFree) as refused:
        promote(course, teacher)
    assert refused.value.facts["why"] == "unknown"
    with db.transaction() as session:
        session.get_one(Person, teacher).school_id = schools(1)[0]
    assert [line for line in invariants.broken() if "seat-left" in line]
    assert tasks.repair_seats(app.extensions["calakan.settings"]) == 1


def test_a_seat_given_by_hand_keeps_to_the_shares(app: Flask) -> None:
    course, (one, two) = two_per_school(quota=3), schools(2)
    people = [factories.person(f"Guru {n}", school_id=one).id for n in range(4)]
    for id in people:
        join(course, id)
    with pytest.raises(SeatNotFree) as refused:
        promote(course, people[2])
    assert {name: refused.value.facts[name] for name in ("why", "taken", "most")} == {
        "why": "share", "taken": 2, "most": 2
    }  # fmt: skip
    assert join(course, people[3], by_hand=True) is WAITING
    assert join(course, factories.person("Lain", school_id=two).id, by_hand=True) is CONFIRMED
    with pytest.raises(NoSeatLeft):
        promote(course, people[2])


def test_first_timers_come_first_in_the_line(app: Flask) -> None:
    course = factories.diklat(quota=1, newcomers_first=True, days=9).id
    before = factories.diklat("Sebelumnya", days=1).id
    seated, veteran, new = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    join(before, veteran)
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        for id in (seated, veteran, new):
            join(course, id)
        waiting = {id: queries.enrolment(course, id) for id in (veteran, new)}
        assert [queries.place_in_line(waiting[id]) for id in (veteran, new)] == [2, 1]
        assert queries.places_in_line(veteran)[course] == 2
        assert list(queries.line(course)) == [waiting[new].id, waiting[veteran].id]
        leave(course, seated)
        assert (state(course, new), state(course, veteran)) == (CONFIRMED, WAITING)


def test_a_rule_below_those_who_are_seated_asks_first_and_takes_no_seat(app: Flask) -> None:
    course, school = factories.diklat(quota=9, days=6).id, schools(1)[0]
    people = [factories.person(f"Guru {n}", school_id=school).id for n in range(4)]
    factories.enrol(other := factories.diklat("Lain", days=20).id, people)  # counts for nothing here
    for id in people[:3]:
        join(course, id)
    rule = {"seat_by": SeatBy.SCHOOL, "seat_limits": EACH}
    with pytest.raises(SharesBelowSeated) as refused:
        change(course, **rule)
    assert refused.value.facts == {"shares": 1}
    assert db.session().get_one(Diklat, course, populate_existing=True).seat_by is None
    change(course, **rule, keep_seated=True)
    assert [state(course, id) for id in people[:3]] == [CONFIRMED] * 3
    shared = sa.select(Enrolment.share_key).where(Enrolment.diklat_id == other)
    assert set(db.session().scalars(shared)) == {None}
    assert join(course, people[3]) is WAITING
    assert invariants.broken() == []
    # Two leave, and the fourth gets the second seat of the school.
    leave(course, people[0])
    assert state(course, people[3]) is WAITING
    leave(course, people[1])
    assert state(course, people[3]) is CONFIRMED
    # Without a rule nothing is shared out.
    change(course)
    assert set(db.session().scalars(sa.select(Enrolment.share_key))) == {None}


def test_a_wider_or_dropped_rule_seats_those_who_wait(app: Flask) -> None:
    course, school = two_per_school(quota=None), schools(1)[0]
    people = [factories.person(f"Guru {n}", school_id=school).id for n in range(5)]
    for id in people:
        join(course, id)
    change(course, seat_by=SeatBy.SCHOOL, seat_limits={shares.EACH: 3})
    assert state(course, people[2]) is CONFIRMED
    assert state(course, people[3]) is WAITING
    change(course)
    assert state(course, people[4]) is CONFIRMED


def test_a_quota_below_the_seated_asks_first(app: Flask) -> None:
    course = factories.diklat(quota=4).id
    people = [factories.person(f"Guru {n}").id for n in range(4)]
    for id in people[:3]:
        join(course, id)
    change(course, quota=3)
    assert db.session().get_one(Diklat, course, populate_existing=True).seats_kept == 0
    with pytest.raises(QuotaBelowSeated):
        change(course, quota=2)
    change(course, quota=2, keep_seated=True)
    assert invariants.broken() == []
    assert join(course, people[3]) is WAITING
    leave(course, people[0])
    assert state(course, people[3]) is WAITING
    leave(course, people[1])
    assert state(course, people[3]) is CONFIRMED
    # What was kept then does not hide what is oversold later.
    change(course, quota=5)
    with db.transaction() as session:
        session.execute(sa.update(Diklat).values(quota=1))
    assert [line.partition(":")[0] for line in invariants.broken()] == ["oversold"]


def test_shares_by_name_are_not_more_than_the_quota(app: Flask) -> None:
    with pytest.raises(SharesAboveQuota) as refused:
        factories.diklat(quota=10, seat_by=SeatBy.JENJANG, seat_limits={"sd": 6, "smp": 5})
    assert refused.value.facts == {"total": 11, "quota": 10}


def test_a_clone_shares_its_seats_out_alike(app: Flask) -> None:
    course = two_per_school(seat_release_days=3, newcomers_first=True)
    with db.transaction():
        made = planning.clone(
            course,
            title="Angkatan 2",
            first=clock.today() + timedelta(days=30),
            quota=9,
            actor=factories.SYSTEM,
            now=clock.now(),
        )
        assert (made.seat_by, made.seat_limits, made.seat_release_days, made.newcomers_first) == (
            SeatBy.SCHOOL, EACH, 3, True
        )  # fmt: skip


def test_without_a_rule_joining_asks_as_much_as_ever(app: Flask) -> None:
    """The evening a diklat opens hundreds wait for each other: what is asked while the row is held is counted."""

    def asked(course: int) -> int:
        person, count = factories.person("Guru").id, itertools.count()

        def listen(*_: object) -> None:
            next(count)

        sa.event.listen(db.engine(), "before_cursor_execute", listen)
        join(course, person)
        sa.event.remove(db.engine(), "before_cursor_execute", listen)
        return next(count)

    plain, ruled = factories.diklat(quota=50).id, two_per_school(quota=50)
    asked(plain)
    assert asked(ruled) == asked(plain)
