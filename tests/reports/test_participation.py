"""The screen, the files and the database say what a hand count says."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from calakan.attendance.models import Method, Presence
from calakan.audit.models import AuditEntry
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.cli import reports as command_line
from calakan.diklat.models import Diklat, DiklatState, DiklatTopic, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor, Role, system
from calakan.kernel.claims import WorkState
from calakan.people.models import Jenjang, Kecamatan, School
from calakan.reports import labels, pivot
from calakan.reports.documents import charts, exports
from calakan.reports.queries import participation, summary
from calakan.reports.terms import Count, Dimension, Filters, Key, Report, Row, Stage
from calakan.reports.turnout import Turnout, _counted
from tests import factories

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
EVERYONE = system("test")
WHOLE = "dari=&sampai="  # else the page is of the year so far, and the world below is of one year


@dataclass
class World:
    """Three teachers and a head; three diklat that count and one that was cancelled."""

    sri: int
    budi: int
    ani: int
    tono: int
    october: int
    november: int
    late: int
    places: list[str]


def _diklat(slug: str, first: datetime, *, jp: tuple[int, ...], state: DiklatState = DiklatState.CLOSED) -> int:
    """With sessions on days that follow each other; inserted, because the past cannot be scheduled."""
    with db.transaction() as session:
        made = _bare(slug, first)
        made.state = state
        session.add(made)
        session.flush()
        row = sa.insert(db.Base.metadata.tables["programme_row"]).values(
            diklat_id=made.id, position=1, title="Materi", note="", group="pokok", jp=sum(jp), live=True
        )
        row_id = session.execute(row).inserted_primary_key[0]
        for number, hours in enumerate(jp, start=1):
            start = first + timedelta(days=number - 1)
            session.add(_session(made.id, row_id, number, start, hours))
        return made.id


def _bare(slug: str, first: datetime) -> Diklat:
    return Diklat(
        slug=slug, title=f"=Diklat {slug}", title_key=slug, summary="Ringkas", kind="diklat", mode="daring",
        min_attendance_percent=80, jp=5, starts_at=first, ends_at=first + timedelta(days=1, hours=2), created_at=NOW,
    )  # fmt: skip


def _session(diklat_id: int, row_id: int, number: int, start: datetime, jp: int) -> LiveSession:
    return LiveSession(
        diklat_id=diklat_id, row_id=row_id, number=number, title=f"Sesi {number}", starts_at=start,
        ends_at=start + timedelta(hours=2), local_date=(start + timedelta(hours=7)).date(), jp=jp, changed_at=NOW,
    )  # fmt: skip


def _enrol(diklat_id: int, *person_ids: int, state: EnrolmentState = EnrolmentState.CONFIRMED) -> None:
    with db.transaction() as session:
        session.add_all(
            Enrolment(
                code=codes.code(12), diklat_id=diklat_id, person_id=id, state=state, queued_at=NOW, decided_at=NOW
            )
            for id in person_ids
        )


def _present(diklat_id: int, number: int, *person_ids: int, present: bool = True) -> None:
    with db.transaction() as session:
        id = session.scalar(
            sa.select(LiveSession.id).where(LiveSession.diklat_id == diklat_id, LiveSession.number == number)
        )
        session.add_all(
            Presence(live_session_id=id, person_id=p, present=present, method=Method.HAND, marked_at=NOW)
            for p in person_ids
        )


def _certify(diklat_id: int, person_id: int, **values: Any) -> None:
    given = {"state": WorkState.DONE, "status": Status.VALID, "role": CertificateRole.PARTICIPANT, **values}
    with db.transaction() as session:
        session.add(
            Certificate(
                key=codes.code(20),
                code=codes.code(26),
                diklat_id=diklat_id,
                person_id=person_id,
                due_at=NOW,
                asked_at=NOW,
                **given,
            )
        )


@pytest.fixture
def world(app: Flask) -> World:
    schools = db.session().scalars(
        sa.select(School).where(School.jenjang == Jenjang.SD).order_by(School.kecamatan_code, School.id)
    ).all()  # fmt: skip
    first, other = schools[0], schools[-1]
    places = [first.kecamatan_code, other.kecamatan_code]
    first_id, other_id = first.id, other.id
    sri = factories.person("Sri", school_id=first_id, sex="P").id
    budi = factories.person("Budi", school_id=first_id, sex="L", jabatan="guru_mapel", jenjang=Jenjang.SMP).id
    ani = factories.person("Ani", school_id=other_id, sex="P", jabatan="kepala_sekolah").id
    tono = factories.person("Tono", school_id=other_id, sex="L", employment="gty").id
    # 17.30 UTC on 31 October is already 1 November in Jakarta.
    october = _diklat("oktober", datetime(2026, 10, 5, 1, tzinfo=UTC), jp=(4, 1))
    november = _diklat("november", datetime(2026, 11, 3, 1, tzinfo=UTC), jp=(3, 3))
    late = _diklat("malam", datetime(2026, 10, 31, 17, 30, tzinfo=UTC), jp=(2,))
    cancelled = _diklat("batal", datetime(2026, 11, 9, 1, tzinfo=UTC), jp=(2,), state=DiklatState.CANCELLED)
    _enrol(october, sri, budi, ani)
    _enrol(november, sri, tono)
    _enrol(november, budi, state=EnrolmentState.WAITING)
    _enrol(november, ani, state=EnrolmentState.CANCELLED)
    _enrol(late, sri)
    _enrol(cancelled, sri, budi, ani, tono)
    _present(october, 1, sri, budi)  # 4 of 5 JP is exactly 80 percent
    _present(october, 2, ani)
    _present(november, 1, sri)  # 3 of 6 JP
    _present(november, 2, tono, present=False)
    _certify(october, sri)
    _certify(october, budi, status=Status.REVOKED)
    _certify(october, ani, state=WorkState.PENDING)
    _certify(november, tono, role=CertificateRole.SPEAKER)
    return World(sri, budi, ani, tono, october, november, late, places)


def _counts(report: Report) -> dict[tuple[str, ...], tuple[int, int]]:
    return {tuple(key.code for key in row.keys): (row.kepesertaan, row.unik) for row in report.rows}


def test_hand_count_by_each_dimension(world: World) -> None:
    expected = {
        Dimension.JENJANG: {("sd",): (5, 3), ("smp",): (1, 1)},
        Dimension.JABATAN: {("guru_kelas",): (4, 2), ("guru_mapel",): (1, 1), ("kepala_sekolah",): (1, 1)},
        Dimension.STATUS: {("pns",): (5, 3), ("gty",): (1, 1)},
        Dimension.SEX: {("P",): (4, 2), ("L",): (2, 2)},
        Dimension.KECAMATAN: {(world.places[0],): (4, 2), (world.places[1],): (2, 2)},
        Dimension.DIKLAT: {("oktober",): (3, 3), ("november",): (2, 2), ("malam",): (1, 1)},
        Dimension.MONTH: {("2026-10",): (3, 3), ("2026-11",): (3, 2)},
        Dimension.AUTHORITY: {("kabupaten",): (6, 4)},
    }
    for dimension, rows in expected.items():
        report = participation([dimension], visible_to=EVERYONE)
        assert _counts(report) == rows
        assert (report.total_kepesertaan, report.total_unik) == (6, 4)
        assert sum(row.kepesertaan for row in report.rows) == report.total_kepesertaan
    assert sorted(_counts(participation([Dimension.SCHOOL], visible_to=EVERYONE)).values()) == [(2, 2), (4, 2)]


def test_three_dimensions_in_the_order_asked_for(world: World) -> None:
    report = participation([Dimension.MONTH, Dimension.SEX, Dimension.AUTHORITY], visible_to=EVERYONE)
    assert _counts(report) == {
        ("2026-10", "L", "kabupaten"): (1, 1),
        ("2026-10", "P", "kabupaten"): (2, 2),
        ("2026-11", "L", "kabupaten"): (1, 1),
        ("2026-11", "P", "kabupaten"): (2, 1),
    }
    assert [row.keys[0].label for row in report.rows] == ["Oktober 2026"] * 2 + ["November 2026"] * 2
    assert report.total_unik == 4


@pytest.mark.parametrize("by", [[], [Dimension.SEX, Dimension.SEX], list(Dimension)[:4]])
def test_one_to_three_different_dimensions(app: Flask, by: list[Dimension]) -> None:
    with pytest.raises(ValueError, match="dimensions"):
        participation(by, visible_to=EVERYONE)


def test_stages(world: World) -> None:
    def by_diklat(stage: Stage) -> dict[tuple[str, ...], tuple[int, int]]:
        return _counts(participation([Dimension.DIKLAT], Filters(stage=stage), visible_to=EVERYONE))

    assert by_diklat(Stage.ATTENDED) == {("oktober",): (3, 3), ("november",): (1, 1)}
    assert by_diklat(Stage.PASSED) == {("oktober",): (2, 2)}
    assert by_diklat(Stage.CERTIFIED) == {("oktober",): (1, 1)}
    found = summary(Turnout(Filters(), visible_to=EVERYONE))
    assert (found.enrolled, found.people, found.passed, found.certified) == (6, 4, 2, 1)


def test_a_cancelled_session_counts_neither_as_taught_nor_as_attended(world: World) -> None:
    with db.transaction() as session:
        session.execute(
            sa.update(LiveSession)
            .where(LiveSession.diklat_id == world.october, LiveSession.number == 1)
            .values(state=SessionState.CANCELLED)
        )
    report = participation([Dimension.JABATAN], Filters(stage=Stage.PASSED), visible_to=EVERYONE)
    assert _counts(report) == {("kepala_sekolah",): (1, 1)}


def test_days_are_days_in_jakarta(world: World) -> None:
    def slugs(**days: date) -> set[tuple[str, ...]]:
        return set(_counts(participation([Dimension.DIKLAT], Filters(**days), visible_to=EVERYONE)))

    assert slugs(until=date(2026, 10, 31)) == {("oktober",)}
    assert slugs(since=date(2026, 11, 1)) == {("malam",), ("november",)}
    assert slugs(since=date(2026, 11, 1), until=date(2026, 11, 1)) == {("malam",)}


def test_filters_by_diklat_and_kecamatan(world: World) -> None:
    filters = Filters(diklat="oktober", kecamatan=world.places[1])
    assert _counts(participation([Dimension.JABATAN], filters, visible_to=EVERYONE)) == {("kepala_sekolah",): (1, 1)}


def test_scope(world: World) -> None:
    korwil = Actor(person_id=999, name="Korwil", kecamatan_codes=frozenset({world.places[1]}))
    head = Actor(person_id=998, name="Kepala", roles=frozenset({Role.PIMPINAN}))
    assert participation([Dimension.SEX], visible_to=korwil).total_kepesertaan == 2
    assert participation([Dimension.SEX], visible_to=head).total_kepesertaan == 6


def test_missing_data_stand_last_under_their_own_name(world: World) -> None:
    with db.transaction():
        db.session().execute(
            sa.text("UPDATE person SET kecamatan_code=NULL, school_id=NULL, sex=NULL WHERE id=:id"), {"id": world.sri}
        )
    for dimension in (Dimension.KECAMATAN, Dimension.SCHOOL, Dimension.SEX):
        last = participation([dimension], visible_to=EVERYONE).rows[-1]
        assert (last.keys[0].code, last.kepesertaan, last.unik) == ("", 3, 1)


def test_number_of_statements_does_not_grow(world: World) -> None:
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    def asked() -> int:
        statements.clear()
        participation([Dimension.SCHOOL, Dimension.MONTH, Dimension.KECAMATAN], visible_to=EVERYONE)
        return len([text for text in statements if text.startswith("SELECT")])

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        # Rolls, people of diklat without one, their data, first days, and the names of schools and kecamatan.
        assert asked() == 6
        for number in range(5):
            _enrol(_diklat(f"lagi-{number}", NOW, jp=(2,)), world.sri, world.tono)
        assert asked() == 6
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


@pytest.fixture
def panitia(client_of: Callable[[Actor | int | None], FlaskClient]) -> FlaskClient:
    return client_of(factories.person("Panitia Tetap", Role.PANITIA).id)


def _file(client: FlaskClient, format: str, query: str = "menurut=diklat&hitung=peserta") -> bytes:
    answer = client.get(f"/kelola/laporan/unduh?format={format}&{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f'.{format}"')
    return answer.data


def test_screen_files_and_hand_count_agree(world: World, panitia: FlaskClient) -> None:
    hand = {"oktober": (3, 3), "november": (2, 2), "malam": (1, 1)}
    page = panitia.get(f"/kelola/laporan?{WHOLE}&menurut=diklat&hitung=peserta")
    html = page.get_data(as_text=True)
    assert page.status_code == 200
    assert html.count('<li class="stat">') == 4
    assert "<b>4</b><span>peserta unik</span>" in html
    assert "<b>6</b><span>kali ikut</span>" in html
    assert "<b>33%</b>" in html
    for slug, (shares, people) in hand.items():
        row = html.split(f'<th scope="row">=Diklat {slug}</th>')[1].split("</tr>")[0]
        assert f'<td class="r" data-l="Peserta unik">{people}</td>' in row
        assert f'<td class="r" data-l="Kali ikut">{shares}</td>' in row
    text = _file(panitia, "csv").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0] == ["Kode diklat", "Diklat", "Peserta unik", "Kepesertaan"]
    assert {r[0]: (int(r[3]), int(r[2])) for r in rows[1:]} == hand
    assert {r[1] for r in rows[1:]} == {f"'=Diklat {slug}" for slug in hand}
    document = json.loads(_file(panitia, "json"))
    assert {r["diklat"]["code"]: (r["kepesertaan"], r["peserta_unik"]) for r in document["rows"]} == hand
    assert document["total"] == {"kepesertaan": 6, "peserta_unik": 4}
    assert document["unit"] == "peserta"
    book = openpyxl.load_workbook(io.BytesIO(_file(panitia, "xlsx")))
    cover = dict(book["Keterangan"].iter_rows(values_only=True))
    assert (cover["Jumlah kali ikut"], cover["Jumlah peserta unik"]) == (6, 4)
    sheet = book["Partisipasi"]
    assert {r[0]: (r[3], r[2]) for r in sheet.iter_rows(min_row=2, values_only=True)} == hand
    assert sheet["B2"].data_type == "s"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:D4")


def test_export_is_in_the_trail(world: World, panitia: FlaskClient) -> None:
    _file(panitia, "csv", "menurut=month&menurut=sex&tahap=attended")
    db.session().rollback()
    entry = db.session().scalars(sa.select(AuditEntry).where(AuditEntry.act == "reports.export")).one()
    assert entry.facts["by"] == ["month", "sex"]
    assert entry.facts["stage"] == "attended"
    assert entry.facts["rows"] == 3


def test_reversed_dates_have_a_sentence_and_give_no_file(world: World, panitia: FlaskClient) -> None:
    query = "dari=2026-11-30&sampai=2026-11-01"
    page = panitia.get(f"/kelola/laporan?{query}")
    assert page.status_code == 422
    html = page.get_data(as_text=True)
    assert "Tanggal akhir mendahului tanggal awal" in html
    assert "<title>Galat: " in html
    assert 'value="2026-11-30"' in html
    assert panitia.get(f"/kelola/laporan/unduh?format=csv&{query}").status_code == 302
    assert panitia.get("/kelola/laporan?dari=2026-02-31").status_code == 422


def test_the_command_line_refuses_reversed_dates() -> None:
    for command in (command_line.participation, command_line.evidence):
        arguments = ["--from", "2026-11-30", "--to", "2026-11-01", "-o", "/nowhere/laporan.pdf"]
        done = CliRunner().invoke(command, arguments)
        assert (done.exit_code, done.output) == (1, "calakan: --to is before --from\n")


def test_unknown_dimension_is_left_out_with_a_sentence(world: World, panitia: FlaskClient) -> None:
    page = panitia.get("/kelola/laporan?menurut=shoe_size&menurut=sex")
    assert page.status_code == 200
    assert "“shoe_size” tidak dikenal" in page.get_data(as_text=True)


def test_more_rows_than_a_page_can_count_are_for_a_file(
    world: World, panitia: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    turnout = Turnout(Filters(), visible_to=EVERYONE)
    for by in itertools.chain(itertools.combinations(Dimension, 2), itertools.combinations(Dimension, 3)):
        most = turnout.most_rows(by)
        assert len(turnout.rows(by)) <= most
        if Dimension.TOPIC not in by:  # a diklat of two topics is counted under both
            assert most <= turnout.total[0]
    address = f"/kelola/laporan?{WHOLE}&menurut=diklat&menurut=school"
    assert "Terlalu banyak baris" not in panitia.get(address).get_data(as_text=True)
    monkeypatch.setattr(pivot, "MOST_COUNTED", 2)
    page = panitia.get(address).get_data(as_text=True)
    assert "Terlalu banyak baris untuk layar, jadi Sekolah tidak dirinci di sini." in page
    assert "menurut=diklat&amp;menurut=school&amp;format=csv" in page
    file = panitia.get("/kelola/laporan/unduh?menurut=diklat&menurut=school&format=csv").get_data(as_text=True)
    assert len(file.splitlines()) > 2


def test_unknown_format_is_not_found(world: World, panitia: FlaskClient) -> None:
    assert panitia.get("/kelola/laporan/unduh?format=exe").status_code == 404


def test_empty_report_says_so(app: Flask, panitia: FlaskClient) -> None:
    assert "Belum ada data" in panitia.get("/kelola/laporan").get_data(as_text=True)


def test_participants_may_not(world: World, client_of: Callable[[int], FlaskClient]) -> None:
    assert client_of(world.sri).get("/kelola/laporan").status_code == 403
    assert client_of(world.sri).get("/kelola/laporan/unduh?format=csv").status_code == 403


def test_every_kecamatan_has_a_tile(app: Flask) -> None:
    assert set(db.session().scalars(sa.select(Kecamatan.code))) == set(charts.TILES)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1"])
def test_formulas_are_kept_as_text(text: str) -> None:
    report = Report([Row((Key("x", text),), 1, 1)], 1, 1, [Dimension.JABATAN], Filters(count=Count.KEPESERTAAN))
    rows = list(csv.reader(io.StringIO(exports.as_csv(report, separator=",").decode("utf-8-sig"), newline="")))
    assert rows[1] == ["'" + text, "1", "1"]


@pytest.mark.parametrize(("most", "step"), [(0, 1), (4, 1), (5, 2), (240, 50), (999, 200)])
def test_classes_have_round_limits(most: int, step: int) -> None:
    assert charts.cuts(most) == [0, step, 2 * step, 3 * step, 4 * step]


def test_labels_of_charts_are_escaped() -> None:
    assert "<script>" not in charts.columns([("<script>", "<script>", 3)], "h-bln")
    assert "<script>" not in charts.hexagons(
        charts.counted_places({}, {"33.02.01": "<script>"}, lambda code: '"><script>')
    )


def test_topics_quarters_and_years(world: World) -> None:
    with db.transaction() as session:
        for diklat_id, topic in ((world.october, "numerasi"), (world.october, "literasi"), (world.late, "numerasi")):
            session.add(DiklatTopic(diklat_id=diklat_id, topic=topic))
    report = participation([Dimension.TOPIC], visible_to=EVERYONE)
    # October counts under both of its topics: 3 + 4 + 2 lines for 6 participations.
    assert _counts(report) == {("literasi",): (3, 3), ("numerasi",): (4, 3), ("",): (2, 2)}
    assert (report.total_kepesertaan, report.total_unik) == (6, 4)
    assert [row.keys[0].label for row in report.rows] == ["Literasi", "Numerasi", "Tanpa bidang"]
    assert not pivot.adds_up(report, Count.KEPESERTAAN)
    by_time = participation([Dimension.YEAR, Dimension.QUARTER], visible_to=EVERYONE)
    assert _counts(by_time) == {("2026", "2026-T4"): (6, 4)}
    assert by_time.rows[0].keys[1].label == "Triwulan IV 2026"
    with db.transaction() as session:
        session.execute(
            sa.update(LiveSession).where(LiveSession.diklat_id == world.late).values(local_date=date(2026, 9, 30))
        )
    assert _counts(participation([Dimension.QUARTER], visible_to=EVERYONE)) == {
        ("2026-T3",): (1, 1),
        ("2026-T4",): (5, 4),
    }
    assert Dimension("kewenangan") is Dimension.AUTHORITY


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)])
def test_each_month_is_in_its_quarter(world: World, month: int, quarter: int) -> None:
    with db.transaction() as session:
        session.execute(sa.update(LiveSession).values(local_date=date(2026, month, 28)))
    found = participation([Dimension.QUARTER, Dimension.MONTH], visible_to=EVERYONE)
    assert set(_counts(found)) == {(f"2026-T{quarter}", f"2026-{month:02}")}


def test_who_came_after_the_people_were_read_has_no_place_yet() -> None:
    counted = Counter({0: 2})
    assert _counted([[1, 2, 9]], [None, 0, 0]) == (counted, counted)


def test_what_adds_up(world: World) -> None:
    person = participation([Dimension.SEX, Dimension.SCHOOL], visible_to=EVERYONE)
    time = participation([Dimension.MONTH], visible_to=EVERYONE)
    assert [pivot.adds_up(person, count) for count in Count] == [True, True]
    assert [pivot.adds_up(time, count) for count in Count] == [True, False]
    assert sum(row.unik for row in person.rows) == person.total_unik
    assert sum(row.unik for row in time.rows) == 5 != time.total_unik


@pytest.mark.parametrize("stage", list(Stage))
def test_rows_of_every_pair_add_up_wherever_the_page_says_so(world: World, stage: Stage) -> None:
    with db.transaction() as session:
        session.add_all(DiklatTopic(diklat_id=world.october, topic=topic) for topic in ("numerasi", "literasi"))
    turnout = Turnout(Filters(stage=stage), visible_to=EVERYONE)
    for by in itertools.permutations(Dimension, 2):
        report = turnout.report(by)
        assert [row.keys for row in report.rows] == sorted({row.keys for row in report.rows}, key=_place(by)), by
        for count, total in zip(Count, (report.total_kepesertaan, report.total_unik), strict=True):
            added = sum(row.value(count) for row in report.rows)
            assert added == total if pivot.adds_up(report, count) else added >= total, by


def _place(by: Sequence[Dimension]) -> Callable[[tuple[Key, ...]], object]:
    return lambda keys: [labels.order(dimension, key) for dimension, key in zip(by, keys, strict=True)]


def test_the_crossed_table_has_counted_margins(world: World, panitia: FlaskClient) -> None:
    filters = Filters(count=Count.PESERTA)
    turnout = Turnout(filters, visible_to=EVERYONE)
    found = pivot.pivot(turnout.report([Dimension.SEX, Dimension.MONTH]), turnout)
    assert found is not None
    assert [column.code for column in found.columns] == ["2026-10", "2026-11"]
    # Sri is in both months, and one woman all the same.
    assert [(line.keys[0].code, list(line.values), line.total) for line in found.lines] == [
        ("L", [1, 1], 2),
        ("P", [2, 1], 2),
    ]
    assert (list(found.foot), found.total) == ([3, 2], 4)
    page = panitia.get(f"/kelola/laporan?{WHOLE}&menurut=sex&menurut=month&hitung=peserta&bentuk=silang")
    row = page.get_data(as_text=True).split('<th scope="row">Perempuan</th>')[1].split("</tr>")[0]
    assert row == '<td class="r">2</td><td class="r">1</td><td class="r"><b>2</b></td>'
    alone = panitia.get(f"/kelola/laporan?{WHOLE}&menurut=sex&bentuk=silang").get_data(as_text=True)
    assert "Tabel silang perlu dua atau tiga pengelompokan" in alone


def test_rows_are_sorted_as_asked(world: World, panitia: FlaskClient) -> None:
    report = participation([Dimension.DIKLAT], visible_to=EVERYONE)

    def slugs(wanted: str) -> list[str]:
        return [row.keys[0].code for row in pivot.ordered(report, wanted)]

    assert slugs("-kepesertaan") == ["oktober", "november", "malam"]
    assert slugs("peserta") == ["malam", "november", "oktober"]
    assert slugs("1") == ["malam", "november", "oktober"]
    assert slugs("-1") == ["oktober", "november", "malam"]
    assert slugs("9; DROP") == slugs("")
    html = panitia.get(f"/kelola/laporan?{WHOLE}&menurut=diklat&urut=-kepesertaan").get_data(as_text=True)
    assert html.index("=Diklat oktober</th>") < html.index("=Diklat malam</th>")
    assert 'aria-sort="descending"' in html
