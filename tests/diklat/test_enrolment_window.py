"""Enrolment that closes with the first session goes on doing so, wherever that session moves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import details, sessions
from calakan.enrolment import services as enrolment
from calakan.enrolment.errors import EnrolmentClosed
from calakan.kernel import clock, db
from tests import factories


def move(diklat_id: int, days: int) -> datetime:
    """The session's new beginning."""
    session = db.session().scalars(sa.select(LiveSession).where(LiveSession.diklat_id == diklat_id)).one()
    start = session.starts_at + timedelta(days=days)
    plan = sessions.SessionPlan(title=session.title, starts_at=start, ends_at=start + timedelta(hours=3))
    with db.transaction():
        sessions.change(session.id, plan, actor=factories.SYSTEM, now=clock.now())
    return start


def join(diklat_id: int, at: datetime) -> None:
    person = factories.person()
    with db.transaction():
        enrolment.join(diklat_id, person.id, actor=factories.SYSTEM, now=at)


@pytest.mark.parametrize("days", [5, -2])
def test_it_closes_with_the_session_that_moved(app: Flask, days: int) -> None:
    course = factories.diklat(days=9)
    start = move(course.id, days)
    join(course.id, start - timedelta(minutes=1))
    with pytest.raises(EnrolmentClosed):
        join(course.id, start)
    assert db.session().get_one(Diklat, course.id).enrol_closes_at == start


def test_a_day_that_somebody_chose_stays(app: Flask) -> None:
    closes = factories.morning(4)
    course = factories.diklat(days=9, enrol_closes_at=closes)
    move(course.id, 5)
    assert db.session().get_one(Diklat, course.id).enrol_closes_at == closes


def test_none_at_all_stays_none(app: Flask) -> None:
    course = factories.diklat(days=9)
    with db.transaction():
        open_end = details.Details(title=course.title, summary=course.summary)
        details.change(course.id, open_end, actor=factories.SYSTEM, now=clock.now())
    move(course.id, 5)
    assert db.session().get_one(Diklat, course.id).enrol_closes_at is None


def test_without_any_session_it_stays_where_it_was(app: Flask) -> None:
    course = factories.diklat(days=9)
    closes = course.enrol_closes_at
    session = db.session().scalars(sa.select(LiveSession).where(LiveSession.diklat_id == course.id)).one()
    with db.transaction():
        sessions.cancel(session.id, reason="Ruang terpakai", actor=factories.SYSTEM, now=clock.now())
    assert db.session().get_one(Diklat, course.id).enrol_closes_at == closes
