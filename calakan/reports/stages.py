"""Which participations count, as SQL: the one place that says what each stage means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from calakan.attendance.models import Presence
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat import cohorts
from calakan.diklat.models import Diklat, DiklatState, DiklatTopic, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.people import queries as people_queries
from calakan.people.models import Jenjang, Person, School
from calakan.reports.terms import Dimension, Filters, Stage

# A cancelled diklat had no participants.
COUNTED = (DiklatState.PUBLISHED, DiklatState.CLOSED)


def counted() -> sa.ColumnElement[bool]:
    return Diklat.state.in_(COUNTED)


def sees_all(actor: Actor) -> bool:
    """The head of the office sees numbers of all, though not names."""
    return actor.is_committee or actor.has(Role.PIMPINAN)


def scope(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.true() if sees_all(actor) else people_queries.visible_to(actor)


def of_diklat(filters: Filters) -> sa.ColumnElement[bool]:
    """The condition on Diklat that keeps what counts under these filters."""
    kept = [counted()]
    if filters.since is not None:
        kept.append(Diklat.starts_at >= clock.start_of(filters.since))
    if filters.until is not None:
        kept.append(Diklat.starts_at < clock.end_of(filters.until))
    if filters.diklat:
        kept.append(Diklat.slug == filters.diklat)
    if filters.held_by is not None:
        kept.append(_held(filters.held_by))
    return sa.and_(*kept, about_diklat(filters))


def about_diklat(filters: Filters) -> sa.ColumnElement[bool]:
    """The condition on Diklat that keeps the topic, the mode and the angkatan that were asked for."""
    kept: dict[Dimension, Callable[[str], sa.ColumnElement[bool]]] = {
        Dimension.TOPIC: lambda value: sa.exists().where(
            DiklatTopic.diklat_id == Diklat.id, DiklatTopic.topic == value
        ),
        Dimension.MODE: lambda value: sa.type_coerce(Diklat.mode, sa.String) == value,
        Dimension.COHORT: lambda value: Diklat.cohort == cohorts.normal(value),
    }
    return sa.and_(sa.true(), *(kept[dimension](value) for dimension, value in filters.only if dimension in kept))


def of_person(filters: Filters) -> sa.ColumnElement[bool]:
    """The condition on Person that keeps whom these filters leave, whoever looks."""
    level = sa.type_coerce(Person.jenjang, sa.String)
    kept: dict[Dimension, Callable[[str], sa.ColumnElement[bool]]] = {
        Dimension.JABATAN: lambda value: Person.jabatan == value,
        Dimension.JENJANG: lambda value: level.in_(_kinds(value)),
        Dimension.STATUS: lambda value: Person.employment == value,
        Dimension.SEX: lambda value: sa.type_coerce(Person.sex, sa.String) == value,
        Dimension.SCHOOL: lambda value: Person.school_id.in_(sa.select(School.id).where(School.npsn == value.upper())),
        Dimension.AUTHORITY: lambda value: level.in_([one.value for one in Jenjang if one.authority == value]),
    }
    found = [kept[dimension](value) for dimension, value in filters.only if dimension in kept]
    if filters.kecamatan:
        found.append(Person.kecamatan_code == filters.kecamatan)
    return sa.and_(sa.true(), *found)


def _kinds(value: str) -> list[str]:
    """A value that is no level keeps nobody."""
    return [one.value for one in Jenjang(value).within] if value in set(Jenjang) else []


def _held(now: datetime) -> sa.ColumnElement[bool]:
    session = sa.exists().where(LiveSession.diklat_id == Diklat.id)
    over = sa.or_(Diklat.state == DiklatState.CLOSED, Diklat.ends_at <= now)
    return sa.and_(over, sa.or_(session.where(LiveSession.state == SessionState.PLANNED), ~session))


def shares(columns: Sequence[Any], filters: Filters, *, within: Sequence[int] | None = None) -> sa.Select[Any]:
    """One line for each participation that counts: who, and what is asked of it; `within` names the diklat."""
    kept = of_diklat(filters) if within is None else sa.and_(of_diklat(filters), Diklat.id.in_(within))
    wanted = (
        sa.select(Enrolment.person_id.label("person_id"), *columns)
        .select_from(Enrolment)
        .join(Diklat, Diklat.id == Enrolment.diklat_id)
        .where(Enrolment.state == EnrolmentState.CONFIRMED, kept)
    )
    if filters.stage is Stage.ENROLLED:
        return wanted
    if filters.stage is Stage.CERTIFIED:
        return _certified(wanted)
    return _attended(wanted, sa.select(Diklat.id).where(kept), passed=filters.stage is Stage.PASSED)


def _certified(wanted: sa.Select[Any]) -> sa.Select[Any]:
    paper = sa.exists().where(
        Certificate.diklat_id == Enrolment.diklat_id,
        Certificate.person_id == Enrolment.person_id,
        Certificate.role == CertificateRole.PARTICIPANT,
        Certificate.state == WorkState.DONE,
        Certificate.status == Status.VALID,
    )
    return wanted.where(paper)


def _attended(wanted: sa.Select[Any], diklat_ids: sa.Select[Any], *, passed: bool) -> sa.Select[Any]:
    held = sa.and_(LiveSession.state == SessionState.PLANNED, LiveSession.diklat_id.in_(diklat_ids))
    earned = (
        sa.select(LiveSession.diklat_id, Presence.person_id, sa.func.sum(LiveSession.weight).label("jp"))
        .join(LiveSession, LiveSession.id == Presence.live_session_id)
        .where(Presence.present, held)
        .group_by(LiveSession.diklat_id, Presence.person_id)
        .subquery("earned")
    )
    wanted = wanted.join(
        earned, sa.and_(earned.c.diklat_id == Enrolment.diklat_id, earned.c.person_id == Enrolment.person_id)
    )
    if not passed:
        return wanted
    live = (
        sa.select(LiveSession.diklat_id, sa.func.sum(LiveSession.weight).label("jp"))
        .where(held)
        .group_by(LiveSession.diklat_id)
        .subquery("live")
    )
    return wanted.join(live, live.c.diklat_id == Enrolment.diklat_id).where(
        earned.c.jp * 100 >= Diklat.min_attendance_percent * live.c.jp
    )
