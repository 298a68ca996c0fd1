"""Reports as programs and offices make them: what each says of fourteen people about a session of 150 minutes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from calakan.attendance import matching
from calakan.attendance.errors import ListIsNoEvidence
from calakan.attendance.lists import Unclear
from calakan.attendance.matching import Lane, Plan, Verdict, Why
from calakan.attendance.statuses import Status, status_of
from calakan.diklat import queries as diklat_queries
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.people.models import Person
from calakan.tables.errors import TableUnreadable
from tests import factories

pytestmark = pytest.mark.any_database

FILES = Path(__file__).parent / "lists" / "kinds"
START = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)  # 09.00 WIB
PEOPLE = [(row["nama"], row["surel"]) for row in csv.DictReader(io.StringIO((FILES / "people.csv").read_text()))]
Reader = Callable[[bytes | str], Plan]
HEAD = "Name,Email,Join time,Leave time,Duration (minutes)\n"
WHOLE = "11/29/2026 08:55:00 AM,11/29/2026 11:31:00 AM,156\n"


@pytest.fixture
def diklat_id(app: Flask) -> int:
    course = factories.diklat(enrol_closes_at=clock.now() + timedelta(days=9), quota=14)
    for name, email in PEOPLE:
        seat(course.id, name, email)
    return course.id


def seat(diklat_id: int, name: str, email: str) -> None:
    id = factories.person(name).id
    with db.transaction():
        db.session().get_one(Person, id).email = email
    with db.transaction():
        enrolment.join(diklat_id, id, actor=factories.SYSTEM, now=clock.now())


@pytest.fixture
def read(diklat_id: int) -> Reader:
    session_id = factories.live_session(diklat_id, START, hours=2.5).id

    def plan(content: bytes | str) -> Plan:
        session = diklat_queries.live_session_by_id(session_id)
        assert session is not None
        return matching.plan(session, content.encode() if isinstance(content, str) else content, least_minutes=120)

    return plan


def told(plan: Plan) -> dict[str, str]:
    """`present 150`: what becomes of whom, `?` before what is only likely."""
    found = {}
    for row in plan.found:
        mark = "?" if row.lane is Lane.LIKELY else ""
        found[row.participant.name] = f"{mark}{row.verdict} {'-' if row.minutes is None else f'{row.minutes:g}'}"
    return found


ZOOM = {"Suparno": "present 150", "Budi Santoso": "short 19", "Agus Wijaya": "present 150"}
TEAMS = {
    "Suparno": "present 150", "Budi Santoso": "short 18.7", "Agus Wijaya": "present 149.7", "Rina Kartika": "short 0.7",
}  # fmt: skip
OTHER_DAY = {"Suparno": "short 0", "Budi Santoso": "short 0"}
EXPECTED: dict[str, dict[str, str]] = {
    "zoom-id-flat.csv": ZOOM,
    "zoom-id-unique.csv": ZOOM,
    "zoom-id-block.csv": {"Suparno": "present 150", "Budi Santoso": "short 19"},
    "zoom-id-onerow.csv": {"Suparno": "?likely 150", "Budi Santoso": "short 19"},
    "zoom-en-onerow.csv": {"Suparno": "?likely 150", "Budi Santoso": "short 19"},
    "teams-two.csv": TEAMS,
    "teams-three.csv": TEAMS,
    "teams-utc.csv": {"Suparno": "present 150", "Budi Santoso": "short 19", "Rina Kartika": "short 0.7"},
    "iso-z.csv": {"Suparno": "present 150", "Budi Santoso": "present 150", "Rina Kartika": "short 10"},
    "menit.csv": {
        "Suparno": "present 150", "Budi Santoso": "short 19", "Rina Kartika": "short 119", "Agus Wijaya": "present 150",
        "Tuti Handayani": "short 19", "Joko Purnomo": "short 119", "Wahyu Utami": "short 19", "Dwi Lestari": "short 0.7",
    },
    "minutes-kinds.csv": {
        "Suparno": "?short 0.7", "Budi Santoso": "short 19.5", "Rina Kartika": "short 1", "Agus Wijaya": "short 45",
        "Tuti Handayani": "short 19", "Joko Purnomo": "short 19.5", "Wahyu Utami": "short 62", "Dwi Lestari": "short 0.8",
        "M. Nur Hidayat": "short 19.5", "Nur'aini Rahmawati": "review -",
    },
    "sakai.csv": {"Suparno": "present 150", "Budi Santoso": "short 19"},
    "status-id.csv": {
        "Suparno": "present -", "Budi Santoso": "absent -", "Rina Kartika": "absent -", "Agus Wijaya": "absent -",
        "Tuti Handayani": "review -",
    },
    "status-moodle.csv": {
        "Suparno": "present -", "Budi Santoso": "absent -", "Rina Kartika": "absent -", "Agus Wijaya": "review -",
    },
    "status-teamswebinar.csv": {"Suparno": "present -", "Budi Santoso": "absent -"},
    **{
        f"otherday-{kind}.csv": OTHER_DAY
        for kind in ("numeric", "iso", "monthname", "daymonth", "dashmonth", "indonesian")
    },
    "webinar.csv": {
        "Suparno": "present 150", "Tuti Handayani": "present 149.8", "Budi Santoso": "short 20",
        "Rina Kartika": "absent -", "Agus Wijaya": "present 150",
    },
    "surname-first.csv": {},
    "hyphen.csv": {},
    "xlsx-merged.xlsx": {"Suparno": "present 140"},
    "titleline.csv": {"Suparno": "short 19", "Budi Santoso": "present 150"},
    "xlsx-coverfirst.xlsx": {"Suparno": "present -"},
}  # fmt: skip


def test_every_file_says_what_it_says(read: Reader) -> None:
    for name, expected in EXPECTED.items():
        plan = read((FILES / name).read_bytes())
        assert told(plan) == expected, name
        assert plan.elsewhere == name.startswith("otherday"), name
    left = {
        row.shown: (row.why, [each.name for each in row.candidates])
        for row in read((FILES / "surname-first.csv").read_bytes()).left
    }
    assert left == {"Lestari, Dwi": (Why.ALIKE, ["Dwi Lestari", "Lestari"])}
    left = {
        row.shown: (row.why, [each.name for each in row.candidates])
        for row in read((FILES / "hyphen.csv").read_bytes()).left
    }
    assert left == {"Siti Nur-Aini": (Why.ALIKE, ["Aini"]), "SDN 2 Suparno/Kelas 4": (Why.ALIKE, ["Suparno"])}
    assert [row.shown for row in read((FILES / "webinar.csv").read_bytes()).left] == ["628120000001"]
    assert [row.said for row in read((FILES / "status-id.csv").read_bytes()).found] == [
        "Alpa", "Tidak hadir · Sakit", "Izin · Dinas luar", "Hadir", "",
    ]  # fmt: skip
    with pytest.raises(TableUnreadable) as refused:
        read((FILES / "quote-in-name.csv").read_bytes())
    assert refused.value.facts == {"why": "quote", "line": 4}


def test_no_value_that_was_not_understood_counts(read: Reader) -> None:
    for content, unclear in (
        (HEAD + "Budi Santoso,,11/29/2026 08:55:00 AM,besok,150\n", Unclear.TIMES),
        (HEAD + "Budi Santoso,,11/29/2026 11:31:00 AM,11/29/2026 08:55:00 AM,150\n", Unclear.TIMES),
        (HEAD + "Budi Santoso,,11/29/2026 08:55:00 AM,,150\n", Unclear.TIMES),
        (HEAD + "Budi Santoso,,,,lama sekali\n", Unclear.MINUTES),
        (HEAD + "Budi Santoso,,,,\n", Unclear.EMPTY),
        ("Nama,Waktu bergabung\nBudi Santoso,29/11/2026 08:55\n", Unclear.PARTLY),
        ("Nama,Cap waktu\nBudi Santoso,kemarin\n", Unclear.STAMP),
        ("Nama,Kehadiran\nBudi Santoso,terlambat\n", Unclear.STATUS),
        ("Nama,Tanda tangan\nBudi Santoso,\n", Unclear.STATUS),
        ("Nama,Keterangan\nSuparno,Hadir\nBudi Santoso,\n", Unclear.STATUS),
        ("Nama,Hadir,Izin\nBudi Santoso,v,v\n", Unclear.STATUS),
        ("Nama,Durasi,Keterangan\nBudi Santoso,150,Sakit\n", Unclear.STATUS),
        ("Nama,Durasi\nBudi Santoso,150\nRina Kartika,600\n", Unclear.UNIT),
        ("Nama,Durasi\nBudi Santoso,2:30\n", Unclear.UNIT),
        (
            "Nama,First Join,Last Leave,In-Meeting Duration\nBudi Santoso,29/11/2026 07:30,29/11/2026 11:30,2h 30m\n",
            Unclear.PARTLY,
        ),
        ("Nama,Email\nBudi \u202eSantoso,budi.santoso@example.org\n", Unclear.MARKS),
    ):
        plan = read(content)
        (row,) = [row for row in plan.found if row.participant.name == "Budi Santoso"]
        assert (row.verdict, row.unclear) == (Verdict.REVIEW, unclear), content


def test_what_was_understood_suffices_by_itself(read: Reader) -> None:
    address = "budi.santoso@example.org"
    plan = read(HEAD + f"Budi Santoso,{address},{WHOLE}Budi Santoso,{address},rusak,,\n")
    assert told(plan) == {"Budi Santoso": "present 150"}


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        ("Nama,H,I,S,A\nBudi Santoso,✓,,,\n", "present"),
        ("Nama,H,I,S,A\nBudi Santoso,,,v,\n", "absent"),
        ("Nama,Keterangan\nBudi Santoso,Sakit\n", "absent"),
        ("Nama,Keterangan\nSuparno,Hadir\nBudi Santoso,Tidak hadir\n", "absent"),
        ("Nama,Status\nBudi Santoso,PNS\n", "present"),
        ("Nama,Tanggal,Kehadiran\nBudi Santoso,22/11/2026,Hadir\n", "late"),
        ("Nama,Tanggal,Jam masuk,Jam keluar\nBudi Santoso,29/11/2026,08.55,11.30\n", "present"),
        ("Nama,Tanggal,Jam masuk,Jam keluar\nBudi Santoso,22 November 2026,08.55,11.30\n", "short"),
        ("Meeting ID,Start time\n812,11/22/2026 08:50:00 AM\n\nName,Total duration (minutes)\nBudi Santoso,150\n", "short"),
        ("Nama,Durasi (detik)\nBudi Santoso,9000\n", "present"),
        ("Nama,Durasi (detik)\nBudi Santoso,150\n", "short"),
        ("Nama,Durasi (jam)\nBudi Santoso,\"2,5\"\n", "present"),
        ("Nama,Waktu bergabung (GMT+8),Waktu keluar (GMT+8)\nBudi Santoso,29/11/2026 10.00,29/11/2026 12.30\n", "present"),
        ("Nama,Waktu bergabung,Waktu keluar\nBudi Santoso,29/11/2026 10.00 WITA,29/11/2026 12.30 WITA\n", "present"),
    ],
)  # fmt: skip
def test_more_of_each_kind(read: Reader, content: str, verdict: str) -> None:
    plan = read(content)
    assert {row.verdict.value for row in plan.found if row.participant.name == "Budi Santoso"} == {verdict}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("Nama,Email,Waktu pendaftaran,Status persetujuan\nBudi Santoso,budi.santoso@example.org,x,disetujui\n", "registered"),
        ("First Name,Last Name,Email,Registration Time,Approval Status\nBudi,Santoso,x@example.org,Nov 1,denied\n", "registered"),
        ("Laporan pendaftaran\nNama,Email\nBudi Santoso,budi.santoso@example.org\n", "registered"),
        ("Full Name,Attendance,Response\nBudi Santoso,Required Attendee,Accepted\n", "invited"),
        ("Nama,Konfirmasi kehadiran\nBudi Santoso,Bersedia\n", "invited"),
        ("Nama,Status\nBudi Santoso,Terdaftar\n", "registered"),
        ("Registration Report\nTopic,Meeting ID,# Registered\nDiklat,812,1\n\nName,Email\nBudi Santoso,x@example.org\n", "registered"),
    ],
)  # fmt: skip
def test_who_registered_or_was_invited_is_no_evidence(read: Reader, content: str, why: str) -> None:
    with pytest.raises(ListIsNoEvidence) as refused:
        read(content)
    assert refused.value.facts == {"why": why}


def left(plan: Plan) -> list[tuple[str, Why, set[str]]]:
    return [(row.shown, row.why, {each.name for each in row.candidates}) for row in plan.left]


def test_one_name_on_two_lines_is_never_one_person(read: Reader) -> None:
    late = "11/29/2026 11:00:00 AM,11/29/2026 11:31:00 AM,31\n"
    early = "11/29/2026 08:55:00 AM,11/29/2026 10:50:00 AM,115\n"
    # One after the other in the same letters: somebody who came back.
    assert told(read(HEAD + f"Budi Santoso,,{early}Budi Santoso,,{late}")) == {"Budi Santoso": "present 140"}
    for content in (
        HEAD + f"Budi Santoso,,{WHOLE}Budi Santoso,,{late}",  # at once
        HEAD + f"Budi Santoso,,{early}BUDI SANTOSO S.Pd,,{late}",  # by another hand
        HEAD + f"Budi Santoso,satu@example.net,{early}Budi Santoso,dua@example.net,{late}",
        "Nama\nBudi Santoso\nBudi Santoso\n",
    ):
        plan = read(content)
        assert told(plan) == {}
        assert left(plan) == [(row.shown, Why.TWICE, {"Budi Santoso"}) for row in plan.left]
        assert len(plan.left) == 2
        assert plan.likely == {}
    plan = read(HEAD + f"HP Oppo,budi.santoso@example.org,{late}Budi Santoso,,{early}")
    assert told(plan) == {"Budi Santoso": "short 30"}
    assert left(plan) == [("Budi Santoso", Why.TWICE, {"Budi Santoso"})]


def test_lanes(read: Reader) -> None:
    for name, email, why, candidates in (
        ("Siti Aminah", "", Why.AMBIGUOUS, {"Siti Aminah"}),
        ("Budi Santoso & Rina Kartika", "", Why.SEVERAL, {"Budi Santoso", "Rina Kartika"}),
        ("Rina Kartika", "budi.santoso@example.org", Why.CONTRADICTION, {"Budi Santoso", "Rina Kartika"}),
        ("Ahmad Fauzi (Budi Santoso)", "", Why.BESIDE, {"Budi Santoso"}),
        ("Santoso Budi", "", Why.ALIKE, {"Budi Santoso"}),
        ("Budi, S.Pd. Santoso", "", Why.ALIKE, {"Budi Santoso"}),
        ("Siti_SDN 1 Wangon", "", Why.UNKNOWN, set()),
        ("Galaxy A12", "", Why.UNKNOWN, set()),
        ("Tamu Jauh", "siapa@example.net", Why.UNKNOWN, set()),
    ):
        plan = read(HEAD + f'"{name}",{email},{WHOLE}')
        assert told(plan) == {}, name
        assert left(plan) == [(name, why, candidates)], name
    for name in (
        "BUDI SANTOSO, S.Pd.", "12_Sokaraja_Budi Santoso", "Budi Santoso - SDN 1 Wangon", "Laptop Asus (Budi Santoso)",
        "Drs. Budi Santoso, S. Pd, M.Pd", "Budi Santoso (Tamu)", "Budi Santoso_SMPN 2 Purwokerto",
    ):  # fmt: skip
        assert told(read(HEAD + f'"{name}",,{WHOLE}')) == {"Budi Santoso": "present 150"}, name
    assert told(read(HEAD + f"Lestari,dwi.lestari@example.org,{WHOLE}")) == {"Dwi Lestari": "present 150"}
    plan = read(HEAD + f"Suparno,,{WHOLE}")
    assert (told(plan), list(plan.likely.values())) == ({"Suparno": "?likely 150"}, [150])


@pytest.fixture
def waiting(diklat_id: int) -> None:
    """Two for whom there is no seat; the line closes when the session has begun."""
    seat(diklat_id, "Hadi Wibowo", "hadi@example.org")
    seat(diklat_id, "Rina Kartika", "rina2@example.org")


def test_whoever_waits_is_no_participant(waiting: None, read: Reader) -> None:
    plan = read(HEAD + f"Hadi Wibowo,hadi@example.org,{WHOLE}Hadi Wibowo,,{WHOLE}Rina Kartika,,{WHOLE}")
    assert told(plan) == {}
    assert left(plan) == [
        ("Hadi Wibowo", Why.WAITING, set()),
        ("Hadi Wibowo", Why.WAITING, set()),
        ("Rina Kartika", Why.AMBIGUOUS, {"Rina Kartika"}),
    ]
    other = factories.person("Agus Wijaya").email
    plan = read(HEAD + f"Agus Wijaya,{other},{WHOLE}")
    assert left(plan) == [("Agus Wijaya", Why.NOT_ENROLLED, {"Agus Wijaya"})]


def test_a_panelist_who_is_enrolled_is_looked_at(read: Reader) -> None:
    content = (
        (FILES / "webinar.csv")
        .read_text()
        .replace("Yes,Panitia Uji", "Yes,Joko")
        .replace("panitia@example.org", "x@example.org")
    )
    content = content.replace("Panelist Details\n", "Panelist Details\n", 1).replace(
        'Yes,Tuti Handayani,tuti.handayani@example.org,"Nov 29, 2026 09:30:10"',
        'Yes,Joko Purnomo,joko.purnomo@example.org,"Nov 29, 2026 09:30:10"',
    )
    plan = read(content)
    assert ("Joko Purnomo", Why.PANELIST, {"Joko Purnomo"}) in left(plan)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hadir", Status.PRESENT), ("hadir.", Status.PRESENT), ("✓", Status.PRESENT), ("BENAR", Status.PRESENT),
        ("Tidak hadir", Status.ABSENT), ("Belum hadir", Status.ABSENT), ("Didn't attend", Status.ABSENT),
        ("A (Absent)", Status.ABSENT), ("Sakit (surat dokter)", Status.UNCLEAR), ("Izin sakit", Status.ABSENT),
        ("Tanpa keterangan", Status.ABSENT), ("x", Status.UNCLEAR), ("?", Status.UNCLEAR), ("3", Status.UNCLEAR),
        ("Hadir (terlambat)", Status.UNCLEAR), ("Late", Status.UNCLEAR), ("H", Status.PRESENT), ("SALAH", Status.ABSENT),
    ],
)  # fmt: skip
def test_words_of_being_there(text: str, expected: Status) -> None:
    assert status_of(text) is expected


def test_two_addresses_in_one_cell_are_two_people(read: Reader) -> None:
    plan = read("Nama,Email\nBudi Santoso,budi.santoso@example.org; rina.kartika@example.org\n")
    assert told(plan) == {}
    assert left(plan) == [("Budi Santoso", Why.SEVERAL, {"Budi Santoso", "Rina Kartika"})]
