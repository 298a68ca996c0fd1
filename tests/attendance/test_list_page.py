"""The panitia's page and the command line for lists of who was there."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import calakan.cli.attendance as door
from calakan.attendance import batches, services
from calakan.cli import cli
from calakan.diklat.models import Diklat, LiveSession, PresenceRule
from calakan.diklat.services import sessions
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories
from tests.attendance.test_codes import at
from tests.attendance.test_lists import SAMPLES, START, Meeting, sample
from tests.tables.test_reading import sheets_of

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def upload(client: FlaskClient, slug: str, *contents: bytes, **values: str):
    files = [(io.BytesIO(content), f"laporan{n}.csv") for n, content in enumerate(contents, start=1)]
    data = {"sesi": "2", "zona": "Asia/Jakarta", "nama": "y", "files": files, **values}
    return client.post(f"/kelola/diklat/{slug}/kehadiran/impor", data=data, content_type="multipart/form-data")


def test_a_list_is_looked_at_applied_given_and_taken_back(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    content = sample("zoom_meeting_participants") + b"Sugeng R.,,06/20/2022 09:00:00 AM,06/20/2022 11:30:00 AM,150,,,\n"
    answer = upload(panitia, meeting.slug, content)
    assert (answer.status_code, meeting.present()) == (303, set())
    address = answer.headers["Location"]
    page = panitia.get(address).get_data(as_text=True)
    ticked = re.findall(r'name="hadir" value="([0-9]+:[0-9A-Z]+)" checked', page)
    assert len(ticked) == 3
    assert "Pasti menurut nama" in page
    assert "Galaxy A12" in page
    (doubtful,) = re.findall(r'<option value="([0-9]+:[0-9A-Z]+)">\s*Sugeng Riyadi', page) or re.findall(
        r'name="hadir" value="([0-9]+:[0-9A-Z]+)">\s*<span>\s*<b>Sugeng', page
    )
    again = upload(panitia, meeting.slug, content)
    assert again.headers["Location"] == address
    assert "Tidak ada yang berubah" in panitia.get(address).get_data(as_text=True)
    answer = panitia.post(f"{address}/terapkan", data={"hadir": ticked[1:], "calon": [doubtful, ""]})
    assert answer.headers["Location"] == address
    assert len(meeting.present()) == 3
    assert "Sugeng Riyadi" in meeting.present()
    unknown = re.search(r"Galaxy A12.*?baris:([0-9]+)", page, re.DOTALL)
    assert unknown is not None
    found = panitia.get(f"{address}?baris={unknown[1]}&q=slam").get_data(as_text=True)
    (code,) = re.findall(r'name="orang" value="([0-9A-Z]+)"', found)
    panitia.post(f"{address}/beri", data={"baris": unknown[1], "orang": code})
    assert "Slamet" in meeting.present()
    page = panitia.get(address).get_data(as_text=True)
    assert "Sudah ditandai dari berkas ini (4)" in page
    panitia.post(f"{address}/batalkan", data={})
    assert meeting.present() == set()
    assert "Impor dibatalkan: 4 kehadiran dihapus." in panitia.get(address).get_data(as_text=True)
    panitia.post(f"{address}/terapkan", data={"hadir": ticked})
    assert "sudah dibatalkan" in panitia.get(address).get_data(as_text=True)
    assert meeting.present() == set()
    assert upload(panitia, meeting.slug, content).headers["Location"] != address


def test_a_list_whose_session_was_moved_says_what_to_do(meeting: Meeting, client_of: Opener) -> None:
    with at(START + timedelta(hours=2, minutes=29)):
        panitia, content = client_of(factories.person("Panitia", Role.PANITIA).id), sample("zoom_meeting_participants")
        address = upload(panitia, meeting.slug, content).headers["Location"]
        fallen = "Tanda hadir dari berkas ini tidak dihitung lagi"
        ticked = re.findall(
            r'name="hadir" value="([0-9]+:[0-9A-Z]+)" checked', panitia.get(address).get_data(as_text=True)
        )
        panitia.post(f"{address}/terapkan", data={"hadir": ticked})
        assert meeting.present()
        assert fallen not in panitia.get(address).get_data(as_text=True)
        row, by = db.session().get_one(LiveSession, meeting.id), timedelta(days=1)
        plan = sessions.SessionPlan(title=row.title, starts_at=row.starts_at + by, ends_at=row.ends_at + by, jp=row.jp)
        with db.transaction():
            sessions.change(meeting.id, plan, actor=factories.SYSTEM, now=clock.now())
        assert meeting.present() == set()
        assert fallen in panitia.get(address).get_data(as_text=True)
    with at(START + timedelta(days=1, hours=1)):
        panitia = client_of(factories.person("Ratri", Role.PANITIA).id)
        upload(panitia, meeting.slug, content)
        page = panitia.get(address).get_data(as_text=True)
        assert "Tidak ada yang berubah" in page
        assert fallen in page
        panitia.post(f"{address}/batalkan", data={})
        assert fallen not in panitia.get(address).get_data(as_text=True)


LIKELY = (
    "Nama,Surel,Waktu bergabung,Waktu keluar\n"
    "Dwi,peserta003@example.org,20/06/2022 09:00,20/06/2022 11:30\n"  # certain, and so not touched by the button
    "Slamet,,20/06/2022 09:00,20/06/2022 11:30\n"
    "Nur'aini,,20/06/2022 09:00,20/06/2022 11:30\n"
    "Dwi Handayanti,,20/06/2022 09:00,20/06/2022 11:30\n"  # stands on another line, so it is a choice
    "Sugeng R.,,20/06/2022 09:00,20/06/2022 09:10\n"  # too short
    "Galaxy A12,,20/06/2022 09:00,20/06/2022 11:30\n"
)


def test_all_that_are_likely_are_accepted_at_once_after_a_look(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    address = upload(panitia, meeting.slug, LIKELY.encode()).headers["Location"]
    page = panitia.get(address).get_data(as_text=True)
    assert "Terima semua yang mungkin (2)" in re.sub(r"\s+", " ", page)
    (shown,) = re.findall(r'<button class="btn btn-2" name="semua" value="([0-9,]+)">', page)
    id = int(address.rsplit("/", 1)[1])
    assert {int(line) for line in shown.split(",")} == batches.likely(batches.lines(id)).keys()
    assert page.index("Tandai hadir") < page.index('name="semua"')
    db.session().rollback()
    certain = re.findall(r'name="hadir" value="([0-9]+:[0-9A-Z]+)" checked', page)
    panitia.post(f"{address}/terapkan", data={"semua": shown, "hadir": certain, "calon": [""]})
    assert meeting.present() == {"Slamet", "Nur'aini"}
    page = panitia.get(address).get_data(as_text=True)
    assert "2 peserta ditandai hadir." in page
    assert 'name="semua"' not in page


@pytest.mark.parametrize("rule", list(PresenceRule))
def test_the_page_says_whom_the_rule_of_the_diklat_does_not_count_yet(
    meeting: Meeting, client_of: Opener, rule: PresenceRule
) -> None:
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).presence_rule = rule
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    address = upload(panitia, meeting.slug, LIKELY.encode()).headers["Location"]
    page = panitia.get(address).get_data(as_text=True)
    lacking = rule in (PresenceRule.CODE, PresenceRule.CODE_AND_ROOM)
    assert page.count("belum cukup menurut aturan kehadiran diklat ini") == (3 if lacking else 0)


@pytest.mark.parametrize(
    ("rows", "files", "short"),
    [
        (["slamet 09:00 11:30"], "laporan1.csv, baris 2.", "daftar · baris 2 · 150 mnt"),
        (["slamet 09:00 10:15", "slamet 10:15 11:30"], "laporan1.csv, baris 2, 3.", "daftar · 2 baris · 150 mnt"),
        (["agus 09:00 11:30", "slamet 09:00 09:20"], "laporan1.csv, baris 3.", "kurang lama · baris 3 · 20 mnt"),
        (["slamet 12:00 13:30"], "laporan1.csv, baris 2.", "di luar jam · baris 2 · 0 mnt"),
    ],
)
def test_a_cell_of_the_sheet_names_file_and_lines_that_decided(
    meeting: Meeting, client_of: Opener, rows: list[str], files: str, short: str
) -> None:
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).presence_rule = PresenceRule.MINUTES
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    content = "Nama,Surel,Waktu bergabung,Waktu keluar\n" + "".join(
        f"x,{who}@example.org,20/06/2022 {came},20/06/2022 {left}\n" for who, came, left in map(str.split, rows)
    )
    sent(panitia, upload(panitia, meeting.slug, content.encode()).headers["Location"])
    assert cell_of(panitia, meeting, "Slamet") == (files, short)


def test_a_cell_names_the_line_that_denies_and_no_list_beside_a_mark_by_hand(
    meeting: Meeting, client_of: Opener
) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    absent = b"Nama,Surel,Kehadiran\nx,slamet@example.org,Alpa\ny,agus@example.org,Hadir\n"
    sent(panitia, upload(panitia, meeting.slug, absent).headers["Location"])
    assert cell_of(panitia, meeting, "Slamet") == ("laporan1.csv, baris 2.", "daftar · baris 2")
    there = b"Nama,Surel,Durasi (menit)\nx,slamet@example.org,150\n"
    sent(panitia, upload(panitia, meeting.slug, there).headers["Location"])
    assert cell_of(panitia, meeting, "Slamet") == ("laporan1.csv, baris 2.", "bertentangan · baris 2 · 150 mnt")
    with db.transaction():
        services.mark_by_hand(
            meeting.id,
            [meeting.people["Slamet"]],
            present=True,
            reason="Terlihat.",
            actor=factories.SYSTEM,
            now=clock.now(),
        )
    assert cell_of(panitia, meeting, "Slamet") == ("", "manual · 150 mnt")


def sent(client: FlaskClient, address: str) -> None:
    """What is ticked at first."""
    ticked = re.findall(r'name="hadir" value="([0-9]+:[0-9A-Z]+)" checked', client.get(address).get_data(as_text=True))
    client.post(f"{address}/terapkan", data={"hadir": ticked})


def cell_of(client: FlaskClient, meeting: Meeting, name: str) -> tuple[str, str]:
    """Files and lines in its sentence, and what is written beside its sign."""
    page = client.get(f"/kelola/diklat/{meeting.slug}/kehadiran?pada=2&q={name}").get_data(as_text=True)
    (said,) = re.findall(r'<(?:label|span) class="sel-h" title="([^"]*)"', page)
    (short,) = re.findall(r'<span class="xs" aria-hidden="true">([^<]*)</span>', page)
    return "".join(re.findall(r"laporan1\.csv, baris [0-9, ]+\.", said)), short.strip()


def test_what_was_not_looked_at_is_not_accepted_with_the_others(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    address = upload(panitia, meeting.slug, LIKELY.encode()).headers["Location"]
    rows = {row.shown: row.id for row in batches.lines(int(address.rsplit("/", 1)[1]))}
    db.session().rollback()
    for wrong in (
        "x",
        "1234567890",
        ",",
        f"{rows['Galaxy A12']}",
        f"{rows['Dwi']}",
        f"{rows['Sugeng R.']}",
        "999999999",
    ):
        assert panitia.post(f"{address}/terapkan", data={"semua": wrong}).headers["Location"] == address
        assert meeting.present() == set()
    panitia.post(f"{address}/terapkan", data={"semua": f"{rows['Slamet']},{rows['Galaxy A12']}"})
    assert meeting.present() == {"Slamet"}


def test_wrong_input_changes_nothing(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    for content, values in (
        (b"", {}), (b"\x00\x01", {}), (b"nama\nSlamet\n", {"menit": "x"}), (b"nama\nx\n", {"sesi": "99"}),
        (sample("zoom_meeting_registration"), {}), (b"nama\nSlamet\n", {"sesi": ""}), (b"nama\nx\n", {"zona": "Mars"}),
    ):  # fmt: skip
        answer = upload(panitia, meeting.slug, content, **values)
        assert answer.status_code == 422
        assert 'class="errsum"' in answer.get_data(as_text=True)
    address = upload(panitia, meeting.slug, b"surel\nslamet@example.org\n").headers["Location"]
    page = panitia.get(address).get_data(as_text=True)
    (line,) = re.findall(r'name="hadir" value="([0-9]+):', page)
    stranger = factories.person("Bukan peserta").code
    for data in ({"hadir": f"{line}:{stranger}"}, {"hadir": f"999999:{stranger}"}, {"hadir": "x" * 2000}, {}):
        assert panitia.post(f"{address}/terapkan", data=data).headers["Location"] == address
        assert "alert-err" in panitia.get(address).get_data(as_text=True)
    for data in ({"baris": line, "orang": stranger}, {"baris": "0", "orang": stranger}, {"baris": line}, {}):
        panitia.post(f"{address}/beri", data=data)
    assert meeting.present() == set()
    assert panitia.get("/kelola/impor/999999999999").status_code == 404


def test_several_files_find_their_sessions(meeting: Meeting, client_of: Opener) -> None:
    other = factories.live_session(meeting.diklat_id, START + timedelta(days=1), hours=2.5)
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    head = "Name,Email,Join time,Leave time\n"
    first = head + "Slamet,slamet@example.org,06/20/2022 09:00:00 AM,06/20/2022 11:30:00 AM\n"
    second = first.replace("06/20", "06/21") + first.split("\n")[1].replace("slamet@", "agus@") + "\n"
    answer = upload(panitia, meeting.slug, first.encode(), second.encode(), sesi="")
    assert answer.status_code == 303
    rows = [
        (row.live_session_id, row.file_name, len(batches.lines(row.id))) for row in batches.batches(meeting.diklat_id)
    ]
    assert sorted(rows) == [
        (meeting.id, "laporan1.csv", 1),
        (meeting.id, "laporan2.csv", 1),
        (other.id, "laporan2.csv", 1),
    ]
    listing = panitia.get(answer.headers["Location"]).get_data(as_text=True)
    assert listing.count("/kelola/impor/") == 3


def test_only_panitia_come_here(meeting: Meeting, client_of: Opener) -> None:
    path = f"/kelola/diklat/{meeting.slug}/kehadiran/impor"
    id = meeting.take("surel\nslamet@example.org\n").batch_id
    teacher = client_of(meeting.people["Slamet"])
    assert (teacher.get(path).status_code, teacher.get(f"/kelola/impor/{id}").status_code) == (404, 404)
    for act in ("terapkan", "beri", "batalkan"):
        assert teacher.post(f"/kelola/impor/{id}/{act}").status_code == 404


def test_the_command_marks_and_tells(
    meeting: Meeting, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(door, "application", app.app_context)
    run, file = CliRunner(), str(SAMPLES / "zoom_meeting_participants.csv")
    told = run.invoke(cli, ["attendance", "import", f"{meeting.slug}/2", file, "--dry-run"])
    assert (told.exit_code, meeting.present()) == (1, set())
    assert "3 would be marked, 2 found but not marked, 2 on several lines, 1 left, 2 lines ignored" in told.output
    assert "'Galaxy A12': no participant" in told.output
    run.invoke(cli, ["attendance", "import", f"{meeting.slug}/2", file])
    assert meeting.present() == {"Siti Lestari", "Agus Santoso", "Dwi Handayani"}
    again = json.loads(run.invoke(cli, ["attendance", "import", f"{meeting.slug}/2", file, "--json"]).output)
    assert {row["verdict"] for row in again["found"]} == {"already", "short", "likely"}
    assert (again["again"], again["marked"]) == (True, 0)
    likely = run.invoke(cli, ["attendance", "import", f"{meeting.slug}/2", file, "--json", "--accept-likely"])
    found = {row["name"]: row for row in json.loads(likely.output)["found"]}
    assert (found["Nur'aini"]["verdict"], found["Nur'aini"]["lane"]) == ("present", "mungkin")
    assert {"person", "email", "minutes", "by", "lines"} <= found["Nur'aini"].keys()
    assert "Nur'aini" in meeting.present()
    (batch,) = json.loads(run.invoke(cli, ["attendance", "batches", meeting.slug, "--json"]).output)
    assert (batch["file"], batch["state"], batch["session"]) == ("zoom_meeting_participants.csv", "applied", 2)
    assert "for session 2, applied" in run.invoke(cli, ["attendance", "batches", meeting.slug]).output
    assert "4 presences taken back" in run.invoke(cli, ["attendance", "undo", str(batch["id"])]).output
    assert meeting.present() == set()
    assert run.invoke(cli, ["attendance", "undo", str(batch["id"])]).exit_code != 0
    assert "no diklat" in run.invoke(cli, ["attendance", "batches", "tidak-ada"]).output
    assert "no session" in run.invoke(cli, ["attendance", "import", "tidak-ada/1", file]).output
    clean = tmp_path / "bersih.csv"
    clean.write_text("surel\npeserta006@example.org\n")
    assert run.invoke(cli, ["attendance", "import", f"{meeting.slug}/2", str(clean)]).exit_code == 0


def test_the_page_asks_for_files(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    page = panitia.get(f"/kelola/diklat/{meeting.slug}/kehadiran/impor").get_data(as_text=True)
    (control,) = re.findall(r'<input[^>]*name="files"[^>]*>', page)
    assert 'type="file"' in control
    assert " multiple" in control
    assert "value=" not in control


def test_a_workbook_with_people_on_two_sheets_is_asked_about(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    people = [("nama", "surel"), ("Slamet", "slamet@example.org")]
    answer = upload(panitia, meeting.slug, sheets_of(Pagi=people, Sore=people))
    assert answer.status_code == 422
    assert "Lembar “Pagi” dan “Sore” sama-sama berisi baris" in answer.get_data(as_text=True)
    answer = upload(panitia, meeting.slug, sheets_of(Pagi=people, Arti=[("H: hadir",)]))
    page = panitia.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Lembar “Arti” tidak memuat daftar orang, jadi tidak dibaca." in page


def test_a_list_without_times_asks_for_its_session(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    answer = upload(panitia, meeting.slug, b"surel\nslamet@example.org\n", sesi="")
    assert answer.status_code == 422
    assert "tidak memuat jam atau tanggal" in answer.get_data(as_text=True)


def test_a_session_has_one_number_on_all_pages(meeting: Meeting, client_of: Opener) -> None:
    """That of its address, though another session was made before it and comes after it."""
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    with db.transaction():
        session = db.session().get_one(LiveSession, meeting.id)
        session.title = "Sesi awal"
    sheet = panitia.get(f"/kelola/diklat/{meeting.slug}/kehadiran").get_data(as_text=True)
    detail = panitia.get(f"/diklat/{meeting.slug}").get_data(as_text=True)
    assert "Sesi 2 · Sesi awal" in sheet
    assert "Sesi 2 · Sesi awal" in detail
    assert '<option value="2">Sesi 2 · Sesi awal</option>' in re.sub(r"\s+(?=<|selected)", "", sheet)
    own = client_of(meeting.people["Slamet"]).get("/saya").get_data(as_text=True)
    assert re.findall(r"Sesi [12](?=\s*<br>)", own) == ["Sesi 2", "Sesi 1"]
