"""Files in the background: what they hold, who may have them, and that there is never half of one."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.certificates import tasks as certificate_tasks
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import LiveSession
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment
from calakan.kernel import claims, clock, db
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.office.house import house
from calakan.office.queries import office_settings
from calakan.people.models import Person
from calakan.reports import rules, services, stages, tasks
from calakan.reports.documents import lists
from calakan.reports.documents.lists import listing
from calakan.reports.documents.writing import printed, tables
from calakan.reports.errors import ColumnsUnknown, DiklatNeeded, ExportOver, KindNotAllowed, TooManyExports
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Dimension, Filters, Stage
from config import Settings
from tests import factories

NIP = "198501012010012001"


@pytest.fixture
def settings(app: Flask) -> Settings:
    return app.extensions["calakan.settings"]


@pytest.fixture
def panitia(app: Flask) -> Actor:
    return factories.actor(factories.person("Panitia Tetap", Role.PANITIA))


@pytest.fixture
def slug(app: Flask) -> str:
    """Sri with a NIP and a formula for a title, and Budi; Sri was there."""
    from calakan.attendance import services as attendance

    course = factories.diklat("Asesmen Formatif", days=2)
    id, slug = course.id, course.slug
    sri = factories.person("Sri Mulyati", nip=NIP, title_before="=HYPERLINK(1).").id
    budi = factories.person("Budi Santoso").id
    session = db.session().scalars(sa.select(LiveSession.id).where(LiveSession.diklat_id == id)).one()
    for person_id in (sri, budi):
        with db.transaction():
            enrolment.join(id, person_id, actor=factories.SYSTEM, now=clock.now())
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False), db.transaction():
        attendance.mark_by_hand(
            session, [sri], present=True, reason="Terlihat", actor=factories.SYSTEM, now=clock.now()
        )
    return slug


def asked(
    kind: ExportKind,
    format: ExportFormat,
    actor: Actor,
    by: list[Dimension] | None = None,
    *,
    columns: Sequence[str] = (),
    **filters: Any,
) -> int:
    with db.transaction():
        made = services.ask(
            kind,
            format,
            Filters(**filters),
            by=by or [Dimension.JENJANG],
            actor=actor,
            now=clock.now(),
            columns=columns,
        )
        return made.id


def export(id: int) -> Export:
    db.db.session.remove()
    return db.session().get_one(Export, id)


def content(settings: Settings, id: int) -> bytes:
    found = export(id)
    assert found.state is WorkState.DONE, found.last_error
    data = tasks.shelf(settings).path(found.code).read_bytes()
    assert len(data) == found.size
    return data


def test_a_workbook_with_typed_cells_and_a_cover(slug: str, panitia: Actor, settings: Settings) -> None:
    id = asked(ExportKind.PARTICIPANTS, ExportFormat.XLSX, panitia, diklat=slug)
    assert tasks.make_due(settings) == 1
    book = openpyxl.load_workbook(io.BytesIO(content(settings, id)))
    cover = dict(book["Keterangan"].iter_rows(min_row=2, values_only=True))
    assert (cover["Daftar"], cover["Diklat"], cover["Jumlah baris"]) == ("Daftar peserta", slug, 2)
    assert cover["Diminta oleh"] == "Panitia Tetap"
    sheet = book["Data"]
    head = [cell.value for cell in sheet[1]]
    assert head == [column.name for column in lists.participants.COLUMNS]
    budi, sri = (dict(zip(head, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True))
    assert (sri["NIP"], sri["Nama tercetak"]) == (NIP, "=HYPERLINK(1). Sri Mulyati")
    assert sheet["A3"].data_type == "s"
    assert sheet.cell(3, head.index("NIP") + 1).number_format == "@"
    assert (sri["JP hadir"], sri["JP sesi"], sri["Persen"], sri["Syarat kehadiran"]) == (4, 4, 100, "memenuhi")
    assert (budi["JP hadir"], budi["Syarat kehadiran"], budi["NIP"]) == (0, "belum", None)
    assert isinstance(sri["Mulai"], datetime)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:Y3")


@pytest.mark.parametrize("format", [ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.JSON, ExportFormat.PDF])
def test_only_the_columns_that_were_chosen(
    slug: str, panitia: Actor, settings: Settings, client_of: Opener, format: ExportFormat
) -> None:
    wanted = {"jenis": "participants", "format": format.value, "kolom_participants": ["Email", "NIP", "Nama tercetak"],
              "kolom_register": ["Nomor"]}  # fmt: skip
    client = client_of(panitia.person_id)
    assert client.post("/kelola/ekspor", data=wanted).status_code == 303
    assert tasks.make_due(settings) == 1
    id = db.session().scalars(sa.select(Export.id)).one()
    data = content(settings, id)
    names = ["Nama tercetak", "NIP", "Email"]
    if format is ExportFormat.JSON:
        assert json.loads(data)["columns"] == names
    elif format is ExportFormat.CSV:
        assert data.decode("utf-8-sig").splitlines()[0] == ";".join(names)
    elif format is ExportFormat.PDF:
        assert "Email" in pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(data))["Data"]
        assert [cell.value for cell in sheet[1]] == names
        assert {cell.number_format for cell in sheet["B"][1:] if cell.value} == {"@"}
    assert "kolom Email, NIP, Nama tercetak" in client.get("/kelola/ekspor").get_data(as_text=True)


@pytest.mark.parametrize("kind", [ExportKind.HISTORY, ExportKind.ATTENDANCE, ExportKind.PARTICIPATION])
def test_columns_of_a_list_with_a_shape_of_its_own_are_not_chosen(slug: str, panitia: Actor, kind: ExportKind) -> None:
    with pytest.raises(ColumnsUnknown):
        asked(kind, ExportFormat.CSV, panitia, columns=["nip"], diklat=slug)


def test_a_column_that_is_not_there_is_told(slug: str, panitia: Actor, settings: Settings, client_of: Opener) -> None:
    id = asked(ExportKind.PARTICIPANTS, ExportFormat.CSV, panitia, columns=["NIP", "Gaji"])
    tasks.make_due(settings)
    assert export(id).state is WorkState.FAILED
    client = client_of(panitia.person_id)
    assert "Kolom itu tidak ada pada daftar ini." in client.get("/kelola/ekspor").get_data(as_text=True)
    wanted = {"jenis": "participants", "format": "csv", "kolom_participants": ["Gaji"]}
    assert client.post("/kelola/ekspor", data=wanted).status_code == 422


def test_csv_and_json_say_the_same(slug: str, panitia: Actor, settings: Settings) -> None:
    as_csv = asked(ExportKind.PARTICIPANTS, ExportFormat.CSV, panitia, diklat=slug)
    as_json = asked(ExportKind.PARTICIPANTS, ExportFormat.JSON, panitia, diklat=slug)
    assert tasks.make_due(settings) == 2
    raw = content(settings, as_csv)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert rows[1]["Nama tercetak"] == "'=HYPERLINK(1). Sri Mulyati"
    assert rows[1]["NIP"] == "19850101 201001 2 001"
    document = json.loads(content(settings, as_json))
    assert set(document) >= {"title", "definition", "unit", "period", "source", "updated", "place_codes", "count"}
    assert document["count"] == len(document["rows"]) == len(rows) == 2
    sri = dict(zip(document["columns"], document["rows"][1], strict=True))
    assert sri["NIP"] == NIP
    assert (str(sri["JP hadir"]), sri["Diklat"], sri["Mulai"]) == (
        rows[1]["JP hadir"], rows[1]["Diklat"], rows[1]["Mulai"],
    )  # fmt: skip


def test_the_attendance_list_has_room_to_sign(slug: str, panitia: Actor, settings: Settings) -> None:
    paper = asked(ExportKind.ATTENDANCE, ExportFormat.PDF, panitia, diklat=slug)
    table = asked(ExportKind.ATTENDANCE, ExportFormat.XLSX, panitia, diklat=slug)
    tasks.make_due(settings)
    text = pypdf.PdfReader(io.BytesIO(content(settings, paper))).pages[0].extract_text()
    assert "Daftar hadir" in text
    assert "Tanda tangan" in text
    assert "19850101 201001 2 001" in text
    diklat = diklat_queries.by_slug(slug)
    assert diklat is not None
    [session] = diklat_queries.sessions_of(diklat.id)
    for said in (house().letterhead_lines[0], diklat.title, f"Sesi {session.number}", "Mengetahui,", "Panitia"):
        assert said in text
    assert text.splitlines().count("hadir") == 1
    assert office_settings().place_of_issue in text
    sheet = openpyxl.load_workbook(io.BytesIO(content(settings, table)))["Data"]
    assert [cell.value for cell in sheet[1]][-1] == "Tanda tangan"
    assert [row[4] for row in sheet.iter_rows(min_row=2, values_only=True)] == [None, "hadir"]


def test_a_list_of_one_diklat_needs_one(panitia: Actor) -> None:
    with pytest.raises(DiklatNeeded):
        asked(ExportKind.ATTENDANCE, ExportFormat.PDF, panitia)


def test_register_and_history(slug: str, panitia: Actor, settings: Settings) -> None:
    id = db.session().scalars(sa.select(LiveSession.diklat_id)).one()
    with time_machine.travel(clock.now() + timedelta(days=4), tick=False):
        with db.transaction():
            states.close(id, actor=factories.SYSTEM, now=clock.now())
        certificate_tasks.issue_due(settings)
        register = asked(ExportKind.REGISTER, ExportFormat.JSON, panitia)
        history = asked(ExportKind.HISTORY, ExportFormat.JSON, panitia)
        tasks.make_due(settings)
        year = clock.local(clock.now()).year
    document = json.loads(content(settings, register))
    (paper,) = [dict(zip(document["columns"], row, strict=True)) for row in document["rows"]]
    assert (paper["Nama"], paper["Status"], paper["JP"]) == ("=HYPERLINK(1). Sri Mulyati", "Berlaku", 4)
    assert str(year) in paper["Nomor"]
    document = json.loads(content(settings, history))
    (course,) = [dict(zip(document["columns"], row, strict=True)) for row in document["rows"]]
    day = db.session().scalars(sa.select(LiveSession.local_date)).one()
    assert course == {
        "nip": NIP, "nama": "=HYPERLINK(1). Sri Mulyati", "jenisDiklatId": 3, "jenisKursusSertipikat": "T",
        "namaKursus": "Asesmen Formatif", "institusiPenyelenggara": "Dinas Pendidikan Kabupaten Banyumas",
        "nomorSertipikat": paper["Nomor"], "tanggalKursus": f"{day:%d-%m-%Y}",
        "tanggalSelesaiKursus": f"{day:%d-%m-%Y}", "tahunKursus": day.year, "jumlahJam": 4,
    }  # fmt: skip


def test_hours_of_narasumber(slug: str, panitia: Actor, settings: Settings) -> None:
    speaker = factories.person("Retno", Role.NARASUMBER).id
    with db.transaction() as session:
        live = session.scalars(sa.select(LiveSession.id)).one()
        session.add(
            Assignment(live_session_id=live, person_id=speaker, state=AssignmentState.CONFIRMED, created_at=clock.now())
        )
    early = asked(ExportKind.HOURS, ExportFormat.JSON, panitia)
    tasks.make_due(settings)
    assert json.loads(content(settings, early))["rows"] == []
    with time_machine.travel(clock.now() + timedelta(days=3), tick=False):
        later = asked(ExportKind.HOURS, ExportFormat.JSON, panitia)
        tasks.make_due(settings)
    document = json.loads(content(settings, later))
    (row,) = [dict(zip(document["columns"], row, strict=True)) for row in document["rows"]]
    assert (row["Nama"], row["Sebagai"], row["Menit"], row["JP"]) == ("Retno", "Narasumber", 180, 4)


def test_counts_in_every_format_and_as_their_asker_sees_them(slug: str, settings: Settings) -> None:
    head = factories.actor(factories.person("Kepala", Role.PIMPINAN))
    ids = {
        format: asked(ExportKind.PARTICIPATION, format, head, by=[Dimension.SEX, Dimension.MONTH])
        for format in rules.LISTED
    }
    tasks.make_due(settings)
    made = {format: content(settings, id) for format, id in ids.items()}
    assert json.loads(made[ExportFormat.JSON])["total"] == {"kepesertaan": 2, "peserta_unik": 2}
    assert made[ExportFormat.CSV].decode("utf-8-sig").splitlines()[1].endswith("2;2")
    assert openpyxl.load_workbook(io.BytesIO(made[ExportFormat.XLSX])).sheetnames == ["Keterangan", "Partisipasi"]
    assert "Laporan partisipasi" in pypdf.PdfReader(io.BytesIO(made[ExportFormat.PDF])).pages[0].extract_text()


def test_stage_holds_for_the_list_of_participants(slug: str, panitia: Actor, settings: Settings) -> None:
    id = asked(ExportKind.PARTICIPANTS, ExportFormat.JSON, panitia, stage=Stage.ATTENDED)
    tasks.make_due(settings)
    assert [row[1] for row in json.loads(content(settings, id))["rows"]] == ["Sri Mulyati"]


def test_names_are_for_the_committee(slug: str, settings: Settings) -> None:
    head = factories.actor(factories.person("Kepala", Role.PIMPINAN))
    with pytest.raises(KindNotAllowed):
        asked(ExportKind.PARTICIPANTS, ExportFormat.CSV, head)


def test_a_right_lost_meanwhile_counts(slug: str, panitia: Actor, settings: Settings) -> None:
    id = asked(ExportKind.PARTICIPANTS, ExportFormat.CSV, panitia)
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == panitia.person_id).values(active=False))
    tasks.make_due(settings)
    assert (export(id).state, export(id).last_error) == (WorkState.FAILED, "no_longer_allowed")


def test_no_more_than_five_at_once(panitia: Actor) -> None:
    for _ in range(services.MOST_OPEN):
        asked(ExportKind.REGISTER, ExportFormat.CSV, panitia)
    with pytest.raises(TooManyExports):
        asked(ExportKind.REGISTER, ExportFormat.CSV, panitia)


def drafts(settings: Settings) -> list[Path]:
    return list(tasks.shelf(settings).root.glob(".draft-*"))


def test_stopped_before_and_in_the_middle(
    slug: str, panitia: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = asked(ExportKind.PARTICIPANTS, ExportFormat.CSV, panitia)
    with db.transaction():
        services.stop(waiting, actor=panitia, now=clock.now())
    assert export(waiting).state is WorkState.DROPPED
    assert tasks.make_due(settings) == 0
    id = asked(ExportKind.PARTICIPANTS, ExportFormat.CSV, panitia)
    monkeypatch.setattr(listing, "BATCH", 1)
    first = lists.LISTS[ExportKind.PARTICIPANTS].cells

    def then_stopped(self: object, ids: list[int]) -> object:
        found = first(self, ids)
        with db.transaction():
            services.stop(id, actor=panitia, now=clock.now())
        return found

    monkeypatch.setattr(lists.participants.Participants, "cells", then_stopped)
    assert tasks.make_due(settings) == 1
    found = export(id)
    assert (found.state, found.written, found.total, found.ready) == (WorkState.DROPPED, 0, 2, False)
    assert not tasks.shelf(settings).path(found.code).exists()
    assert drafts(settings) == []
    with db.transaction(), pytest.raises(ExportOver):
        services.stop(id, actor=panitia, now=clock.now())


@pytest.fixture
def little_room() -> Iterator[None]:
    """No file may grow past a few bytes, as on a full disk; databases are not files of this kind in PostgreSQL alone."""
    was = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, was)


@pytest.mark.parametrize("format", rules.LISTED)
def test_a_full_disk_leaves_no_half_file_and_is_tried_again(
    slug: str, panitia: Actor, settings: Settings, format: ExportFormat, monkeypatch: pytest.MonkeyPatch,
    little_room: None,
) -> None:  # fmt: skip
    from calakan.reports.documents import making

    id = asked(ExportKind.PARTICIPANTS, format, panitia)
    write = making.write

    def cramped(*args: object, **kwargs: Any) -> None:
        rows = list(lists.participants.Participants.cells(listing_of(panitia), enrolments()).items())
        monkeypatch.setattr(lists.participants.Participants, "cells", lambda self, ids: dict(rows))
        monkeypatch.setattr(making, "_asker", lambda order: (panitia, "Panitia"))
        order = args[0]
        args = (order, args[1], lambda written, total: None)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
        try:
            write(*args, **kwargs)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    monkeypatch.setattr(making, "write", cramped)
    assert tasks.make_due(settings) == 1
    found = export(id)
    assert (found.state, found.attempts, found.last_error) == (WorkState.PENDING, 1, "storage_full")
    assert found.due_at > clock.now()
    assert not tasks.shelf(settings).path(found.code).exists()
    assert drafts(settings) == []
    monkeypatch.undo()
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        assert tasks.sweep(settings) == 1
    assert content(settings, id)


def listing_of(actor: Actor) -> lists.participants.Participants:
    return lists.participants.Participants(Filters(), actor=actor, now=clock.now())


def enrolments() -> list[int]:
    return listing.scalars(stages.shares([], Filters()).with_only_columns(Enrolment.id))


def test_a_bucket_that_is_away_fails_no_file_however_long(slug: str, panitia: Actor, settings: Settings) -> None:
    id, now = asked(ExportKind.PARTICIPANTS, ExportFormat.CSV, panitia), clock.now()
    away = replace(settings, files_url="s3://a:b@calakan?endpoint=http://127.0.0.1:1")
    for minutes in range(0, 5 * (claims.MOST_ATTEMPTS + 1), 5):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert tasks.make_due(away) == 1
        found = export(id)
        assert (found.state, found.attempts, found.last_error) == (WorkState.PENDING, 0, "export_not_made")
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        assert tasks.make_due(settings) == 1
        assert content(settings, id)


def test_too_long_to_print(slug: str, panitia: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printed, "MOST_ROWS", 1)
    id = asked(ExportKind.PARTICIPANTS, ExportFormat.PDF, panitia)
    tasks.make_due(settings)
    assert (export(id).state, export(id).last_error) == (WorkState.FAILED, "too_long_to_print")
    assert not tasks.shelf(settings).path(export(id).code).exists()


def test_too_long_for_a_sheet(slug: str, panitia: Actor, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 1)
    ids = {format: asked(ExportKind.PARTICIPANTS, format, panitia) for format in (ExportFormat.XLSX, ExportFormat.CSV)}
    tasks.make_due(settings)
    made = {format: export(id) for format, id in ids.items()}
    assert (made[ExportFormat.XLSX].state, made[ExportFormat.XLSX].last_error) == (
        WorkState.FAILED,
        "too_long_for_sheet",
    )
    assert not tasks.shelf(settings).path(made[ExportFormat.XLSX].code).exists()
    assert len(content(settings, ids[ExportFormat.CSV]).splitlines()) == 3


@pytest.mark.parametrize("kind", [ExportKind.PARTICIPANTS, ExportKind.PARTICIPATION, ExportKind.REGISTER])
def test_filters_that_match_nothing_make_whole_files_of_nobody(
    slug: str, panitia: Actor, settings: Settings, kind: ExportKind
) -> None:
    ids = {format: asked(kind, format, panitia, diklat="tidak-ada") for format in rules.LISTED}
    tasks.make_due(settings)
    made = {format: content(settings, id) for format, id in ids.items()}
    assert len(made[ExportFormat.CSV].decode("utf-8-sig").splitlines()) == 1
    assert json.loads(made[ExportFormat.JSON])["rows"] == []
    book = openpyxl.load_workbook(io.BytesIO(made[ExportFormat.XLSX]))
    rows = list(book.worksheets[1].iter_rows(min_row=2, values_only=True))
    assert [row for row in rows if any(cell is not None for cell in row)] == []
    assert len(pypdf.PdfReader(io.BytesIO(made[ExportFormat.PDF])).pages) == 1


def test_files_go_when_their_time_is_over(slug: str, panitia: Actor, settings: Settings) -> None:
    id = asked(ExportKind.REGISTER, ExportFormat.CSV, panitia)
    tasks.make_due(settings)
    path = tasks.shelf(settings).path(export(id).code)
    with time_machine.travel(clock.now() + timedelta(days=29), tick=False):
        assert tasks.forget(settings) == 0
    assert path.exists()
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert tasks.forget(settings) == 1
    assert not path.exists()
    assert not export(id).ready


Opener = Callable[[int | None], FlaskClient]


def test_a_roster_leads_to_the_whole_list_on_paper(slug: str, panitia: Actor, client_of: Opener) -> None:
    browser = client_of(panitia.person_id)
    page = browser.get(f"/kelola/diklat/{slug}/peserta").get_data(as_text=True)
    link = re.search(r'href="(/kelola/ekspor[?][^"]*)"', page)
    assert link is not None
    form = browser.get(html.unescape(link[1])).get_data(as_text=True)
    for chosen in ("participants", "pdf", slug):
        assert f'<option value="{chosen}" selected>' in form


def test_the_page_from_asking_to_download(slug: str, panitia: Actor, settings: Settings, client_of: Opener) -> None:
    client = client_of(panitia.person_id)
    wrong = client.post("/kelola/ekspor", data={"jenis": "attendance", "format": "pdf"})
    assert wrong.status_code == 422
    assert "Pilih diklatnya" in wrong.get_data(as_text=True)
    reversed_days = {"jenis": "register", "format": "csv", "dari": "2026-11-30", "sampai": "2026-11-01"}
    assert client.post("/kelola/ekspor", data=reversed_days).status_code == 422
    assert client.post("/kelola/ekspor", data={"jenis": "participants", "format": "csv"}).status_code == 303
    assert "Sedang dibuat" in client.get("/kelola/ekspor").get_data(as_text=True)
    assert client.get("/kelola/ekspor/kemajuan").status_code == 200
    code = db.session().scalars(sa.select(Export.code)).one()
    assert client.get(f"/kelola/ekspor/{code}/unduh").status_code == 404
    tasks.make_due(settings)
    assert client.get("/kelola/ekspor/kemajuan").status_code == 204
    assert "Unduh<span" in client.get("/kelola/ekspor").get_data(as_text=True)
    answer = client.get(f"/kelola/ekspor/{code}/unduh")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=peserta-")
    assert answer.headers["Cache-Control"] == "no-store"
    db.db.session.remove()
    acts = (
        db.session()
        .scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("reports.%")).order_by(AuditEntry.id))
        .all()
    )
    assert acts == ["reports.ask_export", "reports.download"]
    other = factories.person("Panitia Lain", Role.PANITIA).id
    assert client_of(other).get(f"/kelola/ekspor/{code}/unduh").status_code == 404
    assert client_of(other).post(f"/kelola/ekspor/{code}/hapus").status_code == 404
    assert client.post(f"/kelola/ekspor/{code}/hapus").status_code == 303
    assert client.get(f"/kelola/ekspor/{code}/unduh").status_code == 404


def test_memory_stays_flat_by_reading_in_batches(slug: str, panitia: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[int] = []
    monkeypatch.setattr(listing, "BATCH", 1)
    cells = lists.participants.Participants.cells
    monkeypatch.setattr(
        lists.participants.Participants, "cells", lambda self, ids: asked_for.append(len(ids)) or cells(self, ids)
    )
    one = listing_of(panitia)
    steps: list[int] = []
    names = [row[1] for row in one.rows(one.ids(), steps.append)]
    assert names == ["Budi Santoso", "Sri Mulyati"]
    assert (asked_for, steps) == ([1, 1], [0, 1, 2])
