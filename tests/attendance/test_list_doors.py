"""Lists of who was there at the doors of programs: the command line and the API say what the service does, and refuse where it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

import calakan.cli.attendance as door
from calakan.cli import cli
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
from calakan.kernel import db
from calakan.kernel.actor import Role
from tests import factories
from tests.api.conftest import Api, token_of
from tests.attendance.test_lists import Meeting

Command = Callable[..., Result]
LIST = "surel\nslamet@example.org\n"


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


@pytest.fixture
def command(meeting: Meeting, app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The import of a list into the session of the meeting."""
    monkeypatch.setattr(door, "application", app.app_context)
    file = tmp_path / "daftar.csv"

    def run(content: str, *options: str) -> Result:
        file.write_text(content)
        return CliRunner().invoke(cli, ["attendance", "import", f"{meeting.slug}/2", str(file), *options])

    return run


@pytest.fixture
def program(meeting: Meeting, app: Flask) -> Callable[..., tuple[int, Any]]:
    """The same over the API: status and body."""
    panitia, call = token_of(factories.person("Panitia", Role.PANITIA)), Api(app)

    def send(content: str, **asked: str) -> tuple[int, Any]:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        answer = call(
            "POST",
            f"/sessions/{meeting.slug}~2/attendance-import?{query}",
            panitia,
            data=content,
            content_type="text/csv",
        )
        return answer.status_code, answer.get_json()

    return send


def shut(meeting: Meeting, how: str) -> None:
    with db.transaction() as session:
        if how == "closed":
            session.get_one(Diklat, meeting.diklat_id).state = DiklatState.CLOSED
        elif how == "cancelled":
            session.get_one(LiveSession, meeting.id).state = SessionState.CANCELLED
        else:
            live = session.get_one(LiveSession, meeting.id)
            length = live.ends_at - live.starts_at
            live.starts_at = factories.morning(2)
            live.ends_at = live.starts_at + length


REFUSALS = pytest.mark.parametrize(
    ("how", "refusal", "code"),
    [
        ("closed", "AttendanceFinal", "attendance_final"),
        ("cancelled", "CheckInNotOpen", "check_in_not_open"),
        ("ahead", "CheckInNotOpen", "check_in_not_open"),
    ],
)


@REFUSALS
@pytest.mark.parametrize("rehearsal", [True, False])
def test_the_command_rehearses_no_list_that_it_would_not_apply(
    meeting: Meeting, command: Command, how: str, refusal: str, code: str, rehearsal: bool
) -> None:
    shut(meeting, how)
    told = command(LIST, *(["--dry-run"] if rehearsal else []))
    assert told.exit_code != 0
    assert "would be marked" not in told.output
    assert type(told.exception).__name__ == refusal


@REFUSALS
@pytest.mark.parametrize("rehearsal", ["true", "false"])
def test_the_api_rehearses_no_list_that_it_would_not_apply(
    meeting: Meeting, program: Callable[..., tuple[int, Any]], how: str, refusal: str, code: str, rehearsal: str
) -> None:
    shut(meeting, how)
    status, told = program(LIST, dry_run=rehearsal)
    assert (status, told.get("code")) == (409, code)
