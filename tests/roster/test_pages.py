"""The panitia's pages of the roster, and the same from the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from calakan.cli import roster as commands
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.roster.models import RosterList
from tests import factories
from tests.roster import listing
from tests.roster.listing import NIPS, rows, text

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def panitia(client_of: Opener) -> FlaskClient:
    return client_of(factories.person("Rina", Role.PANITIA).id)


def sent(client: FlaskClient, content: bytes, **typed: str) -> str:
    """Where the answer to an upload leads, or its page."""
    data = {"source": "Dapodik", "as_of": clock.today().isoformat(), **typed, "file": (io.BytesIO(content), "guru.csv")}
    answer = client.post("/kelola/roster/daftar", data=data, content_type="multipart/form-data")
    return answer.headers["Location"] if answer.status_code == 303 else answer.get_data(as_text=True)


def test_a_list_is_sent_looked_at_applied_and_taken_back(panitia: FlaskClient) -> None:
    (npsn,) = listing.schools(1)
    content = text(f"Sri Mulyati;{NIPS[0]};;;;;;{npsn}", f"Rusak;1,98501E+17;;;;;;{npsn}")
    address = sent(panitia, content)
    assert "menunggu giliran" in panitia.get(address).get_data(as_text=True)
    assert panitia.get(f"{address}/kemajuan").status_code == 200
    id = int(address.rpartition("/")[2])
    listing.work(id)
    assert panitia.get(f"{address}/kemajuan").status_code == 204
    page = panitia.get(address).get_data(as_text=True)
    for words in ("1 baru, 1 menunggu", "Terapkan 1 baris", "Baris 3", "rusak oleh Excel: 1,98501E+17"):
        assert words in page
    assert panitia.post(f"{address}/terapkan").status_code == 303
    listing.work(id)
    listed = panitia.get("/kelola/roster?q=mulyati").get_data(as_text=True)
    assert "Sri Mulyati" in listed
    assert NIPS[0] not in listed
    assert "Sri Mulyati" in panitia.get(f"/kelola/roster?q={NIPS[0]}&masih=ada").get_data(as_text=True)
    assert "Sri Mulyati" not in panitia.get("/kelola/roster?masih=keluar").get_data(as_text=True)
    book = openpyxl.load_workbook(io.BytesIO(panitia.get(f"{address}/menunggu.xlsx").data))
    head, line = list(book.worksheets[0].iter_rows(values_only=True))
    told = dict(zip(head, line, strict=True))
    assert (told["nama"], told["nip"], told["npsn"], told["Baris asal"]) == ("Rusak", "1,98501E+17", npsn, 3)
    assert "rusak oleh Excel" in str(told["Alasan"])
    assert panitia.post(f"{address}/batalkan", data={"reason": ""}).status_code == 422
    assert panitia.post(f"{address}/batalkan", data={"reason": "keliru"}).status_code == 303
    listing.work(id)
    assert rows() == []
    assert "Ditarik kembali" in panitia.get("/kelola/roster/daftar").get_data(as_text=True)


def test_a_list_that_stopped_says_so_and_goes_on_with_one_button(panitia: FlaskClient) -> None:
    (npsn,) = listing.schools(1)
    id = listing.read(text(f"Sri;{NIPS[0]};;;;;;{npsn}"))
    address = f"/kelola/roster/daftar/{id}"
    assert panitia.post(f"{address}/terapkan").status_code == 303
    with db.transaction():
        db.session().execute(sa.update(RosterList).values(state=WorkState.FAILED, last_error="ZeroDivisionError"))
    page = panitia.get(address).get_data(as_text=True)
    assert "terhenti tiga kali" in page
    assert "Lanjutkan menerapkan" in page
    assert panitia.post(f"{address}/terapkan").status_code == 303
    listing.work(id)
    assert len(rows()) == 1


def test_a_difference_is_shown_with_numbers_masked(panitia: FlaskClient) -> None:
    one, other = listing.schools()
    listing.applied(text(f"Sri;{NIPS[0]};1234567890123456;;;Guru Kelas;;{one}"), days_ago=2)
    id = listing.read(text(f"Sri;{NIPS[2]};1234567890123456;;;Kepala Sekolah;;{other}"))
    page = panitia.get(f"/kelola/roster/daftar/{id}").get_data(as_text=True)
    assert "Jabatan: Guru kelas → <b>Kepala sekolah</b>" in page
    assert f"NIP: •••• {NIPS[0][-4:]} → <b>•••• {NIPS[2][-4:]}</b>" in page
    assert NIPS[2] not in page


def test_the_preview_names_the_columns_that_were_not_read(panitia: FlaskClient, here: None, tmp_path: Path) -> None:
    (npsn,) = listing.schools(1)
    content = f"nama;npsn;Tempat <lahir>;Agama\nSri;{npsn};Banyumas;Islam\n".encode()
    address = sent(panitia, content)
    listing.work(int(address.rpartition("/")[2]))
    assert "Kolom yang tidak dibaca: Tempat &lt;lahir&gt;, Agama." in panitia.get(address).get_data(as_text=True)
    file = tmp_path / "guru.csv"
    file.write_bytes(content)
    for more in ("--dry-run", "--as-of=2020-01-01"):
        said = CliRunner().invoke(commands.roster, ["import", str(file), more])
        assert (said.exit_code, "columns not read: Tempat <lahir>, Agama" in said.stderr) == (0, True)


def test_what_is_refused_stands_in_the_form_or_on_the_page(panitia: FlaskClient) -> None:
    assert "NPSN ini tidak dikenal" in sent(panitia, b"nama\nSri\n", npsn="99999999")
    assert "belum tiba" in sent(panitia, b"nama\nSri\n", as_of="2099-01-01")
    address = sent(panitia, b"satu;dua\n1;2\n")
    listing.work(int(address.rpartition("/")[2]))
    assert "Kolom nama tidak ditemukan" in panitia.get(address).get_data(as_text=True)
    assert panitia.get("/kelola/roster/daftar/99999").status_code == 404
    assert panitia.get(f"/kelola/roster/daftar/{2**40}").status_code == 404


def test_the_school_of_a_list_may_be_chosen(panitia: FlaskClient) -> None:
    (npsn,) = listing.schools(1)
    address = sent(panitia, b"nama\nSri\n", npsn=npsn)
    listing.work(int(address.rpartition("/")[2]))
    assert "1 baru" in panitia.get(address).get_data(as_text=True)


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(commands.roster, arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.fixture
def here(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "application", app.app_context)


def test_the_command_line_does_the_same(here: None, tmp_path: Path) -> None:
    (npsn,) = listing.schools(1)
    file, rest = tmp_path / "guru.csv", tmp_path / "sisa.xlsx"
    file.write_bytes(text(f"Sri;{NIPS[0]};;;;;;{npsn}", f"Rusak;12;;;;;;{npsn}"))
    code, said = run("import", str(file), "--dry-run")
    assert (code, rows()) == (1, [])
    assert "would be 1 new, 0 changed, 0 the same, 0 left, 1 waiting" in said
    code, said = run("import", str(file), "--json", "--waiting", str(rest))
    told = json.loads(said)
    assert (code, told["new"], told["waits"], [line["line"] for line in told["lines"]]) == (1, 1, 1, [3])
    assert openpyxl.load_workbook(rest).worksheets[0].max_row == 2
    assert [row.name for row in rows()] == ["Sri"]
    assert f"{told['list']}: guru.csv" in run("list")[1]
    assert run("undo", "99999", "--reason", "x")[0] == 1
    assert run("undo", str(told["list"]), "--reason", "x")[0] == 0
    assert rows() == []
    file.write_bytes(b"nama\nSri\n")
    assert run("import", str(file), "--npsn", "00000000")[0] == 1
    assert run("import", str(file), "--npsn", npsn, "--whole", "--as-of", "2026-01-31", "--source", "BKPSDM")[0] == 0
    assert [(row.source, row.as_of.isoformat()) for row in rows()] == [("BKPSDM", "2026-01-31")]
