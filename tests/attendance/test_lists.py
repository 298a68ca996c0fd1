"""Lists of Zoom, Meet and Forms for a session: who is found, for how long, and what is left to the panitia."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.attendance import imports, matching, services, times
from calakan.attendance.errors import ListIsNoEvidence
from calakan.attendance.imports import Imported
from calakan.attendance.matching import By, Plan, Verdict, Why
from calakan.attendance.models import Method, Presence
from calakan.diklat import queries as diklat_queries
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.people.models import Person
from calakan.tables.errors import TableUnreadable
from tests import factories

pytestmark = pytest.mark.any_database

SAMPLES = Path(__file__).parent / "lists"
START = datetime(2022, 6, 20, 2, 0, tzinfo=UTC)  # 09.00 WIB
DAY = date(2022, 6, 20)


class Meeting:
    """A session of 150 minutes with six participants who bear the names of the samples."""

    def __init__(self) -> None:
        course = factories.diklat(enrol_closes_at=clock.now() + timedelta(days=9))
        self.slug, self.diklat_id = course.slug, course.id
        self.id = factories.live_session(self.diklat_id, START, hours=2.5).id
        self.people: dict[str, int] = {}
        for name, email in (
            ("Siti Lestari", "peserta001@example.org"),
            ("Agus Santoso", "agus@example.org"),
            ("Dwi Handayani", "peserta003@example.org"),
            ("Nur'aini", "nuraini@example.org"),
            ("Sugeng Riyadi", "peserta006@example.org"),
            ("Slamet", "slamet@example.org"),
        ):
            self.people[name] = self.join(name, email)

    def join(self, name: str, email: str) -> int:
        id = factories.person(name).id
        with db.transaction():
            db.session().get_one(Person, id).email = email
        with db.transaction():
            enrolment.join(self.diklat_id, id, actor=factories.SYSTEM, now=clock.now())
        return id

    def plan(self, content: bytes | str, least: int | None = None) -> Plan:
        session = diklat_queries.live_session_by_id(self.id)
        assert session is not None
        if isinstance(content, str):
            content = content.encode()
        return matching.plan(session, content, least_minutes=least)

    def take(self, content: bytes | str, least: int | None = None, *, accept_likely: bool = False) -> Imported:
        content = content.encode() if isinstance(content, str) else content
        with db.transaction():
            return imports.import_list(
                self.id,
                content,
                least_minutes=least,
                source="zoom.csv",
                accept_likely=accept_likely,
                actor=factories.SYSTEM,
                now=clock.now(),
            )

    def present(self) -> set[str]:
        db.session().rollback()
        rows = db.session().scalars(sa.select(Presence).where(Presence.live_session_id == self.id, Presence.present))
        names = {id: name for name, id in self.people.items()}
        return {names[row.person_id] for row in rows}


@pytest.fixture
def meeting(app: Flask) -> Meeting:
    return Meeting()


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.csv").read_bytes()


def told(plan: Plan) -> dict[str, tuple[By, float | None, Verdict]]:
    return {row.participant.name: (row.by, row.minutes, row.verdict) for row in plan.found}


def test_zoom_counts_minutes_inside_the_session_once(meeting: Meeting) -> None:
    plan = meeting.plan(sample("zoom_meeting_participants"))
    assert told(plan) == {
        "Siti Lestari": (By.EMAIL, 150.0, Verdict.PRESENT),
        "Agus Santoso": (By.NAME, 145.3, Verdict.PRESENT),
        "Dwi Handayani": (By.EMAIL, 130.0, Verdict.PRESENT),
        "Nur'aini": (By.NAME, 140.0, Verdict.LIKELY),
        "Sugeng Riyadi": (By.EMAIL, 31.0, Verdict.SHORT),
    }
    assert [(row.shown, row.minutes, row.why, list(row.candidates)) for row in plan.left] == [
        ("Galaxy A12", 147.0, Why.UNKNOWN, [])
    ]
    assert {row.participant.name for row in plan.doubles} == {"Agus Santoso", "Dwi Handayani"}
    assert (plan.ignored, plan.least_minutes, plan.elsewhere) == (2, 120, False)


def test_zoom_with_an_info_block(meeting: Meeting) -> None:
    plan = meeting.plan(sample("zoom_meeting_participants_info_block"))
    assert {name: minutes for name, (_, minutes, _) in told(plan).items()} == {"Siti Lestari": 150.0, "Slamet": 150.0}
    assert (plan.left, plan.ignored) == ([], 1)
    assert [row.why for row in plan.having(Verdict.LIKELY)] == [Why.ONE_WORD]


def test_a_list_of_who_registered_proves_nothing(meeting: Meeting) -> None:
    with pytest.raises(ListIsNoEvidence) as refused:
        meeting.take(sample("zoom_meeting_registration"))
    assert refused.value.facts == {"why": "registered"}
    assert meeting.present() == set()


def test_zoom_with_totals_alone(meeting: Meeting) -> None:
    plan = meeting.plan(sample("zoom_meeting_unique_users"), 149)
    assert told(plan) == {
        "Siti Lestari": (By.EMAIL, 150.0, Verdict.PRESENT),
        "Agus Santoso": (By.NAME, 149.0, Verdict.PRESENT),
    }


def test_a_webinar_counts_attendees_alone(meeting: Meeting) -> None:
    plan = meeting.plan(sample("zoom_webinar_attendee_report"))
    assert told(plan) == {
        "Siti Lestari": (By.EMAIL, 150.0, Verdict.PRESENT),
        "Agus Santoso": (By.NAME, 140.0, Verdict.PRESENT),
        "Slamet": (By.NAME, 145.0, Verdict.LIKELY),
        "Dwi Handayani": (By.EMAIL, None, Verdict.ABSENT),
    }
    assert (plan.left, plan.ignored) == ([], 3)


def test_meet_times_are_of_the_day_of_the_session(meeting: Meeting) -> None:
    plan = meeting.plan(sample("gmeet_attendance"), 100)
    assert told(plan) == {
        "Siti Lestari": (By.EMAIL, 150.0, Verdict.PRESENT),
        "Agus Santoso": (By.NAME, 59.0, Verdict.SHORT),
        "Slamet": (By.NAME, 12.0, Verdict.SHORT),
    }


def test_a_form_counts_when_it_was_sent_in_time(meeting: Meeting) -> None:
    plan = meeting.plan(sample("gform_kehadiran_sheet_id"))
    assert told(plan) == {
        "Siti Lestari": (By.EMAIL, None, Verdict.PRESENT),
        "Agus Santoso": (By.NAME, None, Verdict.PRESENT),
        "Dwi Handayani": (By.EMAIL, None, Verdict.LATE),
    }
    assert [row.lines for row in plan.doubles] == [(3, 4)]


def test_importing_marks_once_and_keeps_what_stands(meeting: Meeting) -> None:
    with db.transaction():
        services.mark_by_hand(
            meeting.id,
            [meeting.people["Siti Lestari"]],
            present=True,
            reason="x",
            actor=factories.SYSTEM,
            now=clock.now(),
        )
    with db.transaction():
        services.mark_by_hand(
            meeting.id,
            [meeting.people["Siti Lestari"]],
            present=False,
            reason="x",
            actor=factories.SYSTEM,
            now=clock.now(),
        )
    plan = meeting.take(sample("zoom_meeting_participants")).plan
    assert told(plan)["Siti Lestari"][2] is Verdict.TAKEN_AWAY
    assert meeting.present() == {"Agus Santoso", "Dwi Handayani"}
    mark = db.session().scalars(sa.select(Presence).where(Presence.person_id == meeting.people["Agus Santoso"])).one()
    assert (mark.method, mark.reason) == (Method.LIST, "Impor zoom.csv, 145 menit")
    again = meeting.take(sample("zoom_meeting_participants"))
    assert (again.again, again.marked) == (True, 0)
    assert {row.verdict for row in again.plan.found} == {
        Verdict.ALREADY,
        Verdict.TAKEN_AWAY,
        Verdict.SHORT,
        Verdict.LIKELY,
    }
    meeting.take(sample("zoom_meeting_participants"), accept_likely=True)
    assert meeting.present() == {"Agus Santoso", "Dwi Handayani", "Nur'aini"}


def test_two_of_one_name_are_never_guessed(meeting: Meeting) -> None:
    meeting.people["Agus lain"] = meeting.join("Agus Santoso", "lain@example.org")
    plan = meeting.plan("nama\nAGUS SANTOSO, S.Pd.\n")
    assert plan.found == []
    (left,) = plan.left
    assert (left.why, len(left.candidates)) == (Why.AMBIGUOUS, 2)


def test_an_address_and_a_number_of_two_people_contradict(meeting: Meeting) -> None:
    with db.transaction():
        db.session().get_one(Person, meeting.people["Slamet"]).nip = "198501012010012999"
    plan = meeting.plan("surel;nip\npeserta001@example.org;198501012010012999\n;19850101 201001 2 999\n")
    assert [row.why for row in plan.left] == [Why.CONTRADICTION]
    assert told(plan) == {"Slamet": (By.NUMBER, None, Verdict.PRESENT)}


def test_an_account_without_a_seat_is_told_apart(meeting: Meeting) -> None:
    other = factories.person("Orang Lain").email
    plan = meeting.plan(f"surel\n{other}\nsiapa@example.org\n")
    assert [row.why for row in plan.left] == [Why.NOT_ENROLLED, Why.UNKNOWN]


def test_near_names_are_candidates_only(meeting: Meeting) -> None:
    plan = meeting.plan("nama\nDwi Handayanti\nSugeng R.\n")
    assert plan.found == []
    assert [[row.name for row in left.candidates] for left in plan.left] == [["Dwi Handayani"], ["Sugeng Riyadi"]]


@pytest.mark.parametrize(
    "content",
    [
        "peserta001@example.org\nSlamet\n",
        "Surel\npeserta001@example.org\n\n",
        "Nama Lengkap\nSITI LESTARI\n",
        '"Siti Lestari, S.Pd.SD."\n',
        "NAMA;SUREL\nx;PESERTA001@EXAMPLE.ORG\n",
    ],
)
def test_a_plain_column_is_enough(meeting: Meeting, content: str) -> None:
    assert told(meeting.plan(content))["Siti Lestari"][2] is Verdict.PRESENT


def test_a_workbook_is_read_as_well(meeting: Meeting) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nama", "Email", "Join time", "Leave time"])
    sheet.append(["Siti", "peserta001@example.org", datetime(2022, 6, 20, 9, 0), datetime(2022, 6, 20, 11, 0)])  # noqa: DTZ001  # as spreadsheets keep it
    file = io.BytesIO()
    book.save(file)
    assert told(meeting.plan(file.getvalue())) == {"Siti Lestari": (By.EMAIL, 120.0, Verdict.PRESENT)}


def test_a_list_of_another_day_is_noticed(meeting: Meeting) -> None:
    content = sample("zoom_meeting_participants").replace(b"06/20/2022", b"07/04/2022")
    plan = meeting.plan(content)
    assert plan.elsewhere
    assert plan.having(Verdict.PRESENT) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"   ", b"PK\x03\x04junk", b"\x00\x01\x02\xff", b"a;b\n1;2\n" * 11_000, b"\xd0\xcf\x11\xe0aa"],
)
def test_what_is_no_list_is_refused(meeting: Meeting, content: bytes) -> None:
    with pytest.raises(TableUnreadable):
        meeting.plan(content)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("157", 157),
        ("2 hr 31 min", 151),
        ("58 min", 58),
        ("1 jam", 60),
        ("1:23:30", 83.5),
        ("87,5", 87.5),
        ("x", None),
        ("19 menit", 19),
        ("1 jam 59 menit", 119),
        ("2 jam 31 menit", 151),
        ("1140 detik", 19),
        ("19,5 menit", 19.5),
        ("PT19M30S", 19.5),
        ("PT2H", 120),
        ("1j 2mnt", 62),
        ("2h 44m 51s", 164.85),
        ("45 dtk", 0.75),
        ("< 1 min", 1),
        ("1 jam dan 5 menit", 65),
        ("19 Minuten", None),
        ("19:30", None),
        ("0:45", 45),
        ("", None),
        ("PT", None),
        ("-5", None),
        ("1e3", None),
        ("setengah jam", None),
    ],
)
def test_durations(text: str, expected: float | None) -> None:
    assert times.minutes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "06/20/2022 08:31:05 AM", "20/06/2022 08:31:05", "2022-06-20T08:31:05", "2022/06/20 8:31:05 AM GMT+7",
        "20/06/2022 08.31.05", "08:31:05", "Jun 20, 2022 08:31:05", "20 Jun 2022 08:31:05", "20-Jun-2022 08:31:05",
        "Senin, 20 Juni 2022 pukul 08.31.05 WIB", "2022-06-20T01:31:05Z", "2022-06-20T01:31:05.123+00:00",
        "20 June 2022 8:31:05 AM", "6/20/22, 8:31:05 AM", "2022-06-20 09:31:05 WITA", "01:31:05 UTC",
        "20.06.2022 08:31:05", "08:31:05 20/06/2022", "June 20th, 2022 at 8:31:05 a.m.", "20 Jun 22 08:31:05",
        "2022-06-20T08:31:05+0700", "Mon, 20 Jun 2022 01:31:05 GMT", "8:31:05\u202fAM",
    ],
)  # fmt: skip
def test_moments(text: str) -> None:
    assert times.moment(text, DAY) == datetime(2022, 6, 20, 1, 31, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "31/02/2022",
        "99/99/9999 99:99",
        "25:61",
        "0/0/0 10:00",
        "20/06/2022",
        "20 Xyz 2022 08:31",
        "08:31 kira-kira",
        "20/06/2022 08:31 LMT",
        "13:00 +99:00",
        "0:31 AM",
    ],
)
def test_impossible_moments(text: str) -> None:
    assert times.moment(text, DAY) is None
