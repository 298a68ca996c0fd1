"""Files that are made each month for chosen people, and the link that tells them so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.audit import services as audit
from calakan.kernel import db
from calakan.kernel.actor import STAFF, Actor
from calakan.kernel.clock import local
from calakan.kernel.errors import NotFound
from calakan.notifications import services as notifications
from calakan.people import queries as people
from calakan.people.models import Person, PersonRole
from calakan.reports import rules, services
from calakan.reports.errors import AlreadyScheduled, KindNotAllowed
from calakan.reports.models import Export, ExportFormat, ExportKind, ReportSchedule
from calakan.reports.terms import Dimension, Filters

KINDS = (ExportKind.EVIDENCE, ExportKind.PARTICIPATION, ExportKind.PARTICIPANTS, ExportKind.HOURS)
FORMATS = (ExportFormat.PDF, ExportFormat.XLSX)
BY = [Dimension.KECAMATAN, Dimension.JENJANG]


def receivers() -> Sequence[Person]:
    """Staff, by name; what each may get depends on the role."""
    wanted = sa.select(Person).where(
        Person.active, Person.id.in_(sa.select(PersonRole.person_id).where(PersonRole.role.in_(STAFF)))
    )
    return db.session().scalars(wanted.order_by(Person.name_key, Person.id)).all()


def all_schedules() -> Sequence[ReportSchedule]:
    wanted = sa.select(ReportSchedule).options(joinedload(ReportSchedule.person))
    return db.session().scalars(wanted.order_by(ReportSchedule.id)).all()


def add(person_id: int, kind: ExportKind, format: ExportFormat, *, actor: Actor, now: datetime) -> ReportSchedule:
    """From the month that is running. Raises NotFound, KindNotAllowed, AlreadyScheduled."""
    person = people.person(person_id)
    if person is None:
        raise NotFound()
    if kind not in KINDS or format not in FORMATS or not rules.may_ask(people.actor_of(person), kind):
        raise KindNotAllowed()
    same = sa.exists().where(
        ReportSchedule.person_id == person_id, ReportSchedule.kind == kind, ReportSchedule.format == format
    )
    if db.session().scalar(sa.select(same)):
        raise AlreadyScheduled()
    made = ReportSchedule(
        person_id=person_id, kind=kind, format=format, by=[d.value for d in BY], created_at=now,
        last_month=_month(_month_before(local(now).date())[0]),
    )  # fmt: skip
    db.session().add(made)
    db.session().flush()
    audit.record("reports.schedule", made, actor=actor, now=now, name=person.name, kind=kind.value)
    return made


def remove(schedule_id: int, *, actor: Actor, now: datetime) -> None:
    """Raises NotFound."""
    schedule = db.session().get(ReportSchedule, schedule_id)
    if schedule is None:
        raise NotFound()
    audit.record("reports.unschedule", schedule, actor=actor, now=now, kind=schedule.kind.value)
    db.session().delete(schedule)


def _month_before(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def due(*, today: date) -> Sequence[int]:
    """Those that have not asked for the file about the month that is over."""
    month = _month(_month_before(today)[0])
    return db.session().scalars(
        sa.select(ReportSchedule.id).where(ReportSchedule.last_month < month).order_by(ReportSchedule.id)
    ).all()  # fmt: skip


def ask_for(schedule_id: int, *, today: date, now: datetime) -> bool:
    """Once a month, whoever asks: the row is turned first. False where somebody else was faster, or a right is gone."""
    since, until = _month_before(today)
    turned = db.session().execute(
        sa.update(ReportSchedule)
        .where(ReportSchedule.id == schedule_id, ReportSchedule.last_month < _month(since))
        .values(last_month=_month(since))
    )
    if not db.touched(turned):
        return False
    schedule = db.session().get_one(ReportSchedule, schedule_id, populate_existing=True)
    person = db.session().get_one(Person, schedule.person_id)
    actor = people.actor_of(person)
    if not person.active or not rules.may_ask(actor, schedule.kind):
        return False
    by = [Dimension(name) for name in schedule.by]
    services.ask(
        schedule.kind, schedule.format, Filters(since=since, until=until), by=by, actor=actor, now=now, mail=True
    )
    return True


def tell(export_id: int, *, now: datetime) -> None:
    """A link to whoever wanted to be told."""
    export = db.session().get_one(Export, export_id, populate_existing=True)
    if not export.facts.get("mail"):
        return
    person = db.session().get_one(Person, export.asked_by_id)
    notifications.queue(
        "reports.file_ready",
        key=f"export:{export.code}:ready",
        person_id=person.id,
        address=person.email,
        now=now,
        about=export,
        facts={"name": person.name},
    )
