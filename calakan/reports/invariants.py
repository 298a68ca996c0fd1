"""What must hold whatever happens: each broken invariant is one line that names it. Reads only."""

from __future__ import annotations

import sqlalchemy as sa

from calakan.certificates.models import Certificate, NumberReserve, Register
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.notifications.models import Message


def broken() -> list[str]:
    """Empty when all is well; otherwise lines such as `seat-left: …`."""
    return [*_line_behind_a_free_seat(), *_numbers(), *_files(), *_late_reminders()]


def _line_behind_a_free_seat() -> list[str]:
    """Nobody waits while a seat is free. A lowered quota takes no seat away, so more taken than quota is no fault."""
    confirmed = sa.func.sum(sa.case((Enrolment.state == EnrolmentState.CONFIRMED, 1), else_=0))
    waiting = sa.func.sum(sa.case((Enrolment.state == EnrolmentState.WAITING, 1), else_=0))
    rows = db.session().execute(
        sa.select(Diklat.slug, Diklat.quota, confirmed, waiting)
        .join(Enrolment, Enrolment.diklat_id == Diklat.id)
        .where(Diklat.state == DiklatState.PUBLISHED, Diklat.quota.is_not(None))
        .group_by(Diklat.id, Diklat.slug, Diklat.quota)
        .having(sa.and_(waiting > 0, confirmed < Diklat.quota))
    )
    return [f"seat-left: {slug}: {taken} of {quota} taken while {line} wait" for slug, quota, taken, line in rows]


def _numbers() -> list[str]:
    """Serials run from 1 to the register's last; what is missing is reserved."""
    found = []
    for year, last in db.session().execute(sa.select(Register.year, Register.last_serial)):
        used = db.session().scalar(
            sa.select(sa.func.count(sa.distinct(Certificate.serial))).where(Certificate.year == year)
        )
        kept = db.session().scalar(
            sa.select(sa.func.coalesce(sa.func.sum(NumberReserve.last - NumberReserve.first + 1), 0)).where(
                NumberReserve.year == year, NumberReserve.last <= last
            )
        )
        if (used or 0) + (kept or 0) != last:
            found.append(f"number-gap: {year}: {used} numbers used, register stands at {last}")
    return found


def _files() -> list[str]:
    rows = db.session().scalars(
        sa.select(Certificate.number).where(Certificate.state == WorkState.DONE, Certificate.sha256.is_(None))
    )
    return [f"paper-without-file: {number}" for number in rows]


def _late_reminders() -> list[str]:
    rows = db.session().scalars(
        sa.select(Message.key)
        .join(LiveSession, LiveSession.id == Message.subject_id)
        .where(
            Message.kind == "enrolment.reminder",
            Message.state == WorkState.DONE,
            LiveSession.state == SessionState.PLANNED,
            Message.sent_at > LiveSession.starts_at,
        )
    )
    return [f"late-reminder: {key}" for key in rows]
