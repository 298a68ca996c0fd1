"""Words around a line, and headings of what is to come or of who was away: nobody is present by such a list."""

from __future__ import annotations

import pytest

from calakan.attendance import denials
from calakan.attendance.errors import ListIsNoEvidence
from calakan.attendance.lists import Unclear
from calakan.attendance.matching import Verdict
from tests.attendance.test_list_kinds import Reader, diklat_id, read, told

__all__ = ["diklat_id", "read"]
BUDI, RINA, AGUS, TUTI = "Budi Santoso", "Rina Kartika", "Agus Wijaya", "Tuti Handayani"
B, R, A = "budi.santoso@example.org", "rina.kartika@example.org", "agus.wijaya@example.org"


@pytest.mark.parametrize(
    "heading",
    [
        "Rencana Hadir", "Apakah akan hadir?", "Wajib hadir", "Kesanggupan mengikuti", "Will attend", "Target kehadiran",
        "Konfirmasi akan hadir", "Planned attendance",
    ],
)  # fmt: skip
def test_what_is_to_come_is_no_evidence(read: Reader, heading: str) -> None:
    with pytest.raises(ListIsNoEvidence) as refused:
        read(f"Nama,Email,{heading}\na,{B},Ya\nb,{R},Tidak\n")
    assert refused.value.facts["why"] == "invited"


def test_a_form_of_the_day_may_ask_whether_one_will_stay(read: Reader) -> None:
    """Its own times tell who filled it in during the session, and who days before."""
    heading = "Timestamp,Nama,Email,Saya akan mengikuti sampai selesai\n"
    plan = read(f"{heading}29/11/2026 09:05,a,{B},Ya\n20/11/2026 09:05,b,{R},Ya\n")
    assert told(plan) == {BUDI: "present -", RINA: "late -"}


@pytest.mark.parametrize(
    ("title", "under"),
    [
        ("Daftar Peserta Tidak Hadir", "Nama,Email"), ("Rekap Peserta Izin", "Nama,Email"), ("Absentees", "Nama,Email"),
        ("Peserta yang tidak dapat mengikuti", "Nama,Email,Durasi (menit)"), ("No-shows", "Name,Email,Duration (minutes)"),
        ("Daftar guru sakit", "Nama,Email"), ("Belum Hadir", "Nama,Email,Jam masuk,Jam keluar"),
    ],
)  # fmt: skip
def test_a_list_of_those_who_were_away_makes_nobody_present(read: Reader, title: str, under: str) -> None:
    values = {"Durasi (menit)": "150", "Duration (minutes)": "150", "Jam masuk": "09:00", "Jam keluar": "11:30"}
    line = ",".join(["Budi Santoso", B, *(values[heading] for heading in under.split(",")[2:])])
    (found,) = read(f"{title}\n{under}\n{line}\n").found
    assert (found.verdict, found.unclear) == (Verdict.REVIEW, Unclear.STATUS)


@pytest.mark.parametrize(
    ("title", "evidence", "away"),
    [
        ("daftar hadir", False, False), ("daftar hadir dan tidak hadir", True, False), ("rekap izin", True, False),
        ("daftar hadir dan tidak hadir", False, True), ("sosialisasi di rumah sakit", False, False),
        ("absent participants", True, False), ("ketidakhadiran", True, True), ("", False, False),
    ],
)  # fmt: skip
def test_a_title_of_both_leaves_it_to_the_columns(title: str, evidence: bool, away: bool) -> None:
    assert denials.of_title(title, evidence=evidence) is away


@pytest.mark.parametrize(
    "content",
    [
        f"Hadir\nNama,Email\na,{B}\nTidak Hadir\nNama,Email\nb,{R}\n",
        f"Nama,Email\nHadir:,\na,{B}\nTidak hadir (1 orang):,\nb,{R}\n",
        f"Nama,Email\na,{B}\nIZIN,\nb,{R}\n",
        f"Peserta yang hadir:\n{B}\nTanpa keterangan: 1\n{R}\n",
        f"Nama,Email,Durasi (menit)\na,{B},150\nTidak Hadir,,\nb,{R},150\n",
    ],
)
def test_headings_between_lines_part_those_who_were_there_from_the_others(read: Reader, content: str) -> None:
    plan = read(content)
    assert {row.participant.name: row.verdict for row in plan.found} == {BUDI: Verdict.PRESENT, RINA: Verdict.REVIEW}
    assert plan.left == []


def test_those_under_a_heading_of_their_own_are_absent_as_their_column_says(read: Reader) -> None:
    plan = read(f"Nama,Email,Kehadiran\nTidak hadir,,\nb,{R},Sakit\nHadir,,\na,{B},Hadir\n")
    assert told(plan) == {RINA: "absent -", BUDI: "present -"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Budi Santoso [alpa]", "alpa"), ("Budi Santoso / tidak hadir", "tidak hadir"), ("Budi Santoso: izin", "izin"),
        ("Budi Santoso tidak hadir", "tidak hadir"), ("Budi Santoso sakit", "sakit"), ("Budi Santoso | IZIN", "IZIN"),
        ("Budi Santoso belum masuk", "belum masuk"), ("Alfa Rizki", ""), ("Rizki Alfa", ""), ("Budi (A)", ""),
        ("Budi / SDN 1", ""), ("Izin Santoso", ""), ("Budi Santoso", ""),
    ],
)  # fmt: skip
def test_a_name_may_say_that_its_bearer_was_not_there(name: str, said: str) -> None:
    assert denials.beside(name) == said


def test_names_that_say_so_are_not_accepted_with_the_likely_ones(read: Reader) -> None:
    names = ["Rina Kartika [alpa]", "Agus Wijaya / tidak hadir", "Tuti Handayani: izin", "Joko Purnomo tidak hadir"]
    plan = read("Nama,Durasi (menit)\n" + "".join(f"{name},150\n" for name in names))
    assert [row.verdict for row in plan.left] == [Verdict.REVIEW] * 4
    assert plan.likely == {}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"Nama,Email,Jumlah Alpa\na,{B},0\nb,{R},3\n", {BUDI: "review -", RINA: "review -"}),
        (f"Nama,Email,Nilai\na,{B},80\nb,{R},\n", {BUDI: "review -", RINA: "review -"}),
        (f"Nama,Email,Skor,Kehadiran\na,{B},80,Hadir\nb,{R},,Alpa\n", {BUDI: "present -", RINA: "absent -"}),
        (f"Nama,Email,Absen\na,{B},Ya\nb,{R},Tidak\n", {BUDI: "review -", RINA: "review -"}),
        (f"Nama,Email,Absen\na,{B},✓\nb,{R},x\n", {BUDI: "review -", RINA: "review -"}),
        (f"Nama,Email,Absen\na,{B},Hadir\nb,{R},Alpa\n", {BUDI: "present -", RINA: "absent -"}),
        (
            f"Nama,Email,Hadir Awal,Hadir Akhir\na,{B},Ya,Ya\nb,{R},Ya,\nc,{A},Tidak,\n",
            {BUDI: "present -", RINA: "review -", AGUS: "absent -"},
        ),
        (
            f"Nama,Email,Kehadiran,Keterangan Kehadiran\na,{B},Hadir,\nb,{R},Tidak hadir,Sakit\n",
            {BUDI: "present -", RINA: "absent -"},
        ),
    ],
)
def test_what_says_half_of_it_or_either_way_waits(read: Reader, content: str, expected: dict[str, str]) -> None:
    assert told(read(content)) == expected
