"""When a person is taken: the gap on both sides, and what does not count."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.diklat.models import LiveSession
from calakan.diklat.services import sessions, states
from calakan.kernel import clock, db
from calakan.narasumber import queries, services
from calakan.narasumber.models import Assignment, AssignmentState, Duty
from calakan.narasumber.queries import clashes
from calakan.office.services import change_settings
from tests import factories

SYSTEM = factories.SYSTEM
GAP = timedelta(minutes=15)


@pytest.fixture
def duty(app: Flask) -> tuple[int, int, datetime, datetime]:
    """Somebody who speaks from nine to eleven: person, session, begin, end. The office asks for a quarter of an hour."""
    with db.transaction():
        change_settings(actor=SYSTEM, now=clock.now(), clash_buffer_minutes=15)
    speaker, id = factories.volunteer().id, factories.slot("Satu")
    with db.transaction():
        services.appoint(id, speaker, agreed=True, actor=SYSTEM, now=clock.now())
    session = db.session().get_one(LiveSession, id)
    return speaker, id, session.starts_at, session.ends_at


def taken(person_id: int, begin: datetime, end: datetime, **options: int) -> list[int | None]:
    db.session().rollback()
    return [found.live_session_id for found in clashes.busy([person_id], begin, end, **options).get(person_id, [])]


@pytest.mark.parametrize(("missing", "clash"), [(timedelta(seconds=1), True), (timedelta(0), False)])
def test_the_gap_lies_on_both_sides(
    app: Flask, duty: tuple[int, int, datetime, datetime], missing: timedelta, clash: bool
) -> None:
    speaker, id, begin, end = duty
    hour, found = timedelta(hours=1), [id] if clash else []
    assert taken(speaker, end + GAP - missing, end + hour) == found
    assert taken(speaker, begin - hour, begin - GAP + missing) == found


def test_a_duty_longer_than_the_question_is_found(app: Flask, duty: tuple[int, int, datetime, datetime]) -> None:
    speaker, id, begin, _ = duty
    assert taken(speaker, begin + timedelta(minutes=50), begin + timedelta(minutes=51)) == [id]
    assert taken(speaker, begin - timedelta(days=1), begin + timedelta(days=2)) == [id]


def test_the_session_itself_and_other_people_are_not_in_the_way(
    app: Flask, duty: tuple[int, int, datetime, datetime]
) -> None:
    speaker, id, begin, end = duty
    other = factories.volunteer("Lain").id
    assert taken(speaker, begin, end, apart_from=id) == []
    assert taken(other, begin, end) == []
    assert set(clashes.busy(None, begin, end)) == {speaker}
    assert clashes.clash(speaker, db.session().get_one(LiveSession, id)) is None


def test_an_invitation_alone_does_not_block(app: Flask, duty: tuple[int, int, datetime, datetime]) -> None:
    speaker, id, begin, end = duty
    for state in AssignmentState:
        with db.transaction() as session:
            session.execute(sa.update(Assignment).where(Assignment.live_session_id == id).values(state=state))
        assert taken(speaker, begin, end) == ([id] if state is AssignmentState.CONFIRMED else []), state


def test_who_is_only_invited_is_appointed_elsewhere(app: Flask) -> None:
    speaker, first, second = factories.volunteer().id, factories.slot("Satu"), factories.slot("Dua")
    with db.transaction():
        services.invite(first, speaker, actor=SYSTEM, now=clock.now())
    with db.transaction():
        services.appoint(second, speaker, agreed=True, actor=SYSTEM, now=clock.now())
    row = queries.assignment_of(second, speaker)
    assert row is not None
    assert (row.state, row.duty) == (AssignmentState.CONFIRMED, Duty.SPEAKER)


def test_what_was_called_off_or_is_closed_frees_its_people(
    app: Flask, duty: tuple[int, int, datetime, datetime]
) -> None:
    speaker, id, begin, end = duty
    diklat_id = db.session().get_one(LiveSession, id).diklat_id
    with db.transaction():
        states.cancel(diklat_id, reason="sakit", actor=SYSTEM, now=clock.now())
    assert taken(speaker, begin, end) == []
    other = factories.live_session(factories.diklat("Lain").id, begin).id
    with db.transaction():
        services.appoint(other, speaker, agreed=True, actor=SYSTEM, now=clock.now())
    assert taken(speaker, begin, end) == [other]
    with db.transaction():
        sessions.cancel(other, reason="sakit", actor=SYSTEM, now=clock.now())
    assert taken(speaker, begin, end) == []


def test_what_is_taken_is_told_in_order_of_time(app: Flask, duty: tuple[int, int, datetime, datetime]) -> None:
    speaker, id, begin, end = duty
    later, course = end + timedelta(hours=2), factories.diklat("Lain").id
    second = factories.live_session(course, later).id
    with db.transaction():
        services.appoint(second, speaker, agreed=True, actor=SYSTEM, now=clock.now())
    found = clashes.busy([speaker], begin - timedelta(hours=9), later + timedelta(hours=9))[speaker]
    assert [b.live_session_id for b in found] == [id, second]
    assert (found[0].title, found[0].place, found[0].duty) == ("Sesi Satu (Satu)", "daring", Duty.SPEAKER)
    first = clashes.clash(speaker, db.session().get_one(LiveSession, second))
    assert first is None
