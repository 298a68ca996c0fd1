"""Who is reached by another channel than mail, so that a plan may spare the mailbox."""

from __future__ import annotations

import sqlalchemy as sa

from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.notifications import queries, ways
from calakan.notifications.topics import Topic
from calakan.people.models import Person


def reached() -> sa.ColumnElement[bool]:
    """The condition on Person."""
    return queries.reachable(Person.id, Topic.REMINDERS, ways.others())


def count(diklat_id: int) -> int | None:
    """How many confirmed people of a diklat; None where there is no other channel."""
    if not ways.others():
        return None
    wanted = (
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.diklat_id == diklat_id,
            Enrolment.state == EnrolmentState.CONFIRMED,
            Person.active,
            reached(),
        )
    )
    return db.session().scalar(wanted) or 0
