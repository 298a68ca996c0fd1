"""The panitia's page and the command line for lists of who was there."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import calakan.cli.attendance as door
from calakan.cli import cli
from calakan.kernel.actor import Role
from tests import factories
from tests.attendance.test_lists import SAMPLES, Meeting, sample

Opener = Callable[[int | None], FlaskClient]


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def upload(client: FlaskClient, slug: str, content: bytes, **values: str):  # type: ignore[no-untyped-def]
    data = {"sesi": "2", "file": (io.BytesIO(content), "laporan.csv"), **values}
    return client.post(f"/kelola/diklat/{slug}/kehadiran/impor", data=data, content_type="multipart/form-data")


def test_preview_marks_nobody_and_confirming_marks_what_was_ticked(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    answer = upload(panitia, meeting.slug, sample("zoom_meeting_participants") + b"Sugeng R.,,,,,,,\n")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert meeting.present() == set()
    ticked = re.findall(r'name="hadir" value="(\w+(?::\d+)?)" checked', page)
    assert len(ticked) == 3
    assert "Galaxy A12" in page
    (doubtful,) = re.findall(r'<option value="(\w+)">Sugeng Riyadi', page)
    data = {"sesi": "2", "sumber": "laporan.csv", "hadir": ticked[1:], "calon": [doubtful, ""]}
    answer = panitia.post(f"/kelola/diklat/{meeting.slug}/kehadiran/impor/simpan", data=data)
    assert answer.headers["Location"] == f"/kelola/diklat/{meeting.slug}/kehadiran"
    assert len(meeting.present()) == 3
    assert "3 peserta ditandai hadir" in panitia.get(answer.headers["Location"]).get_data(as_text=True)


def test_wrong_input_changes_nothing(meeting: Meeting, client_of: Opener) -> None:
    panitia = client_of(factories.person("Panitia", Role.PANITIA).id)
    for content, values in ((b"", {}), (b"\x00\x01", {}), (b"nama\nSlamet\n", {"menit": "x"}), (b"x", {"sesi": "99"})):
        answer = upload(panitia, meeting.slug, content, **values)
        assert answer.status_code == 422
        assert 'class="errsum"' in answer.get_data(as_text=True)
    stranger = factories.person("Bukan peserta").code
    for data in ({"sesi": "2", "hadir": stranger}, {"sesi": "7", "hadir": ""}, {"hadir": "x" * 2000}, {}):
        answer = panitia.post(f"/kelola/diklat/{meeting.slug}/kehadiran/impor/simpan", data=data)
        assert answer.headers["Location"].endswith("/kehadiran/impor")
    assert meeting.present() == set()


def test_only_panitia_come_here(meeting: Meeting, client_of: Opener) -> None:
    path = f"/kelola/diklat/{meeting.slug}/kehadiran/impor"
    teacher = client_of(meeting.people["Slamet"])
    assert (teacher.get(path).status_code, teacher.post(f"{path}/simpan").status_code) == (404, 404)


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
    again = run.invoke(cli, ["attendance", "import", f"{meeting.slug}/2", file, "--json"])
    assert {row["verdict"] for row in json.loads(again.output)["found"]} == {"already", "short", "likely"}
    assert "no session" in run.invoke(cli, ["attendance", "import", "tidak-ada/1", file]).output
    clean = tmp_path / "bersih.csv"
    clean.write_text("surel\npeserta006@example.org\n")
    assert run.invoke(cli, ["attendance", "import", f"{meeting.slug}/2", str(clean)]).exit_code == 0
