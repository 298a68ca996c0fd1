"""A report is narrowed to one value of any dimension, alike on the page, in files, for programs and from the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from calakan.cli import reports as commands
from calakan.diklat.models import Mode
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import Jenjang, School
from calakan.reports import queries, services
from calakan.reports.documents.lists import LISTS
from calakan.reports.models import ExportFormat, ExportKind
from calakan.reports.terms import Dimension, Filters
from tests import factories

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture(autouse=True)
def in_the_middle_of_the_year() -> Iterator[None]:
    with time_machine.travel(factories.june()):
        yield


@pytest.fixture
def npsn(app: Flask) -> str:
    """Of the school of Ani alone; two diklat, of which Budi and Cici take the second."""
    first = factories.diklat("Numerasi", topics=["numerasi"], mode=Mode.ONLINE).id
    second = factories.diklat("Literasi", topics=["literasi"], mode=Mode.ON_SITE, days=5).id
    schools = db.session().scalars(sa.select(School).where(School.jenjang == Jenjang.SD).order_by(School.id)).all()
    ani = factories.person("Ani", school_id=schools[1].id).id
    budi = factories.person("Budi", school_id=schools[2].id, employment="pppk", jabatan="guru_mapel").id
    cici = factories.person("Cici", school_id=schools[2].id, jenjang=Jenjang.SMA).id
    for course, who in ((first, ani), (second, budi), (second, cici)):
        with db.transaction():
            enrolment.join(course, who, actor=factories.SYSTEM, now=clock.now())
    return schools[1].npsn


def counted(**only: str) -> int:
    chosen = tuple((Dimension(name), value) for name, value in only.items())
    return queries.total(Filters(only=chosen), visible_to=factories.SYSTEM)[0]


def test_each_dimension_narrows_the_count(npsn: str) -> None:
    assert counted() == 3
    for only, expected in (
        ({"jabatan": "guru_mapel"}, 1), ({"jenjang": "sma"}, 1), ({"status": "pppk"}, 1), ({"school": npsn}, 1),
        ({"authority": "provinsi"}, 1), ({"authority": "kabupaten"}, 2), ({"topic": "numerasi"}, 1),
        ({"mode": "luring"}, 2), ({"mode": "luring", "status": "pns"}, 1), ({"jenjang": "tidak ada"}, 0),
    ):  # fmt: skip
        assert counted(**only) == expected, only
    rows = queries.rows([Dimension.MODE], Filters(), visible_to=factories.SYSTEM)
    assert [(row.keys[0].label, row.kepesertaan) for row in rows] == [("Daring", 1), ("Luring", 2)]


def test_page_file_program_and_command_narrow_alike(
    npsn: str, app: Flask, client_of: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "application", app.app_context)
    chief = client_of(factories.person("Rina", Role.PANITIA).id)
    query = f"dari=&sampai=&jenjang=sd&moda=daring&npsn={npsn}"
    page = chief.get(f"/kelola/laporan?{query}&menurut=school").get_data(as_text=True)
    assert 'value="daring" selected' in page or 'selected value="daring"' in page
    found = json.loads(chief.get(f"/kelola/laporan/unduh?{query}&menurut=jenjang&format=json").data)
    assert found["total"]["kepesertaan"] == 1
    assert (found["filters"]["mode"], found["filters"]["school"], found["filters"]["topic"]) == ("daring", npsn, None)
    book = openpyxl.load_workbook(io.BytesIO(chief.get(f"/kelola/laporan/unduh?{query}&format=xlsx").data))
    cover = dict(book["Keterangan"].iter_rows(values_only=True))
    assert (cover["Moda"], cover["Sekolah"], cover["Jenjang"]) == ("Daring", npsn, "SD")
    done = CliRunner().invoke(commands.participation, ["--only", "mode=daring", "--only", f"school={npsn}"])
    assert "kepesertaan 1\t" in done.output
    for wrong in ("month=2026-06", "mode", "warna=merah"):
        assert CliRunner().invoke(commands.participation, ["--only", wrong]).exit_code == 1


def test_a_saved_report_and_a_file_keep_what_they_were_narrowed_to(npsn: str, client_of: Opener) -> None:
    rina = factories.person("Rina", Role.PANITIA)
    browser, me = client_of(rina.id), factories.actor(rina)
    kept = browser.post("/kelola/laporan/simpan", data={"nama": "SD daring", "jenjang": "sd", "moda": "daring"})
    assert "moda=daring" in kept.headers["Location"]
    only = ((Dimension.MODE, "luring"), (Dimension.STATUS, "pppk"))
    with db.transaction():
        made = services.ask(
            ExportKind.PARTICIPANTS, ExportFormat.CSV, Filters(only=only), by=[Dimension.JENJANG], actor=me,
            now=clock.now(),
        )  # fmt: skip
        assert services.filters_of(made.facts).only == only
        assert services.filters_of({**made.facts, "only": {}}).only == ()
        assert services.filters_of({name: value for name, value in made.facts.items() if name != "only"}).only == ()


@pytest.mark.parametrize("kind", [ExportKind.PARTICIPANTS, ExportKind.HOURS, ExportKind.REGISTER])
def test_lists_are_narrowed_too(npsn: str, kind: ExportKind) -> None:
    listing = LISTS[kind](
        Filters(only=((Dimension.MODE, "luring"), (Dimension.STATUS, "pppk"))), actor=factories.SYSTEM, now=clock.now()
    )
    ids = listing.ids()
    assert len(ids) == (1 if kind is ExportKind.PARTICIPANTS else 0)
