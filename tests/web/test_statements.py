"""Pages of lists ask the database the same number of questions for one row and for thirty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient

from calakan.diklat.models import Diklat, DiklatState, Group
from calakan.diklat.services import programme
from calakan.diklat.services.sessions import SessionPlan
from calakan.enrolment import queries as enrolments
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber.services import schedule
from tests import factories

MOST = 34
"""What any of these pages may ask, beginning its transaction and reading who asks included."""

Opener = Callable[[int | None], FlaskClient]


@dataclass(frozen=True)
class World:
    """Who looks at the pages, and the diklat whose own lists grow."""

    teacher: int
    staff: int
    speaker: int
    course: int
    slug: str


def join(diklat_id: int, person_id: int) -> None:
    with db.transaction():
        enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now(), accept_overlap=True)


def begin() -> World:
    course = factories.diklat("Utama", days=2)
    id, slug = course.id, course.slug
    return World(
        teacher=factories.person("Sri Mulyati").id,
        staff=factories.person("Panitia", Role.PANITIA).id,
        speaker=factories.person("Retno", Role.NARASUMBER).id,
        course=id,
        slug=slug,
    )


def grow(world: World, count: int) -> None:
    """One more row, `count` times, of everything the pages list."""
    now = clock.now()
    for _ in range(count):
        number = next(factories.count)
        other = factories.person(f"Orang {number}", Role.NARASUMBER).id
        start = now + timedelta(days=3, hours=4 * number)
        plan = SessionPlan(title=f"Sesi {number}", starts_at=start, ends_at=start + timedelta(hours=2))
        open_id = factories.diklat(f"Terbuka {number}", days=number).id
        full_id = factories.diklat(f"Penuh {number}", days=number, quota=1).id
        factories.diklat(f"Draf {number}", publish=False)
        with db.transaction():
            schedule(world.course, plan, [world.speaker], moderator_ids=[other], actor=factories.SYSTEM, now=now)
        with db.transaction():
            programme.add_row(
                world.course, title="Tugas", group=Group.CORE, jp=1, live=False, actor=factories.SYSTEM, now=now
            )
        for diklat_id, person_id in (
            (world.course, other),
            (open_id, world.teacher),
            (full_id, other),
            (full_id, world.teacher),
        ):
            join(diklat_id, person_id)


def pages(world: World) -> list[tuple[int | None, str]]:
    managed = f"/kelola/diklat/{world.slug}"
    return [
        (None, "/"),
        (None, "/diklat"),
        (None, "/diklat?ada=1&jenjang=umum"),
        (None, f"/diklat/{world.slug}"),
        (None, f"/diklat/{world.slug}.ics"),
        (None, "/kalender.ics"),
        (world.teacher, f"/diklat/{world.slug}"),
        (world.teacher, "/hari-ini"),
        (world.teacher, "/saya"),
        (world.teacher, "/saya/riwayat"),
        (world.speaker, "/relawan"),
        (world.speaker, "/relawan/jadwal"),
        (world.staff, "/hari-ini"),
        (world.staff, "/kelola"),
        (world.staff, "/kelola/diklat"),
        (world.staff, f"{managed}/sesi"),
        (world.staff, f"{managed}/program"),
        (world.staff, f"{managed}/ubah"),
        (world.staff, f"{managed}/sesi/baru"),
        (world.staff, f"{managed}/sesi/2/ubah"),
        (world.staff, f"{managed}/peserta"),
        (world.staff, f"{managed}/kehadiran"),
        (world.staff, f"{managed}/sertifikat"),
        (world.staff, "/kelola/orang"),
        (world.staff, "/kelola/narasumber"),
        (world.staff, "/kelola/laporan"),
        (world.staff, "/kelola/pesan"),
    ]


def statements(browser: FlaskClient, path: str) -> int:
    asked: list[object] = []

    def note(*args: object) -> None:
        asked.append(args)

    browser.get(path)  # what is kept is kept
    # As in a request of its own: nothing is known yet.
    db.db.session.remove()
    g.pop("lists", None)
    sa.event.listen(db.engine(), "before_cursor_execute", note)
    try:
        assert browser.get(path).status_code == 200, path
    finally:
        sa.event.remove(db.engine(), "before_cursor_execute", note)
    return len(asked)


@pytest.mark.any_database  # the same statements are counted
@pytest.mark.timeout(240)
def test_pages_ask_the_same_number_of_questions_for_one_row_and_for_thirty(app: Flask, client_of: Opener) -> None:
    world = begin()
    grow(world, 1)
    browsers = {who: client_of(who) for who in (None, world.teacher, world.staff, world.speaker)}
    for who, path in pages(world):
        browsers[who].get(path)  # a look that is noted once a day is noted
    few = {(who, path): statements(browsers[who], path) for who, path in pages(world)}
    grow(world, 29)
    many = {(who, path): statements(browsers[who], path) for who, path in pages(world)}
    assert many == few
    assert max(many.values()) <= MOST


def desk(count: int, lead: int) -> None:
    """More diklat that wait for the panitia, `count` for each reason."""
    for number in range(count):
        ids = [factories.diklat(f"{name} {number}", days=20 + number).id for name in ("Usul", "Selesai", "Senyap")]
        past = clock.now() - timedelta(days=1)
        with db.transaction() as session:
            for id, values in zip(
                ids,
                ({"state": DiklatState.PROPOSED, "lead_id": lead}, {"ends_at": past}, {"remind": False}),
                strict=True,
            ):
                session.execute(sa.update(Diklat).where(Diklat.id == id).values(values))


def test_what_waits_for_the_panitia_costs_the_same_for_one_of_a_kind_and_for_many(
    app: Flask, client_of: Opener
) -> None:
    world = begin()
    browser = client_of(world.staff)
    desk(1, world.speaker)
    few = [statements(browser, path) for path in ("/kelola", "/hari-ini")]
    desk(6, world.speaker)
    assert [statements(browser, path) for path in ("/kelola", "/hari-ini")] == few
    assert few[0] <= 16


def test_places_in_line_are_those_of_each_line(app: Flask) -> None:
    people = [factories.person(f"Orang {n}").id for n in range(4)]
    long, short, open_ = (factories.diklat(t, quota=q).id for t, q in (("Satu", 1), ("Dua", 1), ("Tiga", None)))
    for person_id in people:
        join(long, person_id)
    for diklat_id in (short, open_):
        join(diklat_id, people[0])
    join(short, people[3])
    last = people[3]
    assert enrolments.places_in_line(last) == {long: 3, short: 1}
    assert enrolments.places_in_line(people[0]) == {}
    waiting = db.session().scalars(
        sa.select(Enrolment).where(Enrolment.person_id == last, Enrolment.state == EnrolmentState.WAITING)
    )
    assert {row.diklat_id: enrolments.place_in_line(row) for row in waiting} == {long: 3, short: 1}
