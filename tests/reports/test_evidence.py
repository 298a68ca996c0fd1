"""The evidence report by hand: what it holds, what it leaves out; and the files that come each month."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.models import ExamKind
from calakan.assessment.services import exams, scores
from calakan.attendance import services as attendance
from calakan.diklat.models import LiveSession
from calakan.enrolment import services as enrolment
from calakan.feedback.models import SessionAnswer
from calakan.kernel import clock, db
from calakan.kernel.actor import Role, system
from calakan.kernel.claims import WorkState
from calakan.narasumber.models import Assignment, AssignmentState
from calakan.notifications.models import Message
from calakan.notifications.tasks import deliver_due
from calakan.people.models import Person
from calakan.reports import costs, schedules, tasks
from calakan.reports.documents.dossier import document
from calakan.reports.documents.evidence import Section, evidence
from calakan.reports.documents.writing import workbook
from calakan.reports.errors import AlreadyScheduled, KindNotAllowed
from calakan.reports.models import Export, ExportFormat, ExportKind
from tests import factories

EVERYONE = system("test")
THEN = datetime(2026, 3, 2, 3, tzinfo=UTC)
Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def held(app: Flask) -> int:
    """On 5 March: three enrolled, two there, one of them from elsewhere; a narasumber for three hours."""
    with time_machine.travel(THEN, tick=False):
        course = factories.diklat("Numerasi", days=3).id
        live = db.session().scalars(sa.select(LiveSession.id)).one()
        people = [factories.person(name).id for name in ("Ani", "Budi", "Cici")]
        speaker = factories.person("Retno", Role.NARASUMBER).id
        for person_id in people:
            with db.transaction():
                enrolment.join(course, person_id, actor=factories.SYSTEM, now=clock.now())
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == people[0]).values(kabupaten_elsewhere="Cilacap"))
            session.add(
                Assignment(
                    live_session_id=live, person_id=speaker, state=AssignmentState.CONFIRMED, created_at=clock.now()
                )
            )
    with time_machine.travel(THEN + timedelta(days=4), tick=False), db.transaction():
        attendance.mark_by_hand(
            live, people[:2], present=True, reason="Terlihat", actor=factories.SYSTEM, now=clock.now()
        )
    return live


def sections(**period: date | None) -> dict[str, Section]:
    with time_machine.travel(THEN + timedelta(days=30), tick=False):
        made = evidence(period.get("since"), period.get("until"), visible_to=EVERYONE, now=clock.now())
    return {section.title: section for section in made.sections}


def answers(live: int, count: int) -> None:
    """Of which whole fives count."""
    with db.transaction() as session:
        session.add_all(
            SessionAnswer(
                live_session_id=live,
                mastery=4,
                delivery=3,
                interaction=4 - n % 2,
                timing=2,
                answered_on=THEN.date(),
                counted=n < count // 5 * 5,
            )
            for n in range(count)
        )


def test_hand_count(held: int) -> None:
    answers(held, 6)
    with db.transaction():
        costs.save(2026, 3_000_000, note="Konsumsi", actor=EVERYONE, now=clock.now())
    found = sections(since=date(2026, 1, 1), until=date(2026, 12, 31))
    assert found["Jangkauan"].rows[:3] == [["Peserta unik", 3], ["Kali ikut", 3], ["Diklat", 1]]
    assert found["Tren tahunan"].rows == [["2026", 3, 3]]
    assert found["Tren triwulan"].rows == [["Triwulan I 2026", 3, 3]]
    assert [row[1:] for row in found["Kelulusan"].rows] == [[3, 100.0], [2, 66.7], [2, 66.7], [0, 0.0]]
    assert [row[1] for row in found["Kepuasan"].rows] == [4.0, 3.0, 3.6, 2.0]
    assert found["Kerja relawan"].rows == [["Relawan", 1], ["Penugasan", 1], ["Jam relawan", 3.0]]
    assert found["Biaya"].rows == [["2026", 3_000_000, 1_000_000, 1_000_000, "Konsumsi"]]
    assert found["Peserta dari luar kabupaten"].rows == [["Cilacap", 1, 1]]


def test_what_has_no_data_is_left_out(held: int) -> None:
    answers(held, 4)  # fewer than five answers would tell on people
    assert {"Kepuasan", "Biaya", "Menurut bidang"}.isdisjoint(sections())
    assert sections(since=date(2027, 1, 1)) == {}
    with db.transaction():
        costs.save(2026, 3_000_000, note="", actor=EVERYONE, now=clock.now())
    # Half a year has no cost of its own.
    assert "Biaya" not in sections(since=date(2026, 1, 1), until=date(2026, 6, 30))


def scored(count: int) -> int:
    """A diklat in which this many people sat the test before and the one after; the id."""
    with time_machine.travel(THEN, tick=False):
        course = factories.diklat("Literasi", days=3).id
        ids = [factories.person(f"Guru {n}").id for n in range(count + 1)]
        for person_id in ids:
            with db.transaction():
                enrolment.join(course, person_id, actor=factories.SYSTEM, now=clock.now())
        plan = exams.ExamPlan(
            title="Tes", opens_at=THEN, closes_at=THEN + timedelta(days=1), attempts_allowed=1, minutes=None,
            pass_score=None,
        )  # fmt: skip
        # The last one sat only the first test.
        for kind, marks in (
            (ExamKind.PRE, dict.fromkeys(ids, 40.0)),
            (ExamKind.POST, {id: 70.0 + 5 * n for n, id in enumerate(ids[:count])}),
        ):
            with db.transaction():
                made = exams.set_exam(course, kind, plan, actor=factories.SYSTEM, now=THEN)
                scores.import_scores(made.id, marks, source="Forms", actor=factories.SYSTEM, now=THEN)
    return course


def test_what_was_learned_where_tests_were_held(held: int) -> None:
    scored(5)
    found = sections(since=date(2026, 3, 1), until=date(2026, 3, 31))["Peningkatan hasil tes"]
    assert found.rows == [
        ["Diklat dengan tes awal dan akhir", 1],
        ["Peserta dengan kedua tes", 5],
        ["Rata-rata tes awal", 40.0],
        ["Rata-rata tes akhir", 80.0],
        ["Kenaikan", 40.0],
        ["N-gain", 0.67],
    ]
    assert "Peningkatan hasil tes" not in sections(since=date(2026, 5, 1))


def test_scores_of_fewer_than_five_are_left_out(held: int) -> None:
    scored(4)
    assert "Peningkatan hasil tes" not in sections()


def test_paper_and_workbook_hold_the_same(held: int, tmp_path: Path) -> None:
    made = evidence(None, None, visible_to=EVERYONE, now=clock.now())
    document.write_pdf(made, tmp_path / "bukti.pdf")
    workbook.write_xlsx(made, tmp_path / "bukti.xlsx")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "bukti.pdf").pages)
    book = openpyxl.load_workbook(tmp_path / "bukti.xlsx")
    assert book.sheetnames == ["Keterangan", *(section.title for section in made.sections)]
    for section in made.sections:
        assert section.title in text
        rows = [list(row) for row in book[section.title].iter_rows(min_row=2, values_only=True)]
        assert rows == [list(row) for row in section.rows]


def test_one_button_makes_the_file(held: int, client_of: Opener, app: Flask) -> None:
    client = client_of(factories.person("Kepala", Role.PIMPINAN).id)
    assert client.get("/kelola/laporan/bukti").status_code == 200
    data = {"jenis": "evidence", "format": "csv", "dari": "2026-01-01"}
    assert client.post("/kelola/ekspor", data=data).status_code == 422
    assert client.post("/kelola/ekspor", data={**data, "format": "pdf"}).status_code == 303
    tasks.make_due(app.extensions["calakan.settings"])
    export = db.session().scalars(sa.select(Export)).one()
    answer = client.get(f"/kelola/ekspor/{export.code}/unduh")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "Laporan bukti" in pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()


def test_costs_are_typed_in(app: Flask, client_of: Opener) -> None:
    client = client_of(factories.person("Admin", Role.ADMIN).id)
    good = {"tahun": "2026", "rupiah": "25000000", "catatan": "Honor"}
    assert client.post("/kelola/laporan/bukti/biaya", data=good).status_code == 303
    assert client.post("/kelola/laporan/bukti/biaya", data={**good, "rupiah": "26000000"}).status_code == 303
    wrong = client.post("/kelola/laporan/bukti/biaya", data={**good, "rupiah": "-5"})
    assert wrong.status_code == 422
    assert [(row.year, row.rupiah) for row in costs.costs()] == [(2026, 26_000_000)]


def test_a_file_each_month_and_a_link_to_it(held: int, app: Flask) -> None:
    settings = app.extensions["calakan.settings"]
    head = factories.person("Kepala", Role.PIMPINAN).id
    with time_machine.travel(datetime(2026, 3, 20, tzinfo=UTC), tick=False):
        with db.transaction():
            schedules.add(head, ExportKind.EVIDENCE, ExportFormat.PDF, actor=EVERYONE, now=clock.now())
        with db.transaction(), pytest.raises(AlreadyScheduled):
            schedules.add(head, ExportKind.EVIDENCE, ExportFormat.PDF, actor=EVERYONE, now=clock.now())
        assert tasks.send_monthly(settings) == 0
    # 31 March 17.30 UTC is 1 April in Jakarta.
    with time_machine.travel(datetime(2026, 3, 31, 17, 30, tzinfo=UTC), tick=False):
        assert tasks.send_monthly(settings) == 1
        assert tasks.send_monthly(settings) == 0
        tasks.make_due(settings)
        deliver_due(settings)
    db.db.session.remove()
    export = db.session().scalars(sa.select(Export)).one()
    assert (export.state, export.asked_by_id) == (WorkState.DONE, head)
    assert (export.facts["since"], export.facts["until"]) == ("2026-03-01", "2026-03-31")
    mail = db.session().scalars(sa.select(Message).where(Message.kind == "reports.file_ready")).one()
    assert mail.person_id == head
    assert f"http://calakan.test/kelola/ekspor/{export.code}/unduh" in mail.body
    assert "1 s.d. 31 Maret 2026" in mail.body


def test_a_schedule_ends_with_the_right(app: Flask) -> None:
    head = factories.person("Kepala", Role.PIMPINAN).id
    with db.transaction(), pytest.raises(KindNotAllowed):
        schedules.add(head, ExportKind.PARTICIPANTS, ExportFormat.XLSX, actor=EVERYONE, now=clock.now())
    with db.transaction():
        schedules.add(head, ExportKind.EVIDENCE, ExportFormat.XLSX, actor=EVERYONE, now=clock.now())
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == head).values(active=False))
    with time_machine.travel(clock.now() + timedelta(days=40), tick=False):
        assert tasks.send_monthly(app.extensions["calakan.settings"]) == 0
    assert db.session().scalars(sa.select(Export)).all() == []


def test_the_admin_orders_and_ends_it(app: Flask, client_of: Opener) -> None:
    head = factories.person("Kepala", Role.PIMPINAN).id
    client = client_of(factories.person("Admin", Role.ADMIN).id)
    data = {"orang": str(head), "berkas": "evidence", "sebagai": "pdf"}
    assert client.post("/kelola/ekspor/bulanan", data={**data, "orang": ""}).status_code == 422
    assert client.post("/kelola/ekspor/bulanan", data=data).status_code == 303
    assert client.post("/kelola/ekspor/bulanan", data=data).status_code == 422
    schedule = schedules.all_schedules()[0].id
    assert client.post("/kelola/ekspor/bulanan/hapus", data={"id": str(schedule)}).status_code == 303
    db.db.session.remove()
    assert schedules.all_schedules() == []
