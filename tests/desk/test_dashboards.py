"""The year so far by hand, and one's own people who took part in nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from time_machine import TimeMachineFixture

from calakan.desk.dashboards import dashboard
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db, formats
from calakan.kernel.actor import Actor, Role, system
from calakan.people.models import PersonScope, School
from tests import factories

TODAY = date(2026, 11, 26)
Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def school(app: Flask) -> int:
    """Last year one participation, this year three: Ani twice, Budi once; Cici in none."""
    id = db.session().scalars(sa.select(School.id).order_by(School.id)).first()
    assert id is not None
    with time_machine.travel(datetime(2025, 3, 1, 3, tzinfo=UTC), tick=False):
        ani = factories.person("Ani", school_id=id).id
        old = factories.diklat("Lama").id
        with db.transaction():
            enrolment.join(old, ani, actor=factories.SYSTEM, now=clock.now())
    for day, people in ((datetime(2026, 2, 1, 3, tzinfo=UTC), 2), (datetime(2026, 5, 1, 3, tzinfo=UTC), 1)):
        with time_machine.travel(day, tick=False):
            budi = factories.person(f"Budi {day.month}", school_id=id).id if people == 2 else None
            course = factories.diklat(f"Baru {day.month}").id
            for person_id in filter(None, (ani, budi)):
                with db.transaction():
                    enrolment.join(course, person_id, actor=factories.SYSTEM, now=clock.now())
    factories.person("Cici", school_id=id)
    return id


def test_this_year_beside_the_same_days_of_the_last(school: int) -> None:
    found = dashboard(today=TODAY, visible_to=system("test"), own_people=False)
    assert (found.now.enrolled, found.now.people, found.before.enrolled, found.growth) == (3, 2, 1, 200)
    assert [(row.keys[0].code, row.unik) for row in found.months] == [("2026-02", 2), ("2026-05", 1)]
    early = dashboard(today=date(2026, 2, 1), visible_to=system("test"), own_people=False)
    assert (early.now.enrolled, early.before.enrolled, early.growth) == (0, 0, None)


def test_own_people_who_took_part_in_nothing(school: int) -> None:
    head = Actor(person_id=9999, name="Kepala", school_ids=frozenset({school}))
    found = dashboard(today=TODAY, visible_to=head, own_people=True)
    assert (found.known, found.missing_count, [person.name for person in found.missing]) == (3, 1, ["Cici"])


def test_a_head_who_alone_took_part_is_one_of_those_he_is_held_against(app: Flask, client_of: Opener) -> None:
    """Never `1 peserta unik dari 0 akun`; whom nobody is left to invite, no button invites."""
    id = db.session().scalars(sa.select(School.id).order_by(School.id)).first()
    kepsek = factories.person("Kepsek", school_id=id).id
    with db.transaction() as session:
        session.add(PersonScope(person_id=kepsek, school_id=id))
    with time_machine.travel(datetime(2026, 5, 1, 3, tzinfo=UTC), tick=False):
        course = factories.diklat().id
        with db.transaction():
            enrolment.join(course, kepsek, actor=factories.SYSTEM, now=clock.now())
    with time_machine.travel(datetime(2026, 11, 26, 3, tzinfo=UTC), tick=False):
        page = " ".join(client_of(kepsek).get("/kelola/capaian").get_data(as_text=True).split())
    assert "dari 1 akun binaan" in page
    assert "Belum ada akun lain yang memilih sekolah" in page
    assert "1 sekolah, 1 sudah terjangkau" in page
    assert "Undang yang belum" not in page
    assert "1 dari 1 orang yang dikenal; daftar pegawai belum diimpor" in page


def test_each_sees_what_is_theirs(school: int, client_of: Opener) -> None:
    other = db.session().scalars(sa.select(School.id).order_by(School.id.desc())).first()
    kepsek = factories.person("Kepsek", school_id=other).id
    with db.transaction() as session:
        session.add(PersonScope(person_id=kepsek, school_id=school))
    with time_machine.travel(datetime(2026, 11, 26, 3, tzinfo=UTC), tick=False):
        page = client_of(kepsek).get("/kelola/capaian").get_data(as_text=True)
        assert "Capaian binaan Bapak/Ibu" in page
        assert "Belum ikut tahun ini (1)" in page
        assert "<b>Cici</b>" in page
        head = client_of(factories.person("Pimpinan", Role.PIMPINAN).id).get("/kelola/capaian")
    whole = head.get_data(as_text=True)
    assert "Capaian tahun ini" in whole
    assert "+200% dari tahun lalu" in whole
    assert 'class="hex"' in whole
    assert "Cici" not in whole


def test_the_29th_of_february_has_a_year_before(app: Flask) -> None:
    found = dashboard(today=date(2028, 2, 29), visible_to=system("test"), own_people=False)
    assert (found.growth, found.until) == (None, date(2028, 2, 29))


def said(browser: FlaskClient, address: str) -> str:
    """The page's words in one line."""
    page = browser.get(address).get_data(as_text=True)
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@pytest.mark.any_database
def test_four_pages_count_the_same_days_the_same_people_and_say_so(
    school: int, client_of: Opener, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(clock.start_of(TODAY) + timedelta(hours=10), tick=False)
    factories.enrol(factories.diklat("Nanti", days=5).id, [factories.person("Dewi", school_id=school).id])
    head = factories.person("Kepala").id
    with db.transaction():
        db.session().add(PersonScope(person_id=head, school_id=school))
    days = "1 Januari s.d. 26 November 2026"
    for who, people, known in (
        (client_of(factories.person("Rina", Role.PANITIA).id), 2, 0),
        (client_of(head), 2, 4),
    ):
        figures, report, reach = (said(who, f"/kelola/{name}") for name in ("capaian", "laporan", "cakupan"))
        assert all(f"iklat mulai {days}" in page for page in (figures, report, reach))
        assert f"{people} peserta unik" in figures
        assert f"{people} peserta unik" in report
        assert "3 kali ikut" in figures
        assert "3 kali ikut" in report
        assert f"{people} dari {people} peserta unik di Laporan" in reach
        share = re.findall(r"(\d+)% sasaran terjangkau", figures)
        assert share
        assert share == re.findall(r"(\d+)% sasaran terjangkau", reach)
        if known:
            known = int(re.findall(r"dari (\d+) akun binaan", figures)[0])
            assert known >= 4
            own = said(who, "/binaan")
            assert f"{people} dari {known} akun binaan ({formats.share(people, known)}%)" in own
            assert f"yang mulai {days}" in own
        everything = said(who, "/kelola/laporan?dari=&sampai=")
        assert "seluruh waktu" in everything
        assert "5 kali ikut" in everything
