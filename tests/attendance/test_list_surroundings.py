"""Headings, titles and columns that say something of every line: of time, zone, session, or that nobody had come yet."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from calakan.attendance import times
from calakan.attendance.errors import ListIsNoEvidence
from calakan.attendance.lists import Entry, Unclear, read
from calakan.attendance.statuses import Status, status_of

DAY = date(2026, 11, 29)
START, END = datetime(2026, 11, 29, 2, 0, tzinfo=UTC), datetime(2026, 11, 29, 4, 30, tzinfo=UTC)
B = "budi@example.org"


def entries(content: str) -> list[Entry]:
    return list(read(content.encode(), day=DAY, length=150).entries)


@pytest.mark.parametrize(
    "heading",
    [
        "Dapat hadir?", "Apakah Bapak/Ibu bisa mengikuti?", "Siap hadir", "Ingin ikut", "Would you like to attend?",
        "Registered On", "Mendaftar pada", "Tgl. Registrasi", "Approval", "Hasil persetujuan",
    ],
)  # fmt: skip
def test_what_was_asked_before_the_day_is_no_evidence(heading: str) -> None:
    with pytest.raises(ListIsNoEvidence):
        entries(f"Nama,Email,{heading}\nBudi,{B},Ya\n")
    assert entries(f"Cap waktu,Email,{heading}\n29/11/2026 09:10:00,{B},Ya\n")[0].unclear is None


@pytest.mark.parametrize("heading", ["Nomor registrasi", "ID Pendaftaran", "Kode registrasi"])
def test_a_number_of_a_registration_hinders_nobody(heading: str) -> None:
    assert entries(f"Nama,Email,{heading}\nBudi,{B},0812\n")[0].unclear is None


@pytest.mark.parametrize(
    "title", ["Peserta yang diundang", "Daftar Tunggu", "Waiting list", "Peserta Cadangan", "Invited participants"]
)
def test_a_title_of_those_who_were_to_come(title: str) -> None:
    with pytest.raises(ListIsNoEvidence):
        entries(f"{title}\nNama,Email\nBudi,{B}\n")


@pytest.mark.parametrize(
    "title",
    ["Daftar Peserta Diklat", "Data guru", "Daftar Penerima Sertifikat", "Peserta Gugur", "Mengundurkan diri: 3 orang"],
)
def test_a_title_of_people_leaves_it_to_a_person(title: str) -> None:
    assert entries(f"{title}\nNama,Email\nBudi,{B}\n")[0].unclear is Unclear.STATUS
    assert entries(f"Diklat Calon Kepala Sekolah\nNama,Email\nBudi,{B}\n")[0].unclear is None
    assert entries(f"{title} - daftar hadir\nNama,Email,Kehadiran\nBudi,{B},Hadir\n")[0].status is Status.PRESENT


@pytest.mark.parametrize("heading", ["Tidak dapat hadir", "Berhalangan", "Did not attend", "Belum mengikuti"])
def test_a_column_of_those_who_were_away(heading: str) -> None:
    assert [e.status for e in entries(f"Nama,Email,{heading}\nBudi,{B},v\n")] == [Status.ABSENT]
    assert entries("Nama,Hadir/Tidak Hadir\nBudi,Hadir\n")[0].status is Status.PRESENT


@pytest.mark.parametrize(
    ("heading", "value", "minutes"),
    [
        ("Waktu (menit)", "5", 5.0), ("Total Jam", "0.3", 18.0), ("Lama Bergabung (mnt)", "5", 5.0),
        ("Online (detik)", "300", 5.0), ("Jumlah jam", "2", 120.0),
    ],
)  # fmt: skip
def test_a_heading_that_names_a_unit_of_time_counts_minutes(heading: str, value: str, minutes: float) -> None:
    assert entries(f"Nama,Email,{heading}\nBudi,{B},{value}\n")[0].minutes == pytest.approx(minutes)


def test_an_hour_of_the_clock_is_no_length() -> None:
    for heading in ("Waktu (jam)", "Pukul (jam)"):
        entry = entries(f"Nama,Email,{heading}\nBudi,{B},09.05\n")[0]
        assert (entry.unclear is not None, entry.minutes) == (True, None)
    assert entries(f"Nama,Email,Registrasi ulang\nBudi,{B},v\n")[0].unclear is Unclear.STATUS


@pytest.mark.parametrize(
    "heading", ["Waktu kehadiran", "Total Waktu", "Lama di Zoom", "Jumlah jam hadir", "Time attended"]
)
def test_numbers_under_a_heading_of_time_wait(heading: str) -> None:
    entry = entries(f"Nama,Email,{heading}\nBudi,{B},5\n")[0]
    assert entry.unclear is not None or entry.fewest is not None
    assert entry.status is None


@pytest.mark.parametrize("heading", ["Nomor urut", "Jam mengajar", "NIP lama", "Usia"])
def test_other_numbers_hinder_nobody(heading: str) -> None:
    entry = entries(f"Nama,Email,{heading}\nBudi,{B},24\n")[0]
    assert (entry.unclear, entry.minutes) == (None, None)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [("9.000", 1 / 60, None), ("9.000 detik", 1.0, None), ("1,140 s", 1.0, None), ("18.667", 1.0, 18.667), ("0.317", 60.0, 19.02)],
)  # fmt: skip
def test_a_point_before_three_digits_may_part_thousands(text: str, unit: float, expected: float | None) -> None:
    assert times.minutes(text, unit) == (expected if expected is None else pytest.approx(expected))


def test_seconds_with_such_a_point_may_be_few_or_many() -> None:
    entry = entries(f"Nama,Email,Durasi (detik)\nBudi,{B},9.000\n")[0]
    assert (entry.fewest, entry.minutes) == (pytest.approx(0.15), 150.0)


def test_an_hour_of_the_afternoon_is_not_of_the_morning() -> None:
    assert times.moment("29/11/2026 13:00 AM", DAY) is None
    for text in ("29/11/2026 13:00 PM", "jam 13.00", "pukul 13:00 WIB", "01:00 PM"):
        assert times.moment(text, DAY) == datetime(2026, 11, 29, 6, 0, tzinfo=UTC), text


def test_where_somebody_was_there_says_nothing_against_it() -> None:
    found = [
        status_of(text) for text in ("Hadir (Zoom)", "Hadir - daring", "Tidak (online)", "Online", "Daring/Luring")
    ]
    assert found == [Status.PRESENT, Status.PRESENT, Status.ABSENT, Status.UNCLEAR, Status.UNCLEAR]


def test_a_day_of_the_week_that_the_date_was_not() -> None:
    assert times.moment("Minggu, 29 November 2026 09:00", DAY) == START
    assert times.moment("Senin, 29 November 2026 09:00", DAY) is None
    assert times.moment("Fri 11/12/2026 09:00", DAY) == datetime(2026, 12, 11, 2, 0, tzinfo=UTC)


ZONED = "Nama,Email,Waktu masuk,Waktu keluar\nBudi,{},29/11/2026 {}:00,29/11/2026 {}:30\n"


@pytest.mark.parametrize(
    ("title", "start", "end"),
    [
        ("Zona waktu: UTC", "02", "04"), ("Time zone,Asia/Makassar", "10", "12"), ("Semua waktu dalam WITA", "10", "12"),
        ("All times are GMT+9", "11", "13"), ("Average time in meeting: 90 min", "09", "11"),
        ("Time zone: SE Asia Standard Time", "09", "11"), ("Timezone,(GMT+07:00) Jakarta", "09", "11"),
        ("Topic,Meeting ID,Time zone\nDiklat,812,Asia/Tokyo\n", "11", "13"), ("Topik: Literasi pukul 10.00 WITA", "09", "11"),
    ],
)  # fmt: skip
def test_a_title_gives_its_zone_to_the_times_below(title: str, start: str, end: str) -> None:
    assert entries(f"{title}\n" + ZONED.format(B, start, end))[0].span == (START, END)


def test_a_title_with_a_zone_that_nobody_knows_or_with_two() -> None:
    for title in ("Zona waktu: Mars", "All times in UTC or WIB"):
        assert entries(f"{title}\n" + ZONED.format(B, "09", "11"))[0].unclear is Unclear.TIMES


def test_a_line_names_its_own_zone() -> None:
    head = "Nama,Email,Waktu masuk,Waktu keluar,Zona waktu\n"
    spans = entries(
        f"{head}Budi,{B},29/11/2026 10:00,29/11/2026 12:30,WITA\nRina,,29/11/2026 09:00,29/11/2026 11:30,\n"
        "Agus,,29/11/2026 09:00,29/11/2026 11:30,setempat\n"
    )
    assert [(e.span, e.unclear) for e in spans] == [((START, END), None), ((START, END), None), (None, Unclear.TIMES)]


def test_lines_that_name_several_sessions_wait() -> None:
    """Which of them this session is, the list does not say."""
    head = "Nama,Email,Sesi,Kehadiran\n"
    assert {e.unclear for e in entries(f"{head}Budi,{B},Sesi 2,Hadir\nRina,,Sesi 1,Hadir\n")} == {Unclear.STATUS}
    assert {e.unclear for e in entries(f"{head}Budi,{B},Sesi 1,Hadir\nRina,,Sesi 1,Hadir\n")} == {None}
    head = "Nama,Email,Sesi,Tanggal,Kehadiran\n"
    days = f"{head}Budi,{B},Sesi 1,29/11/2026,Hadir\nRina,,Sesi 2,30/11/2026,Hadir\n"
    assert [e.unclear for e in entries(days)] == [None, None]
    assert {e.unclear for e in entries(f"{days}Agus,,Sesi 3,29/11/2026,Hadir\n")} == {Unclear.STATUS}
    head = "Nama,Email,Sesi,Waktu masuk,Waktu keluar\n"
    hours = f"{head}Budi,{B},1,29/11/2026 09:00,29/11/2026 11:30\nRina,,2,29/11/2026 13:00,29/11/2026 15:00\n"
    assert {e.unclear for e in entries(hours)} == {None}


def test_a_time_of_another_day_beside_a_status_waits() -> None:
    head = "Nama,Email,Dibuat,Kehadiran\n"
    assert entries(f"{head}Budi,{B},22/11/2026 09:10,Hadir\n")[0].unclear is Unclear.TIMES
    assert entries(f"{head}Budi,{B},29/11/2026 09:10,Hadir\n")[0].unclear is None


def test_a_date_that_is_none_waits() -> None:
    for value, unclear in (("bukan tanggal", Unclear.STAMP), ("29/11/2026 09:00", None), ("Minggu, 29 Nov 2026", None)):
        assert entries(f'Nama,Email,Tanggal\nBudi,{B},"{value}"\n')[0].unclear is unclear


@pytest.mark.parametrize("heading", ["Participant Email", "Attendee Email", "Email aktif", "E-mail (belajar.id)"])
def test_headings_of_the_own_address(heading: str) -> None:
    assert entries(f"Nama,{heading}\nBudi,{B}\n")[0].email == B
    assert entries(f"Nama,Email kepala sekolah\nBudi,{B}\n")[0].email == ""


def test_who_calls_himself_by_his_address() -> None:
    assert [e.email for e in entries(f"Nama,Durasi (menit)\n{B},150\nBudi ({B}),150\na@x.id b@x.id,5\n")] == [B, B, ""]
