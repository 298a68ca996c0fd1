"""A closed diklat and its issued papers, by way of the services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance import services as attendance
from calakan.certificates import tasks
from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat
from calakan.diklat.queries import sessions_of
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def join(diklat_id: int, *person_ids: int) -> None:
    for person_id in person_ids:
        with db.transaction():
            enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())


def attend(diklat_id: int, person_ids: Sequence[int]) -> None:
    """All of them present in every session; the session must be over."""
    for session_id in [session.id for session in sessions_of(diklat_id)]:
        with db.transaction():
            attendance.mark_by_hand(
                session_id, list(person_ids), present=True, reason="uji", actor=factories.SYSTEM, now=clock.now()
            )


def held(*person_ids: int, title: str = "Asesmen Formatif", absent: Sequence[int] = (), **values: Any) -> Diklat:
    """A diklat that is over, closed, and whose papers are asked for but not yet made."""
    start = clock.now()
    course = factories.diklat(title, days=1, **values)
    id = course.id
    join(id, *person_ids, *absent)
    with time_machine.travel(start + timedelta(days=2)):
        attend(id, person_ids)
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=clock.now())
    return db.session().get_one(Diklat, id)


def make_papers(app: Flask) -> int:
    with time_machine.travel(clock.now() + timedelta(days=2, minutes=1)):
        return tasks.issue_due(app.extensions["calakan.settings"])


def issued(app: Flask, name: str = "Sri Mulyati", **values: Any) -> Certificate:
    """One person's paper, made."""
    person_id = factories.person(name, **values).id
    course = held(person_id)
    id = course.id
    make_papers(app)
    return db.session().scalars(sa.select(Certificate).where(Certificate.diklat_id == id)).one()
