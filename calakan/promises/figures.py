"""What operators watch: the queues of work, and how many rows of each kind there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from calakan.availability.models import BusySource
from calakan.certificates.models import Certificate
from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import claims, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget
from calakan.notifications.models import Message
from calakan.office.queries import office_settings
from calakan.people.models import Person
from calakan.reports.models import Export


class Queue(NamedTuple):
    """A table of work; `settled` is when a row was done. Only `urgent` ones say whether this installation is ready."""

    model: type[db.Base]
    settled: sa.orm.InstrumentedAttribute[datetime | None]
    urgent: bool


QUEUES = {
    "messages": Queue(Message, Message.sent_at, True),
    "certificates": Queue(Certificate, Certificate.issued_at, True),
    "exports": Queue(Export, Export.finished_at, False),
    "calendars": Queue(BusySource, BusySource.fetched_at, False),
}
COUNTED: dict[str, tuple[str, sa.orm.InstrumentedAttribute[Any]]] = {
    "people": ("active", Person.active),
    "diklat": ("state", Diklat.state),
    "enrolments": ("state", Enrolment.state),
    "certificates": ("status", Certificate.status),
}


def stalled(queue: Queue, now: datetime) -> int:
    """How long the oldest open row has waited, counted from the last progress: a long queue that moves is no stuck one."""
    # What waits for a cap or for a provider in trouble stands on the page of messages; no worker is to blame.
    flows = Message.channel.in_(budget.flowing(office_settings(), now)) if queue.model is Message else None
    since = claims.open_since(queue.model, now=now, where=flows)
    if since is None:
        return 0
    progress = [since, claims.last_claim(queue.model), db.session().scalar(sa.select(sa.func.max(queue.settled)))]
    return max(0, int((now - max(filter(None, progress))).total_seconds()))


def oldest(queue: Queue, now: datetime) -> int:
    """The age in seconds of the oldest row that could be done by now and is not, whatever it waits for; 0 without one."""
    since = claims.open_since(queue.model, now=now)
    return max(0, int((now - since).total_seconds())) if since is not None else 0


def counted(name: str) -> Sequence[tuple[Any, int]]:
    """Value and number of rows, for a name of COUNTED; of certificates those that were issued."""
    column = COUNTED[name][1]
    wanted = sa.select(column, sa.func.count()).group_by(column)
    if name == "certificates":
        wanted = wanted.where(Certificate.state == WorkState.DONE)
    return [(value, count) for value, count in db.session().execute(wanted)]


def seats(now: datetime) -> dict[str, int]:
    """Of published diklat with a quota that are not over: offered, taken, and people who wait."""
    ahead = (Diklat.state == DiklatState.PUBLISHED, Diklat.quota.is_not(None), Diklat.ends_at > now)
    offered = db.session().scalar(sa.select(sa.func.coalesce(sa.func.sum(Diklat.quota), 0)).where(*ahead))
    held = sa.select(Enrolment.state, sa.func.count()).join(Diklat, Diklat.id == Enrolment.diklat_id).where(*ahead)
    found = {state: int(count) for state, count in db.session().execute(held.group_by(Enrolment.state))}
    taken, waiting = found.get(EnrolmentState.CONFIRMED, 0), found.get(EnrolmentState.WAITING, 0)
    return {"offered": int(offered or 0), "taken": taken, "waiting": waiting}
