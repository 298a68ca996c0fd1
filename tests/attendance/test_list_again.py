"""The same session in several files, the file of another session, and a list that papers rest on: the page, the command line and the API say one thing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

import calakan.cli.attendance as door
from calakan.attendance import batches
from calakan.certificates.models import Certificate, CertificateRole
from calakan.cli import cli
from calakan.diklat.models import Diklat, DiklatState
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.models import TokenScope
from tests import factories
from tests.api.conftest import Api, token_of
from tests.attendance.decisions import decision_of
from tests.attendance.test_list_page import upload
from tests.attendance.test_list_parts import Form
from tests.attendance.test_lists import Meeting

Opener = Callable[[int | None], FlaskClient]
HEAD = "Nama,Surel,Waktu bergabung,Waktu keluar\n"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def row(who: str, came: str, left: str, day: str = "20") -> str:
    return f"x,{who}@example.org,{day}/06/2022 {came},{day}/06/2022 {left}\n"


class Door:
    """One way in which a list comes: what it is taken as, file by file."""

    def __init__(self, meeting: Meeting, kind: str, app: Flask, client_of: Opener, folder: Path) -> None:
        self.meeting, self.kind, self.folder = meeting, kind, folder
        panitia = factories.person("Panitia", Role.PANITIA)
        self.client, self.call, self.token = client_of(panitia.id), Api(app), token_of(panitia)

    def take(self, content: str) -> str:
        """What the door says."""
        return {"page": self._page, "cli": self._cli, "api": self._api}[self.kind](content)

    def _page(self, content: str) -> str:
        answer = upload(self.client, self.meeting.slug, content.encode())
        form = Form(self.client, int(answer.headers["Location"].rsplit("/", 1)[1]))
        said = form.page
        self.client.post(f"{form.address}/terapkan", data=form.sent())
        return said

    def _cli(self, content: str) -> str:
        file = self.folder / "daftar.csv"
        file.write_text(content)
        return self.run("import", f"{self.meeting.slug}/2", str(file)).output

    def _api(self, content: str) -> str:
        path = f"/sessions/{self.meeting.slug}~2/attendance-import"
        return json.dumps(self.call("POST", path, self.token, data=content, content_type="text/csv").get_json())

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(cli, ["attendance", *words])


@pytest.fixture(params=["page", "cli", "api"])
def way(
    request: pytest.FixtureRequest, meeting: Meeting, app: Flask, client_of: Opener,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> Door:  # fmt: skip
    monkeypatch.setattr(door, "application", app.app_context)
    return Door(meeting, request.param, app, client_of, tmp_path)


def minutes(meeting: Meeting, name: str) -> int | None:
    db.session().rollback()
    found = decision_of(meeting.id, meeting.people[name])
    return found.minutes if found is not None else None


def test_one_session_exported_twice_with_other_lines_counts_each_minute_once(meeting: Meeting, way: Door) -> None:
    way.take(HEAD + row("slamet", "09:00", "10:15") + row("agus", "09:00", "10:30"))
    assert meeting.present() == set()
    way.take(HEAD + row("slamet", "09:00", "10:10") + row("agus", "10:00", "11:30"))
    assert meeting.present() == {"Agus Santoso"}
    assert (minutes(meeting, "Slamet"), minutes(meeting, "Agus Santoso")) == (75, 150)


def test_a_file_that_contains_another_adds_what_is_new_in_it(meeting: Meeting, way: Door) -> None:
    first = HEAD + row("slamet", "09:00", "11:10")
    way.take(first)
    assert (meeting.present(), minutes(meeting, "Slamet")) == ({"Slamet"}, 130)
    way.take(first + row("agus", "09:00", "11:30"))
    assert (meeting.present(), minutes(meeting, "Slamet")) == ({"Slamet", "Agus Santoso"}, 130)
    way.take(first)
    assert (meeting.present(), minutes(meeting, "Slamet")) == ({"Slamet", "Agus Santoso"}, 130)
    assert len(batches.batches(meeting.diklat_id)) == 2
    newest, oldest = batches.batches(meeting.diklat_id)
    with db.transaction():
        assert batches.undo(oldest.id, actor=factories.SYSTEM, now=clock.now()) == 0
    assert meeting.present() == {"Slamet", "Agus Santoso"}
    with db.transaction():
        assert batches.undo(newest.id, actor=factories.SYSTEM, now=clock.now()) == 2
    assert meeting.present() == set()


def test_the_file_of_another_session_makes_nobody_present_and_says_so(meeting: Meeting, way: Door) -> None:
    said = way.take(HEAD + row("slamet", "09:00", "11:30", "21") + row("agus", "09:00", "11:30", "21"))
    words = {
        "page": "Semua waktu dalam berkas ini di luar jam sesi",
        "cli": "the times in this file all lie outside the session",
        "api": '"elsewhere": true',
    }
    assert words[way.kind] in said
    assert meeting.present() == set()
    way.take(HEAD + row("slamet", "09:00", "11:30"))
    assert meeting.present() == {"Slamet"}


@pytest.mark.parametrize("state", [DiklatState.PUBLISHED, DiklatState.CLOSED])
def test_a_list_that_papers_rest_on_is_not_taken_back_and_the_names_are_told(
    meeting: Meeting, way: Door, state: DiklatState
) -> None:
    way.take(HEAD + row("slamet", "09:00", "11:30") + row("agus", "09:00", "11:30"))
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).state = state
        session.add(
            Certificate(
                code="A" * 26, diklat_id=meeting.diklat_id, person_id=meeting.people["Slamet"],
                role=CertificateRole.PARTICIPANT, key="x", asked_at=clock.now(), due_at=clock.now(), facts={},
            )
        )  # fmt: skip
    (batch,) = batches.batches(meeting.diklat_id)
    batch_id = batch.id
    db.session().rollback()
    if way.kind == "page":
        answer = way.client.post(f"/kelola/impor/{batch_id}/batalkan", data={}, follow_redirects=True)
        refusals = re.findall(r'alert-err".*?<p>(.*?)</p>', answer.get_data(as_text=True), re.DOTALL)
        assert ["Slamet" in said for said in refusals] == [True]
    elif way.kind == "api":
        refused = way.call("POST", f"/attendance-lists/{batch_id}/undo", way.token)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "list_certified")
        assert "Slamet" in refused.get_json()["detail"]
    else:
        told: Any = way.run("undo", str(batch_id))
        assert (told.exit_code, type(told.exception).__name__) == (1, "ListCertified")
        assert told.exception.facts["names"] == ["Slamet"]
    assert meeting.present() == {"Slamet", "Agus Santoso"}


def test_a_list_is_taken_back_by_the_id_that_its_import_answered(meeting: Meeting, app: Flask) -> None:
    token, call = token_of(factories.person("Panitia", Role.PANITIA)), Api(app)
    path = f"/sessions/{meeting.slug}~2/attendance-import"
    content = HEAD + row("slamet", "09:00", "11:30") + row("agus", "09:00", "11:30")
    made = call("POST", path, token, data=content, content_type="text/csv").get_json()
    (shown,) = call("GET", f"/diklat/{meeting.slug}/attendance-lists", token).get_json()["items"]
    assert (shown["batch"], shown["state"], shown["session"]) == (made["batch"], "applied", f"{meeting.slug}~2")
    undo = f"/attendance-lists/{made['batch']}/undo"
    stranger = token_of(factories.person("Guru"))
    for who in (stranger, token_of(factories.person("Panitia", Role.PANITIA), TokenScope.READ)):
        assert call("POST", undo, who).status_code in (403, 404)
    assert meeting.present() == {"Slamet", "Agus Santoso"}
    assert call("POST", undo, token).get_json() == {"batch": made["batch"], "taken_back": 2}
    assert meeting.present() == set()
    again = call("POST", undo, token)
    assert (again.status_code, again.get_json()["code"]) == (409, "batch_undone")
    for wrong in ("0", "x", "99999999999", "1e3", "٣"):
        assert call("POST", f"/attendance-lists/{wrong}/undo", token).status_code == 404
    (shown,) = call("GET", f"/diklat/{meeting.slug}/attendance-lists", token).get_json()["items"]
    assert shown["state"] == "undone"
