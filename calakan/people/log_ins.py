"""Who holds a log-in: one statement, built once, on every request of everybody who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from calakan.kernel import codes, db
from calakan.kernel.actor import Actor, Role
from calakan.notifications import queries as notifications
from calakan.office import queries as office
from calakan.people.models import Kecamatan, Login, Person, PersonRole, PersonScope, School, is_complete
from calakan.people.names import printed
from calakan.people.queries import is_limited, must_have_second_factor, placed, second_step


@dataclass(frozen=True)
class LoggedIn:
    """A log-in with its actor and what the page's head shows of the person."""

    login_id: int
    actor: Actor
    printed_name: str
    name: str
    workplace: str
    complete: bool
    employment: str | None
    unread: int
    calendar_token: str
    last_seen_at: datetime
    proved_at: datetime
    second_factor: bool
    lacks_second_factor: bool


@dataclass(frozen=True)
class LoginLimits:
    idle: timedelta
    staff: timedelta
    everyone: timedelta


def logged_in(secret: str, *, now: datetime, limits: LoginLimits) -> LoggedIn | None:
    """Whoever holds this log-in, if it still counts (staff 30 min idle and 12 h; others 30 days by default)."""
    row = db.session().execute(_statement(db.engine().dialect.name), {"secret_hash": codes.hashed(secret)}).first()
    if row is None:
        return None
    chosen = office.set_as(row.settings)
    required = chosen.get("second_factor_required")
    complete = is_complete(row)
    db.once(f"complete {row.person_id}", lambda: complete)
    roles = frozenset({Role.PESERTA, *map(Role, _parts(row.roles))})
    actor = Actor(
        person_id=row.person_id,
        name=row.name,
        roles=roles,
        limited=is_limited(roles, limit=bool(chosen.get("limit_committee"))),
        school_ids=frozenset(map(int, _parts(row.schools))),
        kecamatan_codes=frozenset(_parts(row.kecamatan)),
    )
    lifetime = limits.staff if actor.is_staff else limits.everyone
    if row.created_at + lifetime <= now or (actor.is_staff and row.last_seen_at + limits.idle <= now):
        return None
    return LoggedIn(
        login_id=row.id,
        actor=actor,
        printed_name=printed(row.title_before, row.name, row.title_after),
        name=row.name,
        workplace=placed(row.school_name, row.school_elsewhere, row.kabupaten_elsewhere, row.kecamatan_name),
        complete=complete,
        employment=row.employment,
        unread=row.unread,
        calendar_token=row.calendar_token,
        last_seen_at=row.last_seen_at,
        proved_at=row.proved_at,
        second_factor=row.second_factor,
        lacks_second_factor=not row.second_factor and must_have_second_factor(actor, required),
    )


def _parts(joined: str | None) -> list[str]:
    return joined.split(",") if joined else []


@cache
def _statement(_: str) -> sa.Executable:
    """Of each kind of database."""
    return (
        sa.select(
            Login.id,
            Login.created_at,
            Login.last_seen_at,
            Login.proved_at,
            Person.id.label("person_id"),
            Person.name,
            Person.title_before,
            Person.title_after,
            Person.school_elsewhere,
            Person.kabupaten_elsewhere,
            School.name.label("school_name"),
            Kecamatan.name.label("kecamatan_name"),
            Person.school_id,
            Person.kecamatan_code,
            Person.jabatan,
            Person.employment,
            Person.notice_accepted_at,
            Person.calendar_token,
            _all(PersonRole, PersonRole.role).label("roles"),
            _all(PersonScope, PersonScope.school_id).label("schools"),
            _all(PersonScope, PersonScope.kecamatan_code).label("kecamatan"),
            second_step().label("second_factor"),
            office.settings_text().label("settings"),
            notifications.unread_of(Person.id).label("unread"),
        )
        .join(Person, Person.id == Login.person_id)
        .outerjoin(School, School.id == Person.school_id)
        .outerjoin(Kecamatan, Kecamatan.code == Person.kecamatan_code)
        .where(Login.secret_hash == sa.bindparam("secret_hash"), Person.active)
    )


def _all(model: type[PersonRole | PersonScope], column: sa.orm.InstrumentedAttribute[Any]) -> sa.ScalarSelect[str]:
    """All values of the person's rows, joined by commas; none of them holds one."""
    values = sa.func.aggregate_strings(sa.cast(column, sa.String), ",")
    return sa.select(values).where(model.person_id == Person.id).correlate(Person).scalar_subquery()
