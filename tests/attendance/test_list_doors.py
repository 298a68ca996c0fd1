"""Lists of who was there at the doors of programs: the command line and the API say what the service does, and refuse where it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

import calakan.cli.attendance as door
from calakan.attendance import batches, evidence
from calakan.attendance.models import AskedCodes, Evidence, Kind, State
from calakan.cli import cli
from calakan.diklat.models import Diklat, DiklatState, LiveSession, PresenceRule, SessionState
from calakan.kernel import db
from calakan.kernel.actor import Role
from tests import factories
from tests.api.conftest import Api, token_of
from tests.attendance.decisions import decision_of
from tests.attendance.test_batches import give, store
from tests.attendance.test_lists import START, Meeting

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


TIMED = "Nama,Surel,Waktu bergabung,Waktu keluar\n"
HOURS = ",20/06/2022 09:00,20/06/2022 11:30\n"
LISTS = {
    "named": "Nama,Surel\nSugeng,peserta006@example.org\nSlamet,\n",
    "timed": f"{TIMED}Sugeng,peserta006@example.org{HOURS}Slamet,{HOURS}",
}
# By which lists alone somebody is present.
COUNTING: dict[PresenceRule, set[str]] = {
    PresenceRule.CODE: set(),
    PresenceRule.CODE_AND_ROOM: set(),
    PresenceRule.MINUTES: {"timed"},
    PresenceRule.CODE_OR_MINUTES: {"named", "timed"},
}


def by_rule(meeting: Meeting, rule: PresenceRule) -> None:
    with db.transaction() as session:
        session.get_one(Diklat, meeting.diklat_id).presence_rule = rule


def verdicts(told: Any) -> dict[str, str]:
    return {row["email"].split("@")[0]: row["verdict"] for row in told["found"]}


@pytest.mark.any_database
@pytest.mark.parametrize("rule", list(PresenceRule))
@pytest.mark.parametrize("kind", list(LISTS))
@pytest.mark.parametrize("accepted", [True, False])
def test_the_command_calls_present_whom_the_rule_of_the_diklat_counts(
    meeting: Meeting, command: Command, rule: PresenceRule, kind: str, accepted: bool
) -> None:
    by_rule(meeting, rule)
    counts, options = kind in COUNTING[rule], ["--json", *(["--accept-likely"] if accepted else [])]
    certain, likely = ("present", "present" if accepted else "likely") if counts else ("review", "review")
    expected = {"peserta006": certain, "slamet": likely}
    assert verdicts(json.loads(command(LISTS[kind], "--dry-run", *options).output)) == expected
    said = command(LISTS[kind], "--dry-run", *options[1:]).output
    assert f"{list(expected.values()).count('present')} would be marked" in said
    done = json.loads(command(LISTS[kind], *options).output)
    assert verdicts(done) == expected
    there = {"Sugeng Riyadi", *(["Slamet"] if accepted else [])} if counts else set()
    assert (meeting.present(), done["marked"]) == (there, len(there))


@pytest.mark.any_database
@pytest.mark.parametrize("rule", list(PresenceRule))
@pytest.mark.parametrize("kind", list(LISTS))
@pytest.mark.parametrize("accepted", ["true", "false"])
def test_the_api_calls_present_whom_the_rule_of_the_diklat_counts(
    meeting: Meeting, program: Callable[..., tuple[int, Any]], rule: PresenceRule, kind: str, accepted: str
) -> None:
    by_rule(meeting, rule)
    certain = "present" if kind in COUNTING[rule] else "review"
    likely = "likely" if certain == "present" and accepted == "false" else certain
    for rehearsal in ("true", "false"):
        status, told = program(LISTS[kind], dry_run=rehearsal, accept_likely=accepted)
        assert (status, verdicts(told)) == (200, {"peserta006": certain, "slamet": likely})
    there = {"Sugeng Riyadi": certain, "Slamet": likely}
    assert meeting.present() == {name for name, verdict in there.items() if verdict == "present"}


@pytest.mark.parametrize(
    ("rule", "asked", "verdict"),
    [
        (PresenceRule.CODE_AND_ROOM, 1, "present"), (PresenceRule.CODE_AND_ROOM, 2, "review"), (PresenceRule.CODE, 2, "review"),
        (PresenceRule.MINUTES, 1, "review"),
    ],
)  # fmt: skip
def test_a_line_is_weighed_with_the_signs_that_stand(
    meeting: Meeting, command: Command, rule: PresenceRule, asked: int, verdict: str
) -> None:
    by_rule(meeting, rule)
    slamet = meeting.people["Slamet"]
    with db.transaction() as session:
        session.add(AskedCodes(live_session_id=meeting.id, parts=asked))
        live = session.get_one(LiveSession, meeting.id)
        code = Evidence(live_session_id=meeting.id, person_id=slamet, kind=Kind.CODE, at=START)
        evidence.keep(live, [code], now=START)
    assert meeting.present() == set()
    for options in (["--dry-run"], []):
        assert verdicts(json.loads(command(LIST, "--json", *options).output)) == {"slamet": verdict}
    assert meeting.present() == ({"Slamet"} if verdict == "present" else set())


def test_a_line_that_was_left_out_before_is_not_called_present(meeting: Meeting, command: Command) -> None:
    """The panitia applied the file without him; the same file again changes nothing."""
    content = LIST + "agus@example.org\n"
    stored = store(meeting, content)
    rows = batches.lines(stored.batch_id)
    sure = {line: person for line, person in batches.sure(rows).items() if person != meeting.people["Slamet"]}
    give(stored.batch_id, sure)
    told = json.loads(command(content, "--json").output)
    assert (told["again"], verdicts(told)) == (True, {"agus": "already", "slamet": "review"})


def test_what_the_rule_does_not_count_is_kept_as_a_sign(meeting: Meeting, command: Command) -> None:
    by_rule(meeting, PresenceRule.CODE_AND_ROOM)
    command(LIST)
    slamet = meeting.people["Slamet"]
    assert [row.kind for row in evidence.of_people(meeting.id, [slamet])[slamet]] == [Kind.LINE]
    assert decision_of(meeting.id, slamet).state is State.REVIEW


BARE = "Nama,Surel,Durasi\nSlamet,slamet@example.org,9000\nAgus,agus@example.org,150\n"


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("seconds", {"slamet": "present", "agus": "short"}), ("minutes", {"slamet": "present", "agus": "present"}),
        ("", {"slamet": "review", "agus": "review"}),
    ],
)  # fmt: skip
def test_both_doors_take_what_somebody_says_of_bare_durations(
    meeting: Meeting, command: Command, program: Callable[..., tuple[int, Any]], unit: str, expected: dict[str, str]
) -> None:
    asked = {"unit": unit} if unit else {}
    for rehearsal in ("true", "false"):
        status, told = program(BARE, dry_run=rehearsal, **asked)
        assert (status, verdicts(told)) == (200, expected)
        if rehearsal == "true":
            said = json.loads(command(BARE, "--dry-run", "--json", *(["--unit", unit] if unit else [])).output)
            assert verdicts(said) == expected
    assert len(meeting.present()) == list(expected.values()).count("present")
    assert program(BARE, unit="days")[0] == 422


def test_the_api_answers_with_whom_it_accepted(meeting: Meeting, program: Callable[..., tuple[int, Any]]) -> None:
    """Certain and likely ones are marked; whom the rule does not count stays for a look, and `marked` counts the marks."""
    content = LISTS["timed"] + "Agus,agus@example.org,20/06/2022 09:00,20/06/2022 09:20\nNur'aini,,rusak,\n"
    status, told = program(content, accept_likely="false")
    assert (status, told["marked"], told["again"]) == (200, 1, False)
    assert verdicts(told) == {"peserta006": "present", "slamet": "likely", "agus": "short", "nuraini": "review"}
    status, told = program(content, accept_likely="true")
    assert (status, told["marked"], told["again"]) == (200, 1, True)
    assert verdicts(told) == {"peserta006": "already", "slamet": "present", "agus": "short", "nuraini": "review"}
    assert meeting.present() == {"Sugeng Riyadi", "Slamet"}
