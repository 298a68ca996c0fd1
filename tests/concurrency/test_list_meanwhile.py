"""Three thousand lines of a list while people type the code: nothing counted twice, nobody refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.attendance import batches, checking_in, imports, queries, services
from calakan.attendance.checking_in import Answer
from calakan.attendance.models import Decision, Evidence, Kind, Presence
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.people.models import Person
from tests import factories
from tests.completion.courses import Course, nine
from tests.concurrency.test_once import at_once

LINES, HANDS = 3000, 24


def report(people: Sequence[tuple[str, str]], begins: datetime) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Name (original name)", "Email", "Join time", "Leave time", "Duration (minutes)"])
    ends = begins + timedelta(hours=3)
    for name, email in people:
        times = [f"{clock.local(moment):%m/%d/%Y %I:%M:%S %p}" for moment in (begins, ends)]
        writer.writerow([name, email, *times, 180])
    return out.getvalue().encode()


def counted(what: Any) -> int:
    return int(db.session().scalar(sa.select(sa.func.count()).select_from(what)) or 0)


def test_a_long_list_is_imported_while_people_check_in(app: Flask) -> None:
    course = Course()
    session_id, crowd = course.sessions[0], factories.crowd(LINES)
    db.session().rollback()
    factories.enrol(course.id, crowd)
    assert counted(Enrolment) == LINES
    wanted = sa.select(Person.name, Person.email).where(Person.id.in_(crowd)).order_by(Person.id)
    people = [(name, email) for name, email in db.session().execute(wanted)]
    db.session().rollback()
    content = report(people, nine(1))
    with time_machine.travel(nine(1) + timedelta(minutes=10), tick=False):
        with db.transaction():
            code = services.open_check_in(session_id, minutes=60, actor=factories.SYSTEM, now=clock.now()).code

        def listed() -> int:
            return imports.import_list(
                session_id, content, least_minutes=None, source="zoom.csv", actor=factories.SYSTEM, now=clock.now()
            ).marked

        def typing(person_id: int) -> Callable[[], Answer]:
            return lambda: checking_in.check_in(person_id, code, actor=factories.SYSTEM, now=clock.now()).answer

        told = at_once(app, [listed, *(typing(person_id) for person_id in crowd[:: LINES // HANDS])])
        assert [error for error in told if isinstance(error, Exception)] == []
        first = [answer for answer in told if answer is Answer.PRESENT]
        assert set(told) - {Answer.PRESENT, Answer.ALREADY} == {LINES - len(first)}
        assert queries.present_count(session_id) == counted(Presence) == counted(Decision) == LINES
        kinds = dict(db.session().execute(sa.select(Evidence.kind, sa.func.count()).group_by(Evidence.kind)).all())
        assert kinds == {Kind.LINE: LINES, **({Kind.CODE: len(first)} if first else {})}
        db.session().rollback()
        (batch,) = batches.batches(course.id)
        batch_id = batch.id
        db.session().rollback()
        with db.transaction():
            batches.undo(batch_id, actor=factories.SYSTEM, now=clock.now())
        assert queries.present_count(session_id) == len(first)
