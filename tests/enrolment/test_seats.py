"""Seats that are shared out: the rule as it is typed, as it decides, and at every door."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.diklat import seat_shares as shares
from calakan.diklat.errors import SeatLimitUnclear, SharesAboveQuota
from calakan.diklat.models import Diklat, SeatBy
from calakan.diklat.services import details
from calakan.enrolment import queries, seats, services, tasks
from calakan.enrolment.errors import (
    AccountClosed,
    EnrolmentClosed,
    LeaveDeadlineOver,
    NoSeatLeft,
    QuotaBelowSeated,
    SeatNotFree,
    SharesBelowSeated,
)
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.enrolment.seats import OTHERS, Outcome, Rule, Snapshot, Verdict, Why, decide
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.office import services as office
from calakan.people.models import Jenjang, Person, School
from calakan.planning import services as planning
from calakan.promises import invariants
from calakan.web.messages import sentence
from tests import factories

WAITING, CONFIRMED = EnrolmentState.WAITING, EnrolmentState.CONFIRMED
EACH = {shares.EACH: 2}
NAMES = {"SD": "sd", "SMP": "smp", "Kepala sekolah": "kepala_sekolah", "Guru PAUD/TK": "guru_paud"}


# What is typed


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("2", {"": 2}),
        (" 2 kursi ", {"": 2}),
        ("SD 30, SMP 20", {"sd": 30, "smp": 20}),
        ("sd: 30; smp = 20", {"sd": 30, "smp": 20}),
        ("kepala sekolah 10 kursi", {"kepala_sekolah": 10}),
        ("Guru PAUD/TK 5\nSD 1,", {"guru_paud": 5, "sd": 1}),
        ("100000", {"": 100000}),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, limits: dict[str, int]) -> None:
    assert shares.read(text, NAMES) == limits
    assert shares.read(shares.written(limits, {key: name for name, key in NAMES.items()}), NAMES) == limits


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" , ;", "empty"),
        ("dua", "part"),
        ("SD", "part"),
        ("SD tiga puluh", "part"),
        ("0", "figure"),
        ("100001", "figure"),
        ("SD 0", "figure"),
        ("٢", "figure"),
        ("SD 2.5.0", "figure"),
        ("2.500", "unknown"),
        ("-2", "unknown"),
        ("SMA 3", "unknown"),
        ("<b>SD</b> 3", "unknown"),
        ("SD 3, sd 4", "twice"),
        ("2, 3", "twice"),
        ("2, SD 3", "mixed"),
        (", ".join(f"SD {n}" for n in range(1, 42)), "many"),
        ("SD\x00 3", "part"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(SeatLimitUnclear) as refused:
        shares.read(text, NAMES)
    assert refused.value.facts["why"] == why


# What is decided


@pytest.mark.parametrize(
    ("rule", "snapshot", "outcome", "why"),
    [
        (Rule(None), Snapshot(1000), Outcome.SEAT, None),
        (Rule(3), Snapshot(2), Outcome.SEAT, None),
        (Rule(3), Snapshot(3), Outcome.WAIT, Why.FULL),
        (Rule(3), Snapshot(4), Outcome.WAIT, Why.FULL),
        (Rule(3), Snapshot(3, moves=False), Outcome.REFUSE, Why.LATE),
        (Rule(3), Snapshot(2, moves=False), Outcome.SEAT, None),
        (Rule(9, SeatBy.SCHOOL, EACH), Snapshot(2, "1", 1), Outcome.SEAT, None),
        (Rule(9, SeatBy.SCHOOL, EACH), Snapshot(2, "1", 2), Outcome.WAIT, Why.SHARE),
        (Rule(None, SeatBy.SCHOOL, EACH), Snapshot(2, "1", 2), Outcome.WAIT, Why.SHARE),
        (Rule(9, SeatBy.SCHOOL, EACH), Snapshot(2), Outcome.WAIT, Why.UNKNOWN),
        (Rule(9, SeatBy.SCHOOL, EACH, released=True), Snapshot(2), Outcome.SEAT, None),
        (Rule(9, SeatBy.SCHOOL, EACH, released=True), Snapshot(2, "1", 2), Outcome.SEAT, None),
        (Rule(9, SeatBy.SCHOOL, EACH, released=True), Snapshot(9, "1", 2), Outcome.WAIT, Why.FULL),
        (Rule(9, SeatBy.SCHOOL, EACH), Snapshot(2, "1", 2, moves=False), Outcome.REFUSE, Why.LATE),
        (Rule(9, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, "sd", 3), Outcome.SEAT, None),
        (Rule(9, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, "sd", 4), Outcome.WAIT, Why.SHARE),
        (Rule(9, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, OTHERS, 4), Outcome.SEAT, None),
        (Rule(9, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, OTHERS, 5), Outcome.WAIT, Why.SHARE),
        (Rule(None, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, OTHERS, 500), Outcome.SEAT, None),
        (Rule(3, SeatBy.JENJANG, {"sd": 3}), Snapshot(1, OTHERS, 0), Outcome.WAIT, Why.SHARE),
    ],
)
def test_seat_wait_or_refuse(rule: Rule, snapshot: Snapshot, outcome: Outcome, why: Why | None) -> None:
    found = decide(rule, snapshot)
    assert (found.outcome, found.why) == (outcome, why)


def test_a_refusal_comes_before_everything() -> None:
    error = AccountClosed()
    assert decide(Rule(None), Snapshot(0, refusal=error)) == Verdict(Outcome.REFUSE, refusal=error)


def profile(**values: Any) -> Any:
    usual = {
        "school_id": None, "school_elsewhere": "", "kabupaten_elsewhere": "", "kecamatan_code": None, "jenjang": None,
        "jabatan": None,
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **values})


@pytest.mark.parametrize(
    ("by", "values", "group"),
    [
        (SeatBy.SCHOOL, {"school_id": 7}, "7"),
        (SeatBy.SCHOOL, {"school_elsewhere": "SD N 1"}, "luar sd n 1"),
        (SeatBy.SCHOOL, {"kecamatan_code": "33.02.01"}, None),
        (SeatBy.KECAMATAN, {"kecamatan_code": "33.02.01"}, "33.02.01"),
        (SeatBy.KECAMATAN, {"kabupaten_elsewhere": "Cilacap"}, "luar cilacap"),
        (SeatBy.KECAMATAN, {"school_elsewhere": "SD N 1"}, None),
        (SeatBy.JENJANG, {"jenjang": Jenjang.SD}, "sd"),
        (SeatBy.JENJANG, {}, "-"),
        (SeatBy.POST, {"jabatan": "guru_kelas"}, "guru_kelas"),
        (SeatBy.POST, {}, None),
    ],
)
def test_the_group_of_a_person(by: SeatBy, values: dict[str, Any], group: str | None) -> None:
    assert seats.group(by, profile(**values)) == group


# In the database


def schools(count: int) -> list[int]:
    return list(db.session().scalars(sa.select(School.id).order_by(School.id).limit(count)))


def join(diklat_id: int, person_id: int, **options: bool) -> EnrolmentState:
    with db.transaction():
        return services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), **options).state


def leave(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        services.leave(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def promote(diklat_id: int, *people: int) -> int:
    with db.transaction():
        return services.promote(diklat_id, people, actor=factories.SYSTEM, now=clock.now())


def state(diklat_id: int, person_id: int) -> EnrolmentState:
    db.session().rollback()
    found = queries.enrolment(diklat_id, person_id)
    assert found is not None
    return found.state


def change(course: int, *, keep_seated: bool = False, **values: Any) -> None:
    diklat = db.session().get_one(Diklat, course)
    given = {"title": diklat.title, "summary": diklat.summary, "quota": diklat.quota, **values}
    given.setdefault("enrol_opens_at", diklat.enrol_opens_at)
    given.setdefault("enrol_closes_at", diklat.enrol_closes_at)
    with db.transaction():
        details.change(
            course, details.Details(**given), actor=factories.SYSTEM, now=clock.now(), keep_seated=keep_seated
        )


def two_per_school(*, quota: int | None = 5, **values: Any) -> int:
    return factories.diklat(quota=quota, seat_by=SeatBy.SCHOOL, seat_limits=EACH, days=6, **values).id


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
    for id in people[:3]:
        join(course, id)
    rule = {"seat_by": SeatBy.SCHOOL, "seat_limits": EACH}
    with pytest.raises(SharesBelowSeated) as refused:
        change(course, **rule)
    assert refused.value.facts == {"shares": 1}
    assert db.session().get_one(Diklat, course, populate_existing=True).seat_by is None
    change(course, **rule, keep_seated=True)
    assert [state(course, id) for id in people[:3]] == [CONFIRMED] * 3
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
    course = factories.diklat(quota=3).id
    people = [factories.person(f"Guru {n}").id for n in range(4)]
    for id in people[:3]:
        join(course, id)
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


# When the line moves


def test_nobody_moves_up_once_the_first_session_has_begun(app: Flask) -> None:
    course = factories.diklat(quota=1, days=2).id
    factories.live_session(course, factories.morning(4))
    first, second, third = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    join(course, first)
    join(course, second)
    begun = factories.morning(2)
    with time_machine.travel(begun, tick=False):
        leave(course, first)
        assert state(course, second) is WAITING
        assert tasks.repair_seats(app.extensions["calakan.settings"]) == 0
        assert invariants.broken() == []
        # A person may still decide it.
        assert promote(course, second) == 1
        assert join(course, third, by_hand=True) is WAITING
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), promote_late=True)
    with time_machine.travel(begun, tick=False):
        leave(course, second)
        assert state(course, third) is CONFIRMED


def test_a_moment_before_it_the_line_still_moves(app: Flask) -> None:
    course = factories.diklat(quota=1, days=2).id
    first, second = (factories.person(name).id for name in ("Ani", "Budi"))
    join(course, first)
    join(course, second)
    with time_machine.travel(factories.morning(2) - timedelta(seconds=1), tick=False):
        leave(course, first)
        assert state(course, second) is CONFIRMED


def test_whoever_could_never_get_a_seat_is_not_put_in_line(app: Flask) -> None:
    course = factories.diklat(quota=1, days=2, enrol_closes_at=factories.morning(5)).id
    factories.live_session(course, factories.morning(4))
    first, second = (factories.person(name).id for name in ("Ani", "Budi"))
    join(course, first)
    with time_machine.travel(factories.morning(2), tick=False), pytest.raises(EnrolmentClosed) as refused:
        join(course, second)
    assert refused.value.facts == {"why": "late"}


@pytest.mark.parametrize("door", ["join", "by_hand", "promote", "sweep", "quota", "leave", "rule"])
def test_nobody_enrols_after_the_last_session_by_any_door(app: Flask, door: str) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), promote_late=True)
    course = factories.diklat(quota=1, days=2, enrol_closes_at=factories.morning(20)).id
    seated, waiting, late = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    join(course, seated)
    join(course, waiting)
    doors: dict[str, Callable[[], object]] = {
        "join": lambda: join(course, late),
        "by_hand": lambda: join(course, late, by_hand=True),
        "promote": lambda: promote(course, waiting),
        "sweep": lambda: tasks.repair_seats(app.extensions["calakan.settings"]),
        "quota": lambda: change(course, quota=9),
        "leave": lambda: services_remove(course, seated),
        "rule": lambda: change(course, quota=None, newcomers_first=True),
    }
    with time_machine.travel(factories.morning(2) + timedelta(hours=3), tick=False):
        if door in ("join", "by_hand", "promote"):
            with pytest.raises(EnrolmentClosed) as refused:
                doors[door]()
            assert refused.value.facts["why"] == "ended"
        else:
            doors[door]()
    assert state(course, waiting) is WAITING
    assert queries.enrolment(course, late) is None


def services_remove(course: int, person_id: int) -> None:
    with db.transaction():
        services.remove(course, [person_id], reason="Salah", actor=factories.SYSTEM, now=clock.now())


def test_a_closed_account_gets_no_seat_and_no_place(app: Flask) -> None:
    course, teacher = factories.diklat().id, factories.person().id
    with db.transaction() as session:
        session.get_one(Person, teacher).active = False
    for by_hand in (False, True):
        with pytest.raises(AccountClosed):
            join(course, teacher, by_hand=by_hand)
    assert queries.enrolment(course, teacher) is None


def test_a_seat_is_given_back_alone_until_its_deadline(app: Flask) -> None:
    course = factories.diklat(quota=1, days=6).id
    seated, waiting = (factories.person(name).id for name in ("Ani", "Budi"))
    join(course, seated)
    join(course, waiting)
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), leave_days=2)
    deadline = clock.start_of(clock.today() + timedelta(days=5))
    with time_machine.travel(deadline, tick=False):
        with pytest.raises(LeaveDeadlineOver) as refused:
            leave(course, seated)
        assert refused.value.facts["until"] == deadline
        leave(course, waiting)  # holds no seat
        services_remove(course, seated)
    assert join(course, seated) is CONFIRMED
    with time_machine.travel(deadline - timedelta(seconds=1), tick=False):
        leave(course, seated)


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


# Whatever happens


def broken_seats() -> list[str]:
    db.session().rollback()
    return [
        line for line in invariants.broken() if line.partition(":")[0] in ("oversold", "share-oversold", "seat-left")
    ]


def rules(chance: random.Random) -> Iterator[dict[str, Any]]:
    """Random rules of two schools and two levels."""
    while True:
        by = chance.choice([None, SeatBy.SCHOOL, SeatBy.JENJANG])
        named = by is SeatBy.JENJANG and chance.random() < 0.6
        limits = {"sd": chance.randint(1, 2), "smp": chance.randint(1, 2)} if named else {"": chance.randint(1, 3)}
        quota = chance.choice([None, 4, 5, 6])
        yield {
            "seat_by": by, "seat_limits": limits, "quota": quota, "newcomers_first": chance.random() < 0.3,
            "seat_release_days": chance.choice([None, None, 2]),
        }  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_never_over_a_share_and_never_a_free_seat_for_somebody_who_may_have_it(app: Flask, seed: int) -> None:
    chance = random.Random(seed)
    rule, places = rules(chance), schools(3)
    course = factories.diklat(days=6, **next(rule)).id
    people = [
        factories.person(
            f"Guru {n}", school_id=chance.choice(places), jenjang=chance.choice([Jenjang.SD, Jenjang.SMP, Jenjang.SMA])
        ).id
        for n in range(10)
    ]
    start: datetime = clock.now()
    for step in range(40):
        person, act = chance.choice(people), chance.random()
        with time_machine.travel(start + timedelta(hours=3 * step), tick=False):
            if act < 0.55:
                join(course, person)
            elif act < 0.85 and queries.enrolment(course, person) is not None:
                leave(course, person)
            elif act < 0.95:
                change(course, keep_seated=True, **next(rule))
            tasks.repair_seats(app.extensions["calakan.settings"])
            assert broken_seats() == [], f"seed {seed}, step {step}"


# On the pages


def form(**values: str) -> dict[str, str]:
    return {
        "title": "Asesmen", "summary": "Ringkas.", "kind": "diklat", "mode": "daring", "quota": "5",
        "min_attendance_percent": "80", "presence_rule": "kode_menit", "jp_rule": "held", "remind": "y", **values,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"seat_by": "sekolah"}, "Tulis berapa kursi paling banyak, mis. 2."),
        ({"seat_by": "sekolah", "seat_limit": "0"}, "tulis angka 1 sampai 100000"),
        ({"seat_by": "sekolah", "seat_limit": "SD 3"}, "Untuk sekolah, tulis satu angka saja."),
        ({"seat_by": "jenjang", "seat_limit": "SM 3"}, "Yang dapat ditulis: PAUD"),
        ({"seat_by": "jabatan", "seat_limit": "Lurah 3"}, "lainnya pada daftar"),
        ({"seat_by": "jenjang", "seat_limit": "SD 3, SMP 3"}, "Jumlahnya 6 kursi, lebih dari kuota 5."),
        ({"seat_by": "bulan", "seat_limit": "2"}, "Pilih dari daftar."),
        ({"seat_limit": "2"}, "Pilih dulu kursi dibatasi untuk tiap apa"),
        ({"seat_release_days": "3"}, "Pilih dulu kursi dibatasi untuk tiap apa"),
        ({"seat_by": "sekolah", "seat_limit": "2", "seat_release_days": "61"}, "Tulis angka 0 sampai 60."),
        ({"seat_by": "sekolah", "seat_limit": "2", "seat_release_days": "-1"}, "Tulis angka 0 sampai 60."),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_its_field(
    app: Flask, client_of: Callable[[int], FlaskClient], values: dict[str, str], said: str
) -> None:
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    answer = browser.post("/kelola/diklat/baru", data=form(**values))
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert said in page
    assert '<details class="why" open' in page or "quota" in said
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Diklat)) == 0


def test_the_panitia_make_a_rule_and_the_teacher_reads_why_and_what_next(
    app: Flask, client_of: Callable[[int], FlaskClient]
) -> None:
    committee = client_of(factories.person("Panitia", Role.PANITIA).id)
    course = factories.diklat(quota=5, days=9)
    slug, id, school = course.slug, course.id, schools(1)[0]
    page = committee.get(f"/kelola/diklat/{slug}/ubah").get_data(as_text=True)
    assert "Aturan kursi" in page
    assert "Tetap simpan" not in page
    rule = {"seat_by": "sekolah", "seat_limit": "2", "seat_release_days": "3"}
    teachers = [factories.person(f"Guru {n}", school_id=school).id for n in range(4)]
    for teacher in teachers[:3]:
        join(id, teacher)
    refused = committee.post(f"/kelola/diklat/{slug}/ubah", data=form(**rule))
    assert refused.status_code == 422
    assert "Pada 1 kelompok sudah lebih banyak" in refused.get_data(as_text=True)
    assert 'name="keep_seated"' in refused.get_data(as_text=True)
    assert committee.post(f"/kelola/diklat/{slug}/ubah", data=form(**rule, keep_seated="y")).status_code == 303
    leave(id, teachers[0])
    browser = client_of(teachers[3])
    page = browser.get(f"/diklat/{slug}").get_data(as_text=True)
    released = clock.today() + timedelta(days=6)
    assert "Kursi untuk sekolah Bapak/Ibu sudah terisi (2 dari 2)." in page
    assert "Masuk antrean: kursi dilepas H-3 (" in page
    assert f" {released.day} " in page
    assert "Masuk daftar tunggu" in page
    assert "Paling banyak 2 kursi untuk tiap sekolah." in page
    joined = browser.post(f"/diklat/{slug}/daftar", follow_redirects=True).get_data(as_text=True)
    assert "Kursi untuk sekolah Bapak/Ibu sudah terisi (2 dari 2)." in joined
    assert "antrean nomor <b>1</b>" in joined
    assert "Dalam antrean, kursi dilepas H-3" in browser.get(f"/diklat/{slug}").get_data(as_text=True)
    person = db.session().get_one(Person, teachers[3])
    assert "sudah terisi (2 dari 2)" in factories.mailed(person.email, "enrolment.waiting").text
    # Nothing to learn where no rule was made.
    plain = factories.diklat("Tanpa aturan", quota=5).slug
    assert "Aturan kursi" not in browser.get(f"/diklat/{plain}").get_data(as_text=True)


def test_what_is_decided_by_hand_says_why_too(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    committee = client_of(factories.person("Panitia", Role.PANITIA).id)
    course, school = two_per_school(), schools(1)[0]
    slug = db.session().get_one(Diklat, course).slug
    for n in range(2):
        join(course, factories.person(f"Guru {n}", school_id=school).id)
    third = factories.person("Citra", school_id=school)
    id = third.id
    added = committee.post(f"/kelola/diklat/{slug}/peserta/tambah", data={"orang": third.code}, follow_redirects=True)
    assert "Citra masuk daftar tunggu: sekolahnya sudah mendapat 2 dari 2 kursi." in added.get_data(as_text=True)
    with pytest.raises(SeatNotFree) as refused:
        promote(course, id)
    assert sentence(refused.value) == "Kursi untuk sekolahnya sudah terisi (2 dari 2)."
    assert state(course, id) is WAITING


def test_a_late_cancellation_is_told_before_it_is_tried(app: Flask, client_of: Callable[[int], FlaskClient]) -> None:
    course = factories.diklat(days=1)
    slug, teacher = course.slug, factories.person().id
    join(course.id, teacher)
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), leave_days=3)
    browser = client_of(teacher)
    page = browser.get(f"/diklat/{slug}/batal").get_data(as_text=True)
    assert "Batas membatalkan sendiri sudah lewat" in page
    assert "btn-err" not in page
    assert "Hubungi panitia" in browser.post(f"/diklat/{slug}/batal", follow_redirects=True).get_data(as_text=True)
    assert state(course.id, teacher) is CONFIRMED
