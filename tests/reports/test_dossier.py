"""The evidence report on paper: whole, tagged, within its pages, and of what was held alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.attendance import services as attendance
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.actor import system
from calakan.reports import queries
from calakan.reports.documents.charts import TILES
from calakan.reports.documents.dossier import document
from calakan.reports.documents.evidence import Evidence, Section, Shape, evidence
from calakan.reports.documents.headlines import Headline, headlines
from calakan.reports.terms import Filters
from calakan.reports.turnout import Turnout
from tests import factories

EVERYONE = system("test")
THEN = datetime(2026, 3, 2, 3, tzinfo=UTC)
LONG = "Pelatihan kecerdasan artifisial dan koding untuk guru kelas awal di daerah yang belum terjangkau sinyal " * 3


def bars(title: str, count: int, name: str = LONG) -> Section:
    return Section(title, "", ["Nama", "Unik", "Kali ikut"], [[f"{name} {n}", n, n] for n in range(count)], Shape.BARS)


@pytest.fixture
def rich() -> Evidence:
    """Of everything much, with names as long as they may be."""
    places = [[tile.name, n * 100, n * 200] for n, tile in enumerate(TILES.values())]
    sections = [
        Section("Jangkauan", "Catatan.", ["Ukuran", "Jumlah"], [["Peserta unik", 8412]]),
        Section("Tren tahunan", "", ["Tahun", "Unik", "Kali ikut"], [[str(y), y, y] for y in range(2020, 2027)], Shape.YEARS),
        Section("Menurut kecamatan", "", ["Kecamatan", "Unik", "Kali ikut"], places, Shape.MAP, list(TILES)),
        bars("Menurut jenjang", 8),
        bars("Menurut bidang", 30),
        Section("Peningkatan hasil tes", "", ["Ukuran", "Nilai"], [["Rata-rata tes awal", 40.5], ["Rata-rata tes akhir", 80.0], ["Kenaikan", 39.5]], Shape.GAIN),
        Section("Kepuasan", "", ["Unsur", "Rata-rata"], [["Interaksi", 4.0]], Shape.SCALE),
        Section("Suara peserta", "", ["Kutipan", "Dari"], [[LONG, "Ani"], ["Runtut (“baik”).", "Budi"]], Shape.QUOTES),
        Section("Biaya", "", ["Tahun", "Biaya", "Unik", "Ikut", "Catatan"], [["2026", 10**10, 1, 1, LONG]]),
    ]  # fmt: skip
    return Evidence("2026", "hari ini", sections, [Headline("8.412", "peserta unik", LONG[:200], "2025: 4.412")] * 5)


def written(made: Evidence, folder: Path) -> Path:
    path = folder / "bukti.pdf"
    document.write_pdf(made, path)
    return path


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as file:
        return " ".join("".join(page.get_textpage().get_text_bounded() for page in file).split())


def test_all_of_it_is_there_within_the_pages(app: Flask, rich: Evidence, tmp_path: Path) -> None:
    path = written(rich, tmp_path)
    text = text_of(path)
    for section in rich.sections:
        assert section.title in text
        for row in section.rows:
            assert all(str(cell).split()[0] in text for cell in row if isinstance(cell, str))
    with pypdfium2.PdfDocument(path) as file:
        for page in file:
            wide, tall = page.get_size()
            for drawn in page.get_objects():
                if drawn.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
                    left, bottom, right, top = drawn.get_bounds()
                    assert left >= 0
                    assert right <= wide - 50
                    assert bottom >= 20
                    assert top <= tall


def marked(page: pikepdf.Page) -> Iterator[tuple[str, bool]]:
    """Each operator that paints, and whether it stands in marked content."""
    depth = 0
    for _, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(name, 0)
        if name in {"Tj", "TJ", "f", "S", "B", "b", "Do", "f*"}:
            yield name, depth > 0
    assert depth == 0


def test_everything_is_tagged_or_an_artifact(app: Flask, rich: Evidence, tmp_path: Path) -> None:
    with pikepdf.open(written(rich, tmp_path)) as file:
        for number, page in enumerate(file.pages):
            painted = list(marked(page))
            assert painted
            assert all(inside for _, inside in painted)
            assert page.obj.StructParents == number
            assert "/XObject" not in page.obj.Resources  # vectors alone
        assert file.Root.MarkInfo.Marked
        assert str(file.Root.Lang).startswith("id")


def elements(branch: pikepdf.Object) -> Iterator[pikepdf.Object]:
    yield branch
    for kid in branch.K:
        if isinstance(kid, pikepdf.Dictionary):
            yield from elements(kid)


def test_the_tree_names_headings_tables_and_what_charts_show(app: Flask, rich: Evidence, tmp_path: Path) -> None:
    with pikepdf.open(written(rich, tmp_path)) as file:
        found = list(elements(file.Root.StructTreeRoot.K))
        kinds = [str(element.S) for element in found]
        assert kinds.count("/H1") == 1
        assert kinds.count("/Table") == len([s for s in rich.sections if s.shape is not Shape.QUOTES])
        assert kinds.count("/BlockQuote") == 2
        figures = [str(element.Alt) for element in found if element.S == "/Figure"]
        assert [text.partition(":")[0] for text in figures] == [
            "Tren tahunan",
            "Menurut kecamatan",
            "Peningkatan hasil tes",
        ]
        assert "2020 2.020 unik" in figures[0]
        for element in found:
            if element.S == "/TR":
                assert {str(kid.S) for kid in element.K} <= {"/TH", "/TD"}


def test_a_district_of_seven_years_takes_eight_to_twelve_pages(app: Flask, rich: Evidence, tmp_path: Path) -> None:
    short = {title: bars(title, 6, "Guru") for title in ("Menurut jenjang", "Menurut bidang")}
    usual = replace(rich, sections=[short.get(section.title, section) for section in rich.sections])
    with pikepdf.open(written(usual, tmp_path)) as file:
        assert 8 <= len(file.pages) <= 12


def test_without_anything_it_says_so(app: Flask, tmp_path: Path) -> None:
    text = text_of(written(Evidence("2031", "hari ini", []), tmp_path))
    assert "Tidak ada kegiatan pada periode ini." in text


def joined(title: str, days: int, names: list[str]) -> Diklat:
    with time_machine.travel(THEN, tick=False):
        course, people = factories.diklat(title, days=days), [factories.person(name).id for name in names]
        for person_id in people:
            with db.transaction():
                enrolment.join(course.id, person_id, actor=factories.SYSTEM, now=clock.now())
        return course


def held(now: datetime) -> int:
    return queries.total(Filters(held_by=now), visible_to=EVERYONE)[0]


def test_only_what_was_held_counts(app: Flask) -> None:
    joined("Lalu", 3, ["Ani", "Budi"])
    ahead = joined("Nanti", 60, ["Cici"])
    off = joined("Batal", 3, ["Dewi"])
    with db.transaction() as session:
        session.execute(
            sa.update(LiveSession).where(LiveSession.diklat_id == off.id).values(state=SessionState.CANCELLED)
        )
    assert held(THEN) == 0
    assert held(THEN + timedelta(days=30)) == 2
    assert held(THEN + timedelta(days=90)) == 3
    with db.transaction() as session:
        session.execute(sa.update(Diklat).where(Diklat.id.in_([ahead.id, off.id])).values(state=DiklatState.CLOSED))
    assert held(THEN + timedelta(days=30)) == 3
    found = evidence(None, None, visible_to=EVERYONE, now=THEN + timedelta(days=30))
    assert found.sections[0].rows[:3] == [["Peserta unik", 3], ["Kali ikut", 3], ["Diklat", 2]]


def figures(since: date | None, until: date | None) -> list[Headline]:
    now = THEN + timedelta(days=300)
    return headlines(Turnout(Filters(since=since, until=until, held_by=now), visible_to=EVERYONE), EVERYONE, now)


def test_figures_that_stand_for_the_period(app: Flask) -> None:
    course = joined("Lalu", 3, ["Ani", "Budi"])
    live = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == course.id)).one()
    assert [figure.noun for figure in figures(None, None)] == ["peserta unik", "sekolah dengan peserta"]
    with time_machine.travel(THEN + timedelta(days=4), tick=False), db.transaction():
        people = [
            person_id for (person_id,) in db.session().execute(sa.text("SELECT person_id FROM enrolment ORDER BY id"))
        ]
        attendance.mark_by_hand(
            live, people[:1], present=True, reason="Terlihat", actor=factories.SYSTEM, now=clock.now()
        )
    passed = figures(None, None)[2]
    assert (passed.value, passed.told) == ("50%", "1 dari 2 kali ikut")
    assert figures(date(2027, 1, 1), date(2027, 12, 31)) == []


@pytest.mark.parametrize(
    ("since", "until", "before"),
    [
        (date(2026, 4, 1), date(2026, 4, 30), "2 s.d. 31 Maret 2026: 1"),
        (date(2026, 3, 6), date(2026, 3, 20), ""),
        (None, date(2026, 12, 31), ""),
        (date(2, 1, 1), date(2026, 12, 31), ""),
    ],
)
def test_the_period_before(app: Flask, since: date | None, until: date, before: str) -> None:
    joined("Maret", 8, ["Ani"])
    joined("April", 34, ["Budi"])
    found = figures(since, until)
    assert (found[0].before if found else "") == before


def test_the_year_before(app: Flask) -> None:
    joined("Maret", 8, ["Ani"])
    joined("Tahun berikut", 320, ["Budi"])
    now = THEN + timedelta(days=400)
    whole = Filters(since=date(2027, 1, 1), until=date(2027, 12, 31), held_by=now)
    assert (
        headlines(Turnout(whole, visible_to=EVERYONE), EVERYONE, now)[0].before == "1 Januari s.d. 31 Desember 2026: 1"
    )
