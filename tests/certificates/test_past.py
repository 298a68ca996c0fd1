"""Old diklat by a list: what is kept and what waits with its reason, checked by number, never given again, taken back whole."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.certificates import numbering, words
from calakan.certificates.errors import DatesTurned, PastNotOver
from calakan.certificates.models import PastPaper, PastState
from calakan.certificates.past import reading, services
from calakan.certificates.past.reading import Row, Why
from calakan.cli import history as commands
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.errors import NotFound
from calakan.office.services import change_settings
from calakan.tables.errors import TableUnreadable
from tests import factories
from tests.certificates.issuing import issued

Opener = Callable[[int | None], FlaskClient]
HEAD = "Timestamp;Nama Lengkap;No. Sertifikat;Asal Sekolah;Email\n"
GOOD = (
    HEAD + "1/3/2024;Sri Mulyati, S.Pd.;001/LAMA/2024;SDN 1 Karangjati;sri@example.org\n2/3/2024;Budi;002/LAMA/2024;;\n"
)


def judged(*lines: str, head: str = "nama;nomor sertifikat;unit kerja;jp;peran") -> list[tuple[int, str, int | None]]:
    found = reading.rows("\n".join([head, *lines]).encode())
    return [(row.line, row.why, row.other) for row in found]


def store(text: str = GOOD, title: str = "Numerasi Dasar", **days: date) -> int:
    span = {"since": date(2024, 3, 1), "until": date(2024, 3, 2), **days}
    with db.transaction():
        return services.store(
            text.encode(), title=title, jp=8, file_name="lama.csv", actor=factories.SYSTEM, now=clock.now(), **span
        ).id


def keep(list_id: int) -> int:
    with db.transaction():
        return services.keep(list_id, actor=factories.SYSTEM, now=clock.now())


def undo(list_id: int) -> int:
    with db.transaction():
        return services.undo(list_id, reason="keliru", actor=factories.SYSTEM, now=clock.now())


def rows(list_id: int) -> list[Row]:
    db.session().rollback()
    held = services.by_id(list_id)
    assert held is not None
    return services.rows_of(held)


def count() -> int:
    db.session().rollback()
    return db.session().scalar(sa.select(sa.func.count()).select_from(PastPaper)) or 0


def test_each_line_that_is_not_understood_waits_with_its_reason() -> None:
    assert judged("Ani;1/A;SDN 1;8;peserta", "Budi;2/A;;;") == [(2, "", None), (3, "", None)]
    long = "x" * 201
    for line, why in (
        (";3/A;;;", Why.NO_NAME), ("...;3/A;;;", Why.NO_NAME), (f"{long};3/A;;;", Why.LONG),
        (f"Ani;{'9' * 30}{long};;;", Why.LONG), (f"Ani;3/A;{long};;", Why.LONG), ("Ani;4,5E+11;;;", Why.DAMAGED),
        ("Ani;3/A;;delapan;", Why.JP), ("Ani;3/A;;0;", Why.JP), ("Ani;3/A;;1000;", Why.JP), ("Ani;3/A;;-1;", Why.JP),
        ("Ani;3/A;;;ketua", Why.ROLE), ("Ani;3/A;;;hadir", Why.ROLE), ("A\u202eni;3/A;;;", Why.MARKS),
    ):  # fmt: skip
        assert judged(line) == [(2, why, None)], line
    assert all(words.why_left(Row(1, "A", why=why, other=2, said="x")) for why in Why)


def test_doubles_within_a_list_name_each_other_and_nobody_is_guessed() -> None:
    assert judged("Ani, S.Pd.;1/A;;;", "ANI, s.pd;1 / a;;;") == [(2, "", None), (3, Why.AGAIN, 2)]
    assert judged("Ani;1/A;;;", "Budi;1/A;;;") == [(2, Why.CLASH, 3), (3, Why.CLASH, 2)]
    assert judged("Ani;;SDN 1;;", "Ani;;SDN 2;;", "ani;;sdn 1;;") == [(2, "", None), (3, "", None), (4, Why.ALIKE, 2)]
    assert judged("Ani;;;;narasumber", "Ani;;;;") == [(2, "", None), (3, "", None)]


def test_a_file_without_names_or_with_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_LINES", 2)
    assert len(reading.rows(b"nama\nAni\nBudi\n")) == 2
    for text in ("nomor sertifikat\n1/A\n", "", "nama\nAni\nBudi\nCici\n"):
        with pytest.raises(TableUnreadable):
            reading.rows(text.encode())


def test_a_workbook_with_numbers_and_dates_that_excel_made(app: Flask) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Daftar penerima"])
    sheet.append(["No", "NAMA", "Nomor Sertifikat"])
    sheet.append([1, "Ani", date(2024, 5, 1)])
    sheet.append([2, "Budi", 12345678901234567890])
    sheet.append([3, "Citra", 417])
    out = io.BytesIO()
    book.save(out)
    found = reading.rows(out.getvalue())
    assert [(row.line, row.why, row.number) for row in found if not row.why] == [(5, "", "417")]
    assert [row.why for row in found[:2]] == [Why.DAMAGED, Why.DAMAGED]


def test_a_list_is_kept_once_and_taken_back_whole(app: Flask) -> None:
    id = store(GOOD + ";;003/LAMA/2024;;\n")
    assert store(GOOD + ";;003/LAMA/2024;;\n") == id
    assert count() == 0
    assert keep(id) == 2
    assert keep(id) == 0
    assert [(row.line, row.why) for row in rows(id)] == [(4, Why.NO_NAME)]
    kept = db.session().scalars(services.papers(id)).all()
    assert [(row.line, row.name, row.number, row.place, row.jp) for row in kept] == [
        (2, "Sri Mulyati, S.Pd.", "001/LAMA/2024", "SDN 1 Karangjati", 8),
        (3, "Budi", "002/LAMA/2024", "", 8),
    ]
    assert services.totals(None, None) == (2, 1)
    assert services.totals(date(2024, 3, 2), None) == services.totals(None, date(2024, 2, 29)) == (0, 0)
    # The same people in another file, and a number that somebody else has.
    other = store(GOOD.replace("Budi", "Bayu"), "Numerasi Lanjut")
    assert [row.why for row in rows(other)] == [Why.KNOWN, Why.TAKEN]
    assert (undo(id), undo(id)) == (2, 0)
    assert (count(), rows(id)) == (0, [])
    assert store(GOOD + ";;003/LAMA/2024;;\n") != id
    told = db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.act.like("%past"))).all()
    assert sorted(told) == sorted([*["certificates.read_past"] * 3, "certificates.keep_past", "certificates.undo_past"])
    for deed in (keep, undo):
        with pytest.raises(NotFound):
            deed(9999)


def test_two_lists_that_were_looked_at_give_a_number_once(app: Flask) -> None:
    first, second = store(), store(title="Salinan")
    assert (keep(first), keep(second)) == (2, 0)
    assert [row.why for row in rows(second)] == [Why.KNOWN, Why.KNOWN]
    third = store(GOOD.replace("LAMA", "LAIN"), title="Lain")
    assert (keep(third), undo(first)) == (2, 2)
    assert services.counts([first, second, third]) == {third: 2}


def test_days_that_make_no_history_are_refused(app: Flask) -> None:
    with pytest.raises(DatesTurned):
        store(since=date(2024, 3, 3))
    with pytest.raises(PastNotOver):
        store(until=clock.today())
    store(until=clock.today() - timedelta(days=1))


def test_an_old_number_is_never_given_again_and_ours_is_not_taken(app: Flask) -> None:
    with db.transaction():
        change_settings(number_pattern="{urut:03}/LAMA/{tahun}", actor=factories.SYSTEM, now=clock.now())
    year = clock.today().year
    assert keep(store(f"nama;nomor sertifikat\nAni;001 / lama/{year}\n")) == 1
    assert numbering.past.borne([f"001/LAMA/{year}", f"002/LAMA/{year}"]) == {f"001/LAMA/{year}"}
    paper = issued(app, "Sri Mulyati")
    assert paper.number == f"002/LAMA/{year}"
    assert [row.why for row in rows(store(f"nama;nomor sertifikat\nAni;002/lama/{year}\n"))] == [Why.TAKEN]


def test_an_old_number_is_checked_by_anybody_and_its_name_by_who_knows_it(app: Flask, client_of: Opener) -> None:
    keep(store())
    browser = client_of(None)
    page = browser.get("/periksa?no=001/lama/2024").get_data(as_text=True)
    assert "Diterbitkan di luar sistem" in page
    assert "S** M******" in page
    assert "Karangjati" not in page
    assert "tidak cocok" in browser.get("/periksa?no=001/lama/2024&nama=Budi").get_data(as_text=True)
    page = browser.get("/periksa?no=001/LAMA/2024&nama=sri+mulyati").get_data(as_text=True)
    for said in ("Sri Mulyati, S.Pd.", "Numerasi Dasar", "SDN 1 Karangjati", "8 JP"):
        assert said in page
    assert "Sertifikat sah" not in page
    assert browser.get("/periksa?no=009/LAMA/2024").status_code == 404


def test_the_pages_show_before_they_keep_and_say_what_waits(app: Flask, client_of: Opener) -> None:
    browser = client_of(factories.person("Rina", Role.PANITIA).id)
    form = {"title": "Numerasi Dasar", "since": "2024-03-01", "until": "2024-03-02", "jp": ""}
    assert browser.post("/kelola/riwayat", data=form).status_code == 422
    broken = {**form, "file": (io.BytesIO(b"kolom\nx\n"), "lama.csv")}
    refused = browser.post("/kelola/riwayat", data=broken)
    assert refused.status_code == 422
    assert "Numerasi Dasar" in refused.get_data(as_text=True)
    text = GOOD + ";;003/LAMA/2024;;\n"
    sent = browser.post("/kelola/riwayat", data={**form, "file": (io.BytesIO(text.encode()), "lama.csv")})
    here = sent.headers["Location"]
    page = browser.get(here).get_data(as_text=True)
    assert "2 orang siap didaftarkan, 1 baris menunggu." in page
    assert "Namanya kosong." in page
    assert count() == 0
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{here}/ditolak.xlsx").data))
    assert next(iter(book.active.iter_rows(values_only=True, min_row=2)))[0] == 4
    browser.post(f"{here}/daftarkan")
    assert "2 orang terdaftar pada riwayat." in browser.get(here).get_data(as_text=True)
    report = re.sub(r"<[^>]*>", "", browser.get("/kelola/laporan?dari=&sampai=").get_data(as_text=True))
    assert "2 kali ikut pada 1 diklat tercatat di riwayat" in " ".join(report.split())
    assert browser.post(f"{here}/batalkan", data={"reason": " "}).status_code == 422
    assert count() == 2
    browser.post(f"{here}/batalkan", data={"reason": "Daftar keliru"})
    assert "Ditarik kembali" in browser.get("/kelola/riwayat").get_data(as_text=True)
    assert count() == 0


def test_the_command_line_does_the_same(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "application", app.app_context)
    file = tmp_path / "lama.csv"
    file.write_text(GOOD + ";;003/LAMA/2024;;\n")
    asked = ["import", str(file), "--title", "Numerasi", "--from", "2024-03-01", "--to", "2024-03-02"]
    dry = CliRunner().invoke(commands.history, [*asked, "--dry-run"])
    assert (dry.exit_code, "would keep 2 of 3 lines" in dry.output) == (1, True)
    assert count() == 0
    done = CliRunner().invoke(commands.history, [*asked, "--json"])
    told = json.loads(done.output)
    assert (done.exit_code, told["kept"], told["left"]) == (1, 2, [{"line": 4, "name": "", "why": "no_name"}])
    assert (
        f"{told['list']}: Numerasi, 2024-03-01 to 2024-03-02, kept, 2"
        in CliRunner().invoke(commands.history, ["list"]).output
    )
    gone = CliRunner().invoke(commands.history, ["undo", str(told["list"]), "--reason", "keliru"])
    assert "2 papers taken back" in gone.output
    assert CliRunner().invoke(commands.history, ["undo", "9999", "--reason", "x"]).exit_code == 1
    assert count() == 0
    assert [row.state for row in db.session().scalars(services.every())] == [PastState.UNDONE]


@pytest.mark.parametrize(
    ("line", "why", "jp"),
    [
        ("Ani;1/A;;32 JP;", "", 32), ("Ani;1/A;;32 jam pelajaran;", "", 32), ("Ani;1/A;;32JP;", "", 32), ("Ani;1/A;;32,0;", "", 32),
        ("Ani;1/A;;32.00;", "", 32), ("Ani;1/A;;32,5;", "jp", None), ("Ani;1/A;;0 JP;", "jp", None), ("Ani;1/A;;32 menit;", "jp", None),
        ("Ani;1/A;;16+16;", "jp", None), ("1;2;3;4;", "no_person", None), ("Jumlah;;;64;", "no_person", None),
        ("Kepala Dinas Pendidikan;;;;", "no_person", None), ("Mengetahui,;;;;", "no_person", None), ("NIP 196501311986012001;;;;", "no_person", None),
        ("#N/A;1/A;;;", "marks", None), ("Ani;#REF!;;;", "marks", None), ("Drs.Suparno S.Pd;1/A;;;Peserta", "", None),
        ("Ani;1/A;;;NARASUMBER", "", None), ("Ani;1/A;;;Pemateri", "role", None), ("Ani;1,2E+11;;;", "damaged", None),
    ],
)  # fmt: skip
def test_old_lists_as_offices_keep_them(line: str, why: str, jp: int | None) -> None:
    (row,) = reading.rows(f"nama;nomor sertifikat;unit kerja;jp;peran\n{line}\n".encode())
    assert (row.why, row.jp) == (why, jp)
