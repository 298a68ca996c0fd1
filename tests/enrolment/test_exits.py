"""Each way out of joining and leaving, at the service."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.audit.models import AuditEntry
from calakan.diklat.models import Diklat
from calakan.diklat.services import states
from calakan.enrolment import queries, services
from calakan.enrolment.errors import EnrolmentClosed, NotEligible, NotEnrolled, ProfileIncomplete, TooLateToLeave
from calakan.enrolment.models import EnrolmentState
from calakan.enrolment.plans import Plan
from calakan.kernel import clock, db
from calakan.notifications.models import Message
from calakan.people.models import Jenjang
from tests import factories


def join(diklat_id: int, person_id: int, **options: bool) -> EnrolmentState:
    with db.transaction():
        return services.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), **options).state


def leave(diklat_id: int, person_id: int, reason: str = "") -> None:
    with db.transaction():
        services.leave(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), reason=reason)


def standing(diklat_id: int, person_id: int) -> EnrolmentState | None:
    db.session().rollback()
    found = queries.enrolment(diklat_id, person_id)
    return found.state if found is not None else None


def end_of(diklat_id: int) -> datetime:
    found = db.session().get_one(Diklat, diklat_id).ends_at
    assert found is not None
    return found


def test_a_diklat_for_some_posts_is_for_those_alone(app: Flask) -> None:
    course = factories.diklat(posts=["kepala_sekolah", "pengawas_sekolah"]).id
    teacher, head = factories.person("Ani"), factories.person("Budi", jabatan="kepala_sekolah")
    for by_hand in (False, True):
        with pytest.raises(NotEligible) as refused:
            join(course, teacher.id, by_hand=by_hand)
        assert set(refused.value.facts["posts"]) == {"kepala_sekolah", "pengawas_sekolah"}
    assert join(course, head.id) is EnrolmentState.CONFIRMED
    assert standing(course, teacher.id) is None


def test_a_level_and_a_post_must_both_fit(app: Flask) -> None:
    course = factories.diklat(levels=[Jenjang.SMP], posts=["guru_kelas"]).id
    with pytest.raises(NotEligible) as refused:
        join(course, factories.person(jenjang=Jenjang.SD).id)
    assert refused.value.facts == {"levels": ["smp"]}
    with pytest.raises(NotEligible) as refused:
        join(course, factories.person(jenjang=Jenjang.SMP, jabatan="kepala_sekolah").id)
    assert refused.value.facts == {"posts": ["guru_kelas"]}
    assert join(course, factories.person(jenjang=Jenjang.SMP).id) is EnrolmentState.CONFIRMED


@pytest.mark.parametrize(("seconds", "why"), [(-1, "not_open"), (0, None), (3599, None), (3600, "over")])
def test_the_window_opens_and_closes_to_the_second(app: Flask, seconds: int, why: str | None) -> None:
    opens = clock.now() + timedelta(hours=1)
    course = factories.diklat(enrol_opens_at=opens, enrol_closes_at=opens + timedelta(hours=1)).id
    teacher = factories.person().id
    with time_machine.travel(opens + timedelta(seconds=seconds), tick=False):
        if why is None:
            assert join(course, teacher) is EnrolmentState.CONFIRMED
            return
        with pytest.raises(EnrolmentClosed) as refused:
            join(course, teacher)
    assert refused.value.facts["why"] == why


@pytest.mark.parametrize("by_hand", [False, True])
def test_nobody_joins_once_the_last_session_is_over_nor_what_does_not_go_on(app: Flask, by_hand: bool) -> None:
    course, called_off, teacher = factories.diklat().id, factories.diklat("Batal").id, factories.person().id
    with db.transaction():
        states.cancel(called_off, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(EnrolmentClosed) as refused:
        join(called_off, teacher, by_hand=by_hand)
    assert refused.value.facts["why"] == "cancelled"
    with time_machine.travel(end_of(course), tick=False), pytest.raises(EnrolmentClosed) as refused:
        join(course, teacher, by_hand=by_hand)
    assert refused.value.facts["why"] == "ended"


def test_nobody_leaves_after_the_end(app: Flask) -> None:
    course, one, two = factories.diklat().id, factories.person("Ani").id, factories.person("Budi").id
    join(course, one)
    join(course, two)
    over = end_of(course)
    with time_machine.travel(over - timedelta(seconds=1), tick=False):
        leave(course, one)
    with time_machine.travel(over, tick=False), pytest.raises(TooLateToLeave):
        leave(course, two)
    assert (standing(course, one), standing(course, two)) == (EnrolmentState.CANCELLED, EnrolmentState.CONFIRMED)


def test_nobody_leaves_what_was_called_off_nor_what_he_never_joined(app: Flask) -> None:
    course, member, stranger = factories.diklat().id, factories.person("Ani").id, factories.person("Budi").id
    join(course, member)
    with pytest.raises(NotEnrolled):
        leave(course, stranger)
    with db.transaction():
        states.cancel(course, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(TooLateToLeave):
        leave(course, member)


def test_leaving_twice_changes_nothing_and_tells_once(app: Flask) -> None:
    course, member = factories.diklat().id, factories.person().id
    join(course, member)
    leave(course, member, "ada acara")
    before = queries.enrolment(course, member)
    assert before is not None
    assert before.cancel_reason == "ada acara"
    decided_at = before.decided_at
    leave(course, member, "lain")
    db.session().rollback()
    after = queries.enrolment(course, member)
    assert after is not None
    assert (after.cancel_reason, after.decided_at) == ("ada acara", decided_at)
    kinds = sorted(db.session().scalars(sa.select(Message.kind)))
    assert kinds == ["enrolment.cancelled", "enrolment.confirmed"]


def test_who_comes_back_stands_at_the_end_of_the_line(app: Flask) -> None:
    course = factories.diklat(quota=1).id
    seated, first, second = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    for person_id in (seated, first, second):
        join(course, person_id)
    leave(course, first, "ragu")
    assert join(course, first) is EnrolmentState.WAITING
    back = queries.enrolment(course, first)
    assert back is not None
    assert (queries.place_in_line(back), back.cancel_reason) == (2, "")
    leave(course, seated)
    assert (standing(course, second), standing(course, first)) == (EnrolmentState.CONFIRMED, EnrolmentState.WAITING)


def test_a_seat_given_back_while_nobody_waits_is_free_again(app: Flask) -> None:
    course = factories.diklat(quota=1).id
    one, two = factories.person("Ani").id, factories.person("Budi").id
    join(course, one)
    leave(course, one)
    assert join(course, two) is EnrolmentState.CONFIRMED
    assert join(course, one) is EnrolmentState.WAITING


def test_who_leaves_the_line_frees_no_seat(app: Flask) -> None:
    course = factories.diklat(quota=1).id
    seated, waits, last = (factories.person(name).id for name in ("Ani", "Budi", "Citra"))
    for person_id in (seated, waits, last):
        join(course, person_id)
    leave(course, waits)
    assert (standing(course, seated), standing(course, last)) == (EnrolmentState.CONFIRMED, EnrolmentState.WAITING)


def test_an_entry_by_hand_asks_for_no_overlap_and_says_by_whom(app: Flask) -> None:
    one, two, teacher = factories.diklat("Satu").id, factories.diklat("Dua").id, factories.person().id
    join(one, teacher)
    assert join(two, teacher, by_hand=True) is EnrolmentState.CONFIRMED
    acts = sa.select(AuditEntry.act).where(AuditEntry.act.startswith("enrolment.")).order_by(AuditEntry.id)
    assert list(db.session().scalars(acts)) == ["enrolment.join", "enrolment.add"]


def test_seats_are_filled_in_order_and_not_after_the_end(app: Flask) -> None:
    course = factories.diklat(quota=1).id
    people = [factories.person(f"Guru {n}").id for n in range(4)]
    for person_id in people:
        join(course, person_id)
    over = end_of(course)

    def fill(quota: int | None, now: datetime) -> list[int]:
        with db.transaction():
            diklat = db.lock(Diklat, course)
            diklat.quota = quota
            seated = services.fill_seats(diklat, actor=factories.SYSTEM, now=now)
            return [enrolment.person_id for enrolment in seated]

    assert fill(9, over) == []
    assert fill(1, clock.now()) == []
    assert fill(3, clock.now()) == people[1:3]
    assert fill(None, clock.now()) == people[3:]


def test_who_has_not_filled_in_a_profile_is_asked_for_it_first(app: Flask) -> None:
    course, newcomer = factories.diklat().id, factories.person("Baru", complete=False).id
    for by_hand in (False, True):
        with pytest.raises(ProfileIncomplete):
            join(course, newcomer, by_hand=by_hand)
    assert standing(course, newcomer) is None


def test_nobody_is_taken_out_of_what_does_not_go_on(app: Flask) -> None:
    course, member = factories.diklat().id, factories.person().id
    join(course, member)
    with db.transaction():
        states.cancel(course, reason="sakit", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(TooLateToLeave), db.transaction():
        services.remove(course, [member], reason="x", actor=factories.SYSTEM, now=clock.now())
    assert standing(course, member) is EnrolmentState.CONFIRMED


def test_a_seat_goes_to_the_line_of_its_own_diklat(app: Flask) -> None:
    one, other = factories.diklat("Satu", quota=1).id, factories.diklat("Dua", quota=1).id
    a, b, c, d = (factories.person(name).id for name in ("Ani", "Budi", "Cici", "Dedi"))
    join(other, c)
    join(other, d)
    join(one, a)
    join(one, b)
    leave(one, a)
    assert (standing(one, b), standing(other, d)) == (EnrolmentState.CONFIRMED, EnrolmentState.WAITING)


def test_what_is_typed_is_cut_where_its_column_ends(app: Flask) -> None:
    course, member = factories.diklat().id, factories.person().id
    join(course, member)
    leave(course, member, "x" * 400)
    with db.transaction():
        services.set_plan(course, Plan(note="y " * 400), remind=True, actor=factories.SYSTEM, now=clock.now())
    found = queries.enrolment(course, member)
    assert found is not None
    assert (len(found.cancel_reason), len(found.code), len(queries.plan_of(course).note)) == (300, 10, 300)
    reasons = (
        db.session()
        .scalars(sa.select(AuditEntry.facts).where(AuditEntry.act == "enrolment.leave").order_by(AuditEntry.id))
        .all()
    )
    assert [len(facts["reason"]) for facts in reasons] == [300]
    acts = (
        db.session()
        .scalars(sa.select(AuditEntry.facts).where(AuditEntry.act == "enrolment.set_plan").order_by(AuditEntry.id))
        .all()
    )
    assert [(facts["plan"]["morning"], facts["plan"]["remind"]) for facts in acts] == [("07.00", True)]
