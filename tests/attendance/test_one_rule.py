"""One rule at every door: where nobody can be marked, no door marks anybody, and each says why."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

import calakan.cli.attendance as cli_door
from calakan.attendance import batches
from calakan.attendance.models import Evidence, Presence
from calakan.cli import cli
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Role
from calakan.people.models import Person
from calakan.web.messages import sentence
from tests import factories
from tests.api.conftest import Api, token_of
from tests.attendance.test_codes import World
from tests.attendance.test_evidence import room

Opener = Callable[[int | None], FlaskClient]
STATES = ("cancelled session", "closed diklat", "cancelled diklat", "left", "waiting", "ahead")
DOORS = (
    "page: code", "page: mark", "page: list", "page: list by its hours", "page: apply", "page: appeal", "page: room",
    "page: ticket", "API: code", "API: list", "API: rehearsal", "command", "command: rehearsal",
)  # fmt: skip
NO_SESSION = "tidak cocok dengan sesi mana pun|tidak dapat dicari"
WORDS = {
    "cancelled session": f"dibatalkan|{NO_SESSION}|Tidak ada sesi yang berlangsung|sudah lewat",
    "closed diklat": "sudah ditutup|tidak dicatat lagi|sudah selesai",
    "cancelled diklat": "dibatalkan|tidak dicatat lagi",
    "left": "belum terdaftar|tidak terdaftar|sudah dibatalkan|not_enrolled",
    "waiting": "daftar tunggu|antre|tidak terdaftar|waiting",
    "ahead": f"belum mulai|Ruang terbuka|{NO_SESSION}|sudah lewat|satu jam sebelum",
}


class Doors:
    """A session that runs, with a code that is shown, a list that was looked at, and Sri who was there."""

    def __init__(self, app: Flask, client_of: Opener, folder: Path) -> None:
        self.world, self.app, self.folder = World(), app, folder
        room(self.world)
        self.number = db.session().get_one(LiveSession, self.world.session).number
        sri, panitia = db.session().get_one(Person, self.world.sri), factories.person("Rina", Role.PANITIA)
        self.email, self.person_code, self.panitia = sri.email or "", sri.code, panitia.id
        self.ticket = db.session().scalars(sa.select(Enrolment.code).where(Enrolment.person_id == sri.id)).one()
        self.token, self.own_token = token_of(panitia), token_of(sri)
        self.open, self.api = client_of, Api(app)

    def begin(self) -> None:
        """What was made while everything stood."""
        self.code = self.world.open()
        self.staff, self.sri = self.open(self.panitia), self.open(self.world.sri)
        self.upload(str(self.number), "")
        (self.batch,) = [row.id for row in batches.batches(self.world.diklat)]
        (self.line,) = [row.id for row in batches.lines(self.batch)]
        db.session().rollback()

    def upload(self, session: str, hours: str) -> str:
        content = f"Surel{',Masuk,Keluar' if hours else ''}\n{self.email}{hours}\n".encode()
        data = {"sesi": session, "zona": "", "nama": "y", "files": [(io.BytesIO(content), "a.csv")]}
        path = f"/kelola/diklat/{self.world.slug}/kehadiran/impor"
        return self.staff.post(path, data=data, content_type="multipart/form-data", follow_redirects=True).text

    def knock(self, door: str) -> str:
        """What the door says."""
        slug, begins = self.world.slug, self.world.begins + timedelta(hours=7)
        own = f"/belajar/{slug}/sesi/{self.number}"
        where, what, _ = (*door.partition(": ")[::2], "")
        if where == "page":
            return {
                "code": lambda: self.sri.post("/hadir", data={"kode": self.code}).text,
                "mark": lambda: self.staff.post(
                    f"/kelola/diklat/{slug}/kehadiran/tandai",
                    data={"status": "hadir", "alasan": "x", "sesi": "", "sel": [f"{self.person_code}:{self.number}"]},
                ).text,
                "list": lambda: self.upload(str(self.number), ""),
                "list by its hours": lambda: self.upload(
                    "", f",{begins:%d/%m/%Y} 09:00,{begins:%d/%m/%Y} 12:00"
                ),
                "apply": lambda: self.staff.post(
                    f"/kelola/impor/{self.batch}/terapkan", data={"hadir": f"{self.line}:{self.person_code}"},
                    follow_redirects=True,
                ).text,
                "appeal": lambda: self.sri.post(f"{own}/ajukan", data={"text": "Saya hadir."}, follow_redirects=True).text,
                "room": lambda: self.sri.get(f"{own}/ruang", follow_redirects=True).text,
                "ticket": lambda: self.staff.post(
                    f"/kelola/pintu/{self.ticket}", data={"sesi": str(self.number)}, follow_redirects=True
                ).text,
            }[what]()  # fmt: skip
        if door == "API: code":
            path = f"/sessions/{slug}~{self.number}/check-in"
            return self.api("POST", path, self.own_token, json={"code": self.code}).text
        if where == "API":
            path = (
                f"/sessions/{slug}~{self.number}/attendance-import?dry_run={'true' if what == 'rehearsal' else 'false'}"
            )
            return self.api("POST", path, self.token, data=f"surel\n{self.email}\n", content_type="text/csv").text
        file = self.folder / "a.csv"
        file.write_text(f"surel\n{self.email}\n")
        words = ["attendance", "import", f"{slug}/{self.number}", str(file), "--json"]
        done = CliRunner().invoke(cli, [*words, *(["--dry-run"] if what else [])])
        assert done.exit_code != 0
        return done.output + (sentence(done.exception) if done.exception and hasattr(done.exception, "facts") else "")


def shut(world: World, how: str) -> None:
    with db.transaction() as session:
        diklat, live = session.get_one(Diklat, world.diklat), session.get_one(LiveSession, world.session)
        seat = session.scalars(sa.select(Enrolment).where(Enrolment.person_id == world.sri)).one()
        match how:
            case "cancelled session":
                live.state = SessionState.CANCELLED
            case "closed diklat":
                diklat.state = DiklatState.CLOSED
            case "cancelled diklat":
                diklat.state = DiklatState.CANCELLED
            case "left":
                seat.state = EnrolmentState.CANCELLED
            case "waiting":
                seat.state = EnrolmentState.WAITING
            case "ahead":
                live.starts_at += timedelta(days=1)
                live.ends_at += timedelta(days=1)


@pytest.mark.parametrize("state", STATES)
def test_no_door_marks_anybody_and_each_says_why(
    app: Flask, client_of: Opener, state: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cli_door, "application", app.app_context)
    doors = Doors(app, client_of, tmp_path)
    with time_machine.travel(doors.world.begins + timedelta(hours=1), tick=False):
        doors.begin()
        shut(doors.world, state)
        for door in DOORS:
            if state == "ahead" and door in ("page: code", "API: code"):
                continue  # who moves a session ends its codes: see test_moved
            said = html.unescape(re.sub(r"<script.*?</script>|\s+", " ", doors.knock(door), flags=re.DOTALL))
            db.session().rollback()
            assert re.search(WORDS[state], said), (state, door, said[-3000:])
            for model in (Presence, Evidence):
                assert db.session().scalar(sa.select(sa.func.count()).select_from(model)) == 0, (state, door, model)
