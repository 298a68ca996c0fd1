"""Whatever looks as if it said who was there, and is not understood, counts in nobody's favour and waits for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from calakan.attendance import lists, times
from calakan.attendance.errors import ListIsNoEvidence
from calakan.attendance.lists import Entry, Listed, read
from calakan.attendance.statuses import Status, status_of
from calakan.tables.errors import TableUnreadable

DAY = date(2026, 11, 29)
START, END = datetime(2026, 11, 29, 2, 0, tzinfo=UTC), datetime(2026, 11, 29, 4, 30, tzinfo=UTC)


def listed(content: str) -> Listed:
    return read(content.encode(), day=DAY)


def first(content: str) -> Entry:
    return listed(content).entries[0]


@pytest.mark.parametrize(
    ("content", "unclear"),
    [
        # Nothing is headed.
        ("Budi Santoso;v\nRina Kartika;-\n", "status"),
        ("1,Budi Santoso,Hadir\n2,Rina Kartika,Alpa\n", "status"),
        ("Budi Santoso,08:55,09:14\nRina Kartika,08:55,11:31\n", "times"),
        ("budi@example.org,5 menit\nrina@example.org,150 menit\n", "minutes"),
        # The heading is unknown.
        ("Nama,Sesi 1\nBudi Santoso,H\nRina Kartika,A\n", "status"),
        ("Nama,29/11/2026\nBudi Santoso,1\nRina Kartika,0\n", "status"),
        ("Nama,Ya,Tidak\nBudi Santoso,,v\nRina Kartika,v,\n", "status"),
        ("Nama,Jam,Sampai\nBudi Santoso,09:00,09:10\n", "times"),
        ("Nama,Waktu\nBudi Santoso,09:00-09:10\n", "times"),
        ("Nama,Mulai,Selesai\nBudi Santoso,29/11/2026 09:00,29/11/2026 09:10\nRina,29/11/2026 09:00,29/11/2026 11:10\n", "times"),
        ("Nama,Ikut\nBudi Santoso,5 menit\n", "minutes"),
        # The zone or the unit is unknown.
        ("Nama,Join Time (EST),Leave Time (EST)\nBudi Santoso,29/11/2026 09:00,29/11/2026 11:30\n", "times"),
        ("Nama,Join Time (Pacific Time),Leave Time (Pacific Time)\nBudi,29/11/2026 09:00,29/11/2026 11:30\n", "times"),
        ("Nama,Durasi\nBudi Santoso,300\nRina Kartika,9000\n", "minutes"),
        ("Nama,Durasi\nBudi Santoso,5:00\nRina Kartika,59:30\n", "minutes"),
        # The value is no proof.
        ("Nama,Masuk,Keluar,Durasi\nBudi Santoso,29/11/2026 09:00,29/11/2026 11:30,entah\n", "minutes"),
        ("Nama,Masuk,Keluar\nBudi Santoso,22 Nov 2026 09:00,29 Nov 2026 11:30\n", "times"),
        ("Nama,TTD\nBudi Santoso,1. ........\nRina Kartika,2. ........\n", "status"),
        ("Nama,TTD\nBudi Santoso,1\nRina Kartika,2\n", "status"),
        ("Nama,Email\nBudi Santoso (tidak hadir),budi@example.org\n", "status"),
        ("Nama\nRina Kartika - IZIN\n", "status"),
        ("Budi Santoso (sakit)\n", "status"),
    ],
)  # fmt: skip
def test_what_seems_to_say_who_was_there_waits_for_a_person(content: str, unclear: str) -> None:
    assert first(content).unclear == unclear
    assert first(content).name.startswith(("Budi", "Rina")) or "@" in first(content).email


@pytest.mark.parametrize(
    "content",
    [
        "No,Nama,L/P,Kelas\n1,Budi Santoso,L,4\n2,Rina Kartika,P,5\n",
        "1,Budi Santoso,SDN 1 Wangon\n2,Rina Kartika,SDN 2 Wangon\n",
        "Nama,Waktu mulai,Waktu selesai\nBudi Santoso,09:00,11:30\nRina Kartika,09:00,11:30\n",
        "Nama,Masuk (hh:mm),Keluar (hh:mm)\nBudi Santoso,09:00,11:30\n",
        "Cap waktu,Nama,Token Kehadiran,Kesan kehadiran\n29/11/2026 09:10:00,Budi Santoso,ABC12,Menarik\n",
        "Nama,Kehadiran\nBudi Santoso,1\nRina Kartika,0\n",
        "Nama\nBudi Santoso (SDN 1 Wangon)\n",
    ],
)
def test_what_says_nothing_of_it_hinders_nobody(content: str) -> None:
    assert first(content).unclear is None


@pytest.mark.parametrize(
    "headings",
    [
        "Join Time UTC,Leave Time UTC", "UTC Join Time,UTC Leave Time", "Join Time [UTC],Leave Time [UTC]",
        "Check-in (GMT),Check-out (GMT)", "Waktu Login (Etc/UTC),Waktu Logout (Etc/UTC)", "Jam Masuk Zoom (UTC),Jam Keluar Zoom (UTC)",
    ],
)  # fmt: skip
def test_headings_that_name_the_zone_in_their_own_way(headings: str) -> None:
    assert first(f"Nama,{headings}\nBudi,29/11/2026 02:00,29/11/2026 04:30\n").span == (START, END)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28 21:00 America/New_York", "2026-11-29T09:00:00+07:00[Asia/Jakarta]", "2026-11-29 10:00 SGT",
        "2026-11-29 09:00 Waktu Indonesia Barat", "2026-11-29 09:00 WIB (UTC+7)", "2026-11-29 10:00 (Asia/Makassar)",
        "Sun Nov 29 2026 09:00:00 GMT+0700 (Western Indonesia Time)", "29-Nov-26 9:00 am",
    ],
)  # fmt: skip
def test_zones_that_a_time_names(text: str) -> None:
    assert times.moment(text, DAY) == START


@pytest.mark.parametrize("text", ["2026-11-29 09:00 EST", "2026-11-29 09:00 WIB (UTC+8)", "2026-11-29 09:00 amat pagi"])
def test_a_zone_that_nobody_knows_or_that_contradicts_itself(text: str) -> None:
    assert times.moment(text, DAY) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<120", None), ("kurang dari 150 menit", None), ("less than 2 hours", None), ("< 1 min", 1.0),
        ("less than a minute", 1.0), ("150 menit 150 menit", None), ("30 menit 2 jam", None), ("2 jam 30 menit", 150.0),
        ("kurang lebih 2 jam", None), ("~120", None), ("120+", None), ("PT1H59M", 119.0), ("2 hrs 5 min", 125.0),
    ],
)  # fmt: skip
def test_durations_that_claim_more_than_they_say(text: str, expected: float | None) -> None:
    assert times.minutes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hadir?", Status.UNCLEAR), ("-1", Status.UNCLEAR), ("1.", Status.UNCLEAR), ("Hadir/Sakit", Status.UNCLEAR),
        ("Hadir, izin pulang", Status.UNCLEAR), ("sakit -> hadir", Status.UNCLEAR), ("Hadir - Alpa", Status.UNCLEAR),
        ("n/a", Status.UNCLEAR), ("Sakit, izin", Status.ABSENT), ("Hadir/Present", Status.PRESENT),
        ("Mangkir", Status.ABSENT), ("TK", Status.ABSENT), ("Excused", Status.ABSENT), ("1", Status.PRESENT),
    ],
)  # fmt: skip
def test_words_that_contradict_each_other(text: str, expected: Status) -> None:
    assert status_of(text) is expected


def test_what_a_form_asks_of_being_there_is_heard() -> None:
    entry = first("Cap waktu,Nama,Apakah Anda hadir pada sesi ini?\n29/11/2026 09:10:00,Budi Santoso,Tidak\n")
    assert entry.status is Status.ABSENT


def test_an_address_is_read_whatever_stands_around_it() -> None:
    for cell in ("mailto:budi@example.org", "<BUDI@example.org>", "Budi <budi@example.org>", " budi@example.org;"):
        assert first(f'Nama,Email\nBudi,"{cell}"\n').email == "budi@example.org", cell


def test_a_title_that_says_who_registered() -> None:
    with pytest.raises(ListIsNoEvidence):
        listed("Daftar Peserta Terdaftar\nNama,Email\nBudi Santoso,budi@example.org\n")
    with pytest.raises(ListIsNoEvidence):
        listed("Registered participants\nNama,Email\nBudi Santoso,budi@example.org\n")
    assert first("Daftar hadir peserta terdaftar\nNama,Email\nBudi Santoso,budi@example.org\n").unclear is None


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4 Budi", b"<html><td>Budi</td>", b"\xef\xbb\xbf\n<?xml version='1.0'?><a/>"]
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(TableUnreadable):
        read(content, day=DAY)


@pytest.mark.parametrize("head", ["Nama,Email\n", "", "Nama,Email,Durasi (menit)\n"])
def test_more_lines_than_anybody_teaches_are_refused(monkeypatch: pytest.MonkeyPatch, head: str) -> None:
    monkeypatch.setattr(lists, "MOST_LINES", 3)
    with pytest.raises(TableUnreadable) as refused:
        read((head + "Budi Santoso,budi@example.org\n" * 4).encode(), day=DAY)
    assert refused.value.facts["why"] == "large"


def bounds(content: str, length: float | None = 150) -> list[tuple[float | None, float | None]]:
    """At least and at most so many minutes by the column of durations, line by line."""
    entries = read(content.encode(), day=DAY, length=length).entries
    return [(e.minutes if e.fewest is None else e.fewest, e.minutes) for e in entries]


SPANS = (
    "Nama,Masuk,Keluar,Durasi\nBudi,29/11/2026 09:00,29/11/2026 11:30,{0}\nRina,29/11/2026 09:00,29/11/2026 09:19,{1}\n"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # Nothing shows the unit.
        ("Nama,Durasi\nBudi,150\n", [(2.5, 150.0)]),
        ("Nama,Durasi\nBudi,150\nRina,140\n", [(2.5, 150.0), (140 / 60, 140.0)]),
        ("Nama,Durasi\nBudi,150\nRina,600\nAgus,720\n", [(2.5, 150.0), (10.0, 600.0), (12.0, 720.0)]),
        ("Nama,Durasi\nBudi,2\nRina,2.5\nAgus,1\n", [(2 / 60, 120.0), (2.5 / 60, 150.0), (1 / 60, 60.0)]),
        ("Nama,Durasi\nBudi,2:30\n", [(2.5, 150.0)]),
        ("Nama,Durasi\nBudi,10:30\nRina,2:30\nAgus,1:00\n", [(10.5, 630.0), (2.5, 150.0), (1.0, 60.0)]),
        ("Nama,Durasi (menit)\nBudi,2:30\n", [(2.5, 150.0)]),
        # What may be minutes may be seconds, however many lines there are.
        ("Nama,Durasi\nBudi,150\nRina,140\nAgus,19\n", [(2.5, 150.0), (140 / 60, 140.0), (19 / 60, 19.0)]),
        # The session's length and the other lines do.
        ("Nama,Durasi\nBudi,2:30\nRina,2:00\nAgus,0:19\n", [(150.0, 150.0), (120.0, 120.0), (19.0, 19.0)]),
        # Coming and leaving do.
        (SPANS.format(150, 19), [(150.0, 150.0), (19.0, 19.0)]),
        (SPANS.format(9000, 1140), [(150.0, 150.0), (19.0, 19.0)]),
        (SPANS.format("2:30", "0:19"), [(150.0, 150.0), (19.0, 19.0)]),
        (SPANS.format("2,5", "0,3").replace("2,5", '"2,5"').replace("0,3", '"0,3"'), [(150.0, 150.0), (18.0, 18.0)]),
        # The heading does.
        ("Nama,Durasi (detik)\nBudi,150\n", [(2.5, 2.5)]),
        ("Nama,Durasi (jam)\nBudi,2:30\nRina,2\n", [(150.0, 150.0), (120.0, 120.0)]),
        ("Nama,Durasi (hh:mm)\nBudi,2:30\n", [(150.0, 150.0)]),
        ("Nama,Durasi (mm:ss)\nBudi,150:30\n", [(150.5, 150.5)]),
        ("Nama,Durasi\nBudi,2 jam 30 menit\nRina,0:19:00\n", [(150.0, 150.0), (19.0, 19.0)]),
    ],
)  # fmt: skip
def test_a_unit_that_nobody_wrote(content: str, expected: list[tuple[float, float]]) -> None:
    assert bounds(content) == expected


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("minutes", [2.0, 19.0]), ("seconds", [2 / 60, 19 / 60]), ("hours", [120.0, None])],
)
def test_somebody_says_the_unit_once_for_the_list(unit: str, expected: list[float | None]) -> None:
    """19 hours are none that a meeting has, and stay open."""
    entries = read(b"Nama,Durasi\nBudi,2\nRina,19\n", day=DAY, length=150, unit=unit).entries
    assert [entry.minutes if entry.fewest is None else None for entry in entries] == expected


def test_what_the_heading_says_is_above_what_somebody_says() -> None:
    [entry] = read(b"Nama,Durasi (detik)\nBudi,150\n", day=DAY, length=150, unit="minutes").entries
    assert (entry.fewest, entry.minutes) == (None, 2.5)


def test_without_a_session_no_length_shows_the_unit() -> None:
    assert bounds("Nama,Durasi\nBudi,150\nRina,140\nAgus,19\n", None)[0] == (2.5, 150.0)


def test_lines_that_contradict_the_times_show_no_unit() -> None:
    """150 between 09.00 and 11.30 are minutes, but 400 between 09.00 and 09.19 are not."""
    assert bounds(SPANS.format(150, 400)) == [(2.5, 150.0), (400 / 60, 400.0)]
