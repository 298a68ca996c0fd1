"""The doors of the beat: queue due reminders, tell what was wished for, and seat those who wait where a seat stayed free."""

from __future__ import annotations

import sqlalchemy as sa

from calakan.diklat.models import Diklat, DiklatState
from calakan.enrolment import plans, reminders, services, wishes
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import system
from config import Settings


def queue_reminders(settings: Settings) -> int:
    now = clock.now()
    if not reminders.due(now=now):
        return 0
    with db.transaction():
        return reminders.queue_due(now=now)


def tell_wishes(settings: Settings) -> int:
    """Nothing leaves at night."""
    now = clock.now()
    if plans.quiet(now):
        return 0
    with db.transaction():
        return wishes.tell(now=now)


def repair_seats(settings: Settings) -> int:
    """Seats are filled with the cancellation itself; this mends what a bug or a hand in the database left."""
    waiting = sa.select(Enrolment.diklat_id).where(Enrolment.state == EnrolmentState.WAITING)
    ids = (
        db.session()
        .scalars(sa.select(Diklat.id).where(Diklat.id.in_(waiting), Diklat.state == DiklatState.PUBLISHED))
        .all()
    )
    seated = 0
    for id in ids:
        with db.transaction():
            diklat = db.lock(Diklat, id)
            seated += len(services.fill_seats(diklat, actor=system("repair_seats"), now=clock.now()))
    return seated
