"""Participations by the million: the database writes them itself, with presences and papers, from people and diklat."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import sqlalchemy as sa

from calakan.attendance.models import Method, Presence
from calakan.certificates.models import Certificate, CertificateRole
from calakan.demo import district
from calakan.diklat.models import Diklat, DiklatState, DiklatTopic, Kind, LiveSession, Mode, ProgrammeRow
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.office.defaults import CHOICES
from calakan.office.models import ChoiceKind
from calakan.people.models import Person

# Share of participants who were there, and of participants who have a paper, in percent.
PRESENT, CERTIFIED = 88, 80
# A prime, so that the people of a diklat are spread over all and nobody comes twice.
STEP = 7919
AT_ONCE = 50


@dataclass(frozen=True)
class Size:
    people: int
    diklat: int
    each: int

    @property
    def enrolments(self) -> int:
        return self.diklat * self.each


def fill(size: Size) -> None:
    """Into an empty site; closed diklat of two sessions, spread over five years."""
    now, chance = clock.now(), random.Random(1)
    with mock.patch.object(district, "PEOPLE", size.people), db.transaction():
        district.insert_rows(Person, district.people_rows(chance, now))
    diklat_ids = list(itertools.chain.from_iterable(_diklat(size, now)))
    first = db.session().scalar(sa.select(sa.func.min(Person.id)).where(Person.email.like("kabupaten%"))) or 0
    for start in range(0, size.diklat, AT_ONCE):
        with db.transaction() as session:
            if db.engine().dialect.name == "postgresql":
                # Without checks of foreign keys and notes of changes: the rows fit, and nobody counts them yet.
                session.execute(sa.text("SET LOCAL session_replication_role = replica"))
            for statement in _participations(diklat_ids[start : start + AT_ONCE], first, size, now):
                session.execute(statement)
    settle()


def settle() -> None:
    """Statistics of the tables, as a database in use gathers by itself."""
    with db.transaction() as session:
        session.execute(sa.text("ANALYZE"))


def _diklat(size: Size, now: datetime) -> Iterator[Sequence[int]]:
    numbers = iter(range(size.diklat))
    topics = [code for code, _ in CHOICES[ChoiceKind.TOPIC]]
    while batch := list(itertools.islice(numbers, AT_ONCE)):
        starts = {n: now - timedelta(days=15 + (size.diklat - n) * 1825 // size.diklat) for n in batch}
        with db.transaction() as session:
            made = sa.insert(Diklat).returning(Diklat.id, sort_by_parameter_order=True)
            ids = list(session.scalars(made, [_row(n, start, now) for n, start in starts.items()]))
            rows = sa.insert(ProgrammeRow).returning(ProgrammeRow.id, sort_by_parameter_order=True)
            programme = [{"diklat_id": id, "position": 1, "title": "Materi", "jp": 8, "live": True} for id in ids]
            row_ids = list(session.scalars(rows, programme))
            session.execute(
                sa.insert(DiklatTopic),
                [
                    {"diklat_id": id, "topic": topics[(n + more) % len(topics)]}
                    for n, id in enumerate(ids)
                    for more in (0, 1)
                ],
            )
            session.execute(sa.insert(LiveSession), list(_sessions(ids, row_ids, list(starts.values()), now)))
        yield ids


def _row(number: int, start: datetime, now: datetime) -> dict[str, Any]:
    return {
        "slug": f"diklat-{number}", "title": f"Diklat {number}", "title_key": f"diklat {number}", "summary": "Ringkas",
        "kind": Kind.DIKLAT, "mode": Mode.ONLINE, "min_attendance_percent": 80, "jp": 8, "state": DiklatState.CLOSED,
        "starts_at": start, "ends_at": start + timedelta(days=7, hours=3), "created_at": now,
    }  # fmt: skip


def _sessions(
    ids: Sequence[int], row_ids: Sequence[int], starts: Sequence[datetime], now: datetime
) -> Iterator[dict[str, Any]]:
    for id, row_id, first in zip(ids, row_ids, starts, strict=True):
        for number in (1, 2):
            begin = first + timedelta(days=7 * (number - 1))
            yield {
                "diklat_id": id, "row_id": row_id, "number": number, "title": f"Sesi {number}", "starts_at": begin,
                "ends_at": begin + timedelta(hours=3), "local_date": clock.local(begin).date(), "jp": 4,
                "changed_at": now,
            }  # fmt: skip


def _participations(diklat_ids: Sequence[int], first: int, size: Size, now: datetime) -> Iterator[sa.Insert]:
    """Enrolments, then the presences and papers that come of them."""
    place = sa.select(sa.literal(0).label("n")).cte("place", recursive=True)
    place = place.union_all(sa.select(place.c.n + 1).where(place.c.n < size.each - 1))
    seat = Diklat.id * size.each + place.c.n
    person = first + (Diklat.id * 104_729 + place.c.n * STEP) % size.people
    seats = sa.select(
        sa.cast(1_000_000_000 + seat, sa.String), Diklat.id, person, sa.literal(EnrolmentState.CONFIRMED.value),
        Diklat.created_at, Diklat.created_at,
    ).select_from(sa.join(Diklat, place, sa.true())).where(Diklat.id.in_(diklat_ids))  # fmt: skip
    yield sa.insert(Enrolment).from_select(
        ["code", "diklat_id", "person_id", "state", "queued_at", "decided_at"], seats
    )
    ours = Enrolment.diklat_id.in_(diklat_ids)
    there = sa.select(LiveSession.id, Enrolment.person_id, sa.literal(Method.CODE.value), LiveSession.starts_at).join(
        LiveSession, LiveSession.diklat_id == Enrolment.diklat_id
    )
    there = there.where(ours, (Enrolment.person_id * 31 + LiveSession.number * 57) % 100 < PRESENT)
    yield sa.insert(Presence).from_select(["live_session_id", "person_id", "method", "marked_at"], there)
    number = sa.cast(Enrolment.id, sa.String)
    papers = sa.select(
        "paper:" + number, number, Enrolment.diklat_id, Enrolment.person_id,
        sa.literal(CertificateRole.PARTICIPANT.value), sa.literal(WorkState.DONE.value), number, Enrolment.decided_at,
        Enrolment.decided_at,
    ).where(ours, Enrolment.person_id * 13 % 100 < CERTIFIED)  # fmt: skip
    names = ["key", "code", "diklat_id", "person_id", "role", "state", "number", "asked_at", "due_at"]
    yield sa.insert(Certificate).from_select(names, papers)
