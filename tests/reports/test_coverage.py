"""Shares by hand, whose numbers they stand on, and what a list of numbers refuses."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role, system
from calakan.people.models import Jenjang, Kecamatan, School
from calakan.reports import headcounts
from calakan.reports.coverage import Reach, SchoolReach, coverage, unreached
from calakan.reports.documents import charts, outlines
from calakan.reports.errors import HeadcountsWrong
from calakan.reports.models import Headcount
from calakan.reports.terms import Filters
from calakan.tables.errors import TableUnreadable
from tests import factories

EVERYONE = system("test")
Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def schools(app: Flask) -> tuple[str, str, str]:
    """Two primary schools of one kecamatan, and one of another; three people, two of whom take part."""
    found = db.session().scalars(
        sa.select(School).where(School.jenjang == Jenjang.SD).order_by(School.kecamatan_code, School.id)
    ).all()  # fmt: skip
    first, second, other = found[0], found[1], found[-1]
    ids, npsn = [first.id, second.id, other.id], (first.npsn, second.npsn, other.npsn)
    people = [factories.person(name, school_id=ids[0]).id for name in ("Ani", "Budi")]
    people.append(factories.person("Cici", school_id=ids[2]).id)
    course = factories.diklat().id
    for person_id in (people[0], people[2]):
        with db.transaction():
            enrolment.join(course, person_id, actor=factories.SYSTEM, now=clock.now())
    return npsn


def imported(text: str, *, as_of: date = date(2026, 7, 1)) -> int:
    with db.transaction():
        return headcounts.import_headcounts(
            text.encode(), name="Dapodik", as_of=as_of, actor=factories.SYSTEM, now=clock.now()
        )


def of(npsn: str, actor: Actor = EVERYONE, **filters: Any) -> SchoolReach:
    found = coverage(Filters(**filters), visible_to=actor)
    return next(school for school in found.schools if school.code == npsn)


def test_shares_stand_on_known_people_until_there_is_a_list(schools: tuple[str, str, str]) -> None:
    first, second, other = schools
    assert (of(first).reached, of(first).target, of(first).percent, of(first).given) == (1, 2, 50, 0)
    assert (of(second).reached, of(second).target) == (0, 0)
    imported(f"NPSN;Jabatan;Jumlah\n{first};Guru kelas;6\n{first};kepala_sekolah;1\n{second};;8\n")
    assert (of(first).reached, of(first).target, of(first).percent, of(first).given) == (1, 7, 14, 1)
    assert (of(other).target, of(other).given) == (1, 0)
    found = coverage(Filters(), visible_to=EVERYONE)
    code = of(first).kecamatan_code
    place = next(reach for reach in found.places if reach.code == code)
    assert (place.target, place.reached, place.given) == (15, 1, 2)
    assert (found.whole.target, found.whole.reached) == (16, 2)
    assert found.whole.schools == len(found.schools)


def test_the_list_of_the_latest_day_counts(schools: tuple[str, str, str]) -> None:
    first = schools[0]
    imported(f"npsn,jumlah\n{first},20\n", as_of=date(2026, 7, 1))
    imported(f"npsn,jumlah\n{first},10\n", as_of=date(2025, 7, 1))
    assert of(first).target == 20


def test_period_and_scope(schools: tuple[str, str, str]) -> None:
    first, _, other = schools
    assert of(first, since=clock.today() + timedelta(days=30)).reached == 0
    korwil = Actor(person_id=999, name="Korwil", kecamatan_codes=frozenset({of(other).kecamatan_code}))
    seen = coverage(Filters(), visible_to=korwil)
    assert {school.kecamatan_code for school in seen.schools} == {of(other).kecamatan_code}
    assert seen.whole.reached == 1


def test_schools_that_nobody_came_from(schools: tuple[str, str, str]) -> None:
    first, second, other = schools
    imported(f"npsn,jumlah\n{second},8\n")
    found = unreached(coverage(Filters(), visible_to=EVERYONE))
    assert found[0].code == second
    assert {first, other}.isdisjoint({school.code for school in found})


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("npsn,jumlah\n00000000,3\n", [(2, "npsn")]),
        ("npsn,jumlah\n{first},banyak\n{first},-1\n", [(2, "jumlah"), (3, "jumlah")]),
        ("npsn,jumlah\n{first},5000\n", [(2, "jumlah")]),
        ("npsn,jabatan,jumlah\n{first},Astronaut,3\n", [(2, "jabatan")]),
        ("npsn,jumlah\n{first},3\n{first},4\n", [(3, "dua kali")]),
    ],
)
def test_one_wrong_line_and_nothing_is_stored(schools: tuple[str, str, str], text: str, wrong: object) -> None:
    with pytest.raises(HeadcountsWrong) as refused:
        imported(text.format(first=schools[0]))
    assert refused.value.facts["lines"] == wrong
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Headcount)) == 0


def test_missing_columns_are_named(app: Flask) -> None:
    with pytest.raises(TableUnreadable) as refused:
        imported("sekolah,guru\nSD,3\n")
    assert refused.value.facts["missing"] == ["npsn", "jumlah"]


def test_the_admin_imports_a_workbook(schools: tuple[str, str, str], client_of: Opener) -> None:
    book = openpyxl.Workbook()
    for row in (["NPSN", "Jumlah"], [schools[0], 12]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    client = client_of(factories.person("Admin", Role.ADMIN).id)
    data = {"file": (io.BytesIO(file.getvalue()), "sasaran.xlsx"), "sumber": "Dapodik ganjil", "per": "2026-07-01"}
    assert client.post("/kelola/cakupan/sasaran", data=data).status_code == 303
    page = client.get("/kelola/cakupan").get_data(as_text=True)
    assert "Dapodik ganjil, data per 1 Juli 2026" in " ".join(page.split())
    empty = client.post("/kelola/cakupan/sasaran", data={"sumber": "x", "per": "2026-07-01"})
    assert empty.status_code == 422
    assert "Pilih berkasnya dulu" in empty.get_data(as_text=True)


def test_both_maps_and_the_table_say_the_same(schools: tuple[str, str, str], client_of: Opener) -> None:
    client = client_of(factories.person("Pimpinan", Role.PIMPINAN, complete=False).id)
    place = coverage(Filters(), visible_to=EVERYONE)
    shown = next(reach for reach in place.places if reach.code == of(schools[0]).kecamatan_code)
    told = f'aria-label="{shown.name}: {shown.percent}%, {shown.reached} dari {shown.target} orang"'
    for kind in ("heksagon", "wilayah"):
        page = client.get(f"/kelola/cakupan?dari=&sampai=&peta={kind}").get_data(as_text=True)
        assert told in page
        assert page.count("<a href") > 27
    assert client.get("/kelola/cakupan?dari=2026-11-30&sampai=2026-11-01").status_code == 422


def test_an_invitation_for_a_school_that_nobody_came_from(schools: tuple[str, str, str], client_of: Opener) -> None:
    imported(f"npsn,jumlah\n{schools[1]},900\n")
    client = client_of(factories.person("Panitia", Role.PANITIA, complete=False).id)
    page = client.get("/kelola/cakupan/sekolah?belum=1").get_data(as_text=True)
    assert page.index(f'id="u-{schools[1]}"')
    assert "Diklat gratis Banyumas Calakan terbuka" in page
    assert "Asesmen Formatif, mulai " in page
    assert 'href="https://wa.me/?text=Yth.' in page


def test_every_kecamatan_has_an_outline(app: Flask) -> None:
    height, shapes = outlines._shapes()
    assert set(shapes) == set(db.session().scalars(sa.select(Kecamatan.code))) == set(charts.TILES)
    assert 250 < height < 560
    assert all(path.startswith("M") and path.endswith("z") for path, _, _ in shapes.values())
    drawn = outlines.outlines({"33.02.01": charts.Place(2, "50%", "<script>", '"><script>')})
    assert "<script>" not in drawn


@pytest.mark.parametrize(
    ("reached", "target", "percent"),
    [(167, 561, 30), (19, 24, 79), (1, 1000, 1), (999, 1000, 99), (5, 5, 100), (7, 5, 100), (0, 5, 0), (3, 0, 0), (1, 8, 13)],
)  # fmt: skip
def test_a_share_is_rounded_and_whole_only_where_nobody_is_missing(reached: int, target: int, percent: int) -> None:
    assert Reach("", "", target=target, reached=reached).percent == percent
