"""How single cells of lists are read: zones, moments, days, minutes, headings, names. What is not understood is nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from calakan.attendance import denials, doubts, durations, headings, times, written_names
from calakan.attendance.durations import Scale
from calakan.attendance.times import Order

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("WIB", 7), ("UTC", 0), ("gmt+7", 7), ("+07:00", 7), ("-3", -3), ("+14:00", 14), ("+14:01", None),
        ("Asia/Makassar", 8), ("asia/jakarta", 7), ("WIB (UTC+7)", 7), ("WIB (UTC+8)", None), ("WIB (x)", None),
        ("Waktu Indonesia Tengah", 8), ("x", None), ("", None), ("(WIT)", 9), ("utc-3:30", -3.5), ("utc asia/jakarta", 0),
    ],
)  # fmt: skip
def test_zones(text: str, hours: float | None) -> None:
    zone = times.zone_of(text)
    offset = datetime(2026, 3, 10, tzinfo=UTC).astimezone(zone).utcoffset() if zone is not None else None
    assert offset == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("09.15", "10 02:15"), ("9:15 AM", "10 02:15"), ("9:15 pm", "10 14:15"), ("12:05 am", "09 17:05"),
        ("12:05 pm", "10 05:05"), ("13:05 pm", "10 06:05"), ("0:05 am", None), ("24:00", None), ("9:60", None),
        ("10/03/2026 09:15", "10 02:15"), ("03/10/2026 09:15 PM", "10 14:15"), ("13/03/2026 09.15", "13 02:15"),
        ("2026-03-10T09:15:30Z", "10 09:15"), ("10 Maret 2026, 09.15 WIB", "10 02:15"),
        ("Selasa, 10 Mar 26 pukul 09.15", "10 02:15"), ("March 10, 2026 9:15 AM", "10 02:15"), ("10 Maret 2026", None),
        ("09.15 UTC", "10 09:15"), ("23:50 UTC", "09 23:50"), ("01:00 wit", "10 16:00"), ("09.15 10/3/2026", "10 02:15"),
        ("32/13/2026 09:00", None), ("100/03/2026 09:00", None), ("10/03/026 09:00", None), ("09.15 besok", None),
        ("10/03/2026 jam", None), ("2026/3/10 9:15", "10 02:15"), ("10-03-2026 - 09:15", "10 02:15"),
        ("0000-01-01 09:00", None),
    ],
)  # fmt: skip
def test_moments(text: str, found: str | None) -> None:
    moment = times.moment(text, DAY)
    assert (f"{moment:%d %H:%M}" if moment is not None else None) == found


def test_an_order_decides_which_number_is_the_month() -> None:
    found = [times.moment("3/10/2026 9:00", DAY, order=order) for order in (Order.DAY_FIRST, Order.MONTH_FIRST, None)]
    assert [moment.month for moment in found if moment is not None] == [10, 3, 3]
    assert times.moment("9:00", DAY, zone=UTC) == datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["1/2/2026"], None), (["13/2/2026"], Order.DAY_FIRST), (["2/13/2026"], Order.MONTH_FIRST),
        (["13/2/2026", "2/13/2026"], None), (["2/3/2026 9:00 AM"], Order.MONTH_FIRST), (["2026-13-01"], None), (["x"], None),
        (["13/2/2026 9:00 am"], Order.DAY_FIRST), (["12/12/2026"], None), (["2026-13-01", "13/2/2026"], Order.DAY_FIRST),
    ],
)  # fmt: skip
def test_what_the_dates_of_a_file_agree_on(texts: list[str], order: Order | None) -> None:
    assert times.order_of(texts) is order


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("10/3/2026", (3, 10)), ("3/10/2026", (3, 10)), ("10 Mar", None), ("10/3/2026 9:00", None),
        ("10 maret 2026,", (3, 10)), ("30/2/2026", None),
    ],
)  # fmt: skip
def test_days(text: str, day: tuple[int, int] | None) -> None:
    found = times.day_of(text, DAY)
    assert (None if found is None else (found.month, found.day)) == day


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("157", 157), ("2 jam 31 menit", 151), ("40 detik", 2 / 3), ("1:23:00", 83), ("58,5", 58.5), ("PT19M30S", 19.5),
        ("<1 menit", 1), ("< 1 min", 1), ("less than a minute", 1), ("less than 2 hours", None), ("1:60", None),
        ("kurang dari 1 menit", 1), ("11:59", 719), ("12:00", None), ("0:30", 30), ("1:00:60", None), ("p", None),
        ("1 menit 2 jam", None), ("1 jam 1 jam", None), ("p1d", 1440), ("pt1h", 60), ("pt1,5h", 90), ("", None), ("x", None),
        ("2 jam dan 5 menit", 125), ("1 jam x", None), ("3 hours, 2 min.", 182), ("1:00:30", 60.5),
    ],
)  # fmt: skip
def test_minutes(text: str, minutes: float | None) -> None:
    assert times.minutes(text) == (None if minutes is None else pytest.approx(minutes))
    assert times.minutes("2", 60) == 120


@pytest.mark.parametrize(
    ("texts", "smaller"),
    [
        (["719"], False), (["720"], False), (["721"], True), (["11:59"], False), (["12:00"], True), (["x"], False),
        (["5", "12:00"], True), (["720,5"], True), ([], False),
    ],
)  # fmt: skip
def test_what_can_not_be_minutes(texts: list[str], smaller: bool) -> None:
    assert times.rather_smaller(texts) is smaller


def test_units() -> None:
    assert [times.unit_of(text) for text in ("(seconds)", "jam", "Menit", "x")] == [1 / 60, 60, 1, None]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("150", {"minutes": 150, "seconds": 2.5}), ("0", {"minutes": 0, "seconds": 0}),
        ("12", {"minutes": 12, "seconds": 0.2, "hours": 720}), ("12,6", {"minutes": 12.6, "seconds": 0.21}),
        ("10:30", {"hours:minutes": 630, "minutes:seconds": 10.5}), ("10:60", {}), ("x", {}), ("1234567", {}),
    ],
)  # fmt: skip
def test_what_a_bare_value_may_mean(text: str, readings: dict[str, float]) -> None:
    assert durations.readings(text) == pytest.approx(readings)


@pytest.mark.parametrize(
    ("rows", "length", "proven"),
    [
        ([("150", None)] * 3, 180, set()), ([("150", None)] * 30, 180, set()), ([("5", None)] * 3, 180, set()),
        ([("3:45", None)] * 3, 180, {"hours:minutes"}), ([("3:46", None)] * 3, 180, set()),
        ([("3:45", None)] * 2, 180, set()), ([("3:45", None)] * 3, None, set()),
        ([("12:00", None)] * 3, 700, {"hours:minutes"}), ([("12:01", None)] * 3, 700, set()),
        ([("1:30", None)] * 3, 120, {"hours:minutes"}),
        ([("1:30", 90)], None, {"hours:minutes"}), ([("1:30", 1.5)], None, {"minutes:seconds"}),
        ([("90", 90), ("30", 50)], None, {"minutes"}), ([("90", 88.5), ("30", 50)], None, {"minutes"}),
        ([("90", 88.4)], None, set()), ([("5400", 90)], None, {"seconds"}), ([], None, set()),
    ],
)  # fmt: skip
def test_whether_a_file_says_its_unit(
    rows: list[tuple[str, float | None]], length: float | None, proven: set[str]
) -> None:
    assert Scale(rows, length).proven == proven


def test_a_scale_says_how_many_at_least_and_at_most() -> None:
    assert Scale([("5400", 90.0)], None).minutes("3600") == (60, 60)
    assert Scale([], None).minutes("10") == pytest.approx((1 / 6, 600))
    assert Scale([], None).minutes("x") is None
    assert Scale([], None, heading=frozenset({"seconds"})).minutes("60") == (1, 1)
    assert Scale([("90", 90.0)], None, heading=frozenset({"seconds"})).proven == {"seconds"}


@pytest.mark.parametrize(
    ("words", "unit", "names"),
    [
        (["hh:mm"], None, {"hours:minutes"}), ([], 60.0, {"hours", "hours:minutes"}), ([], 1.0, {"minutes"}),
        ([], 1 / 60, {"seconds"}), (["x"], None, set()), (["mm:ss"], None, {"minutes:seconds"}),
    ],
)  # fmt: skip
def test_what_a_heading_says_of_its_values(words: list[str], unit: float | None, names: set[str]) -> None:
    assert durations.written(words, unit) == names


@pytest.mark.parametrize(
    ("row", "kinds"),
    [
        (["Nama", "Waktu Bergabung", "Total Durasi (Menit)"], {0: "name", 1: "join", 2: "minutes"}),
        (["Name (Original Name)", "Join Time [UTC]"], {0: "name", 1: "join"}),
        (["Topik", "ID Rapat", "Nama Peserta", "Waktu Masuk"], {2: "name", 3: "join"}), (["Topic", "Participants"], None),
        (["x", "y"], None), (["Nama", "Link Kehadiran"], {0: "name"}), (["Nama", "Status Hadir Bapak"], {0: "name", 1: "status"}),
        (["Nama", "Jam Hadir Bapak"], {0: "name"}), (["Nama Lengkap Bapak Ibu", "Tahun Masuk"], {0: "name"}),
        (["Nama", "Alasan tidak hadir"], {0: "name", 1: "remark"}), (["Nama", "Lama Menit"], {0: "name", 1: "minutes"}),
        (["Nama", "Q1 [Skor]"], {0: "name"}), (["Nama", "Durasi", "Durasi lain"], {0: "name", 1: "minutes"}),
        (["First Name", "Last Name"], {0: "first", 1: "last"}), (["Topic", "Host Name"], None), (["Email"], {0: "email"}),
        (["Topik", "Waktu Mulai", "Nama", "Masuk"], {1: "held_from", 2: "name", 3: "join"}),
        (["Topic", "Start Time"], {0: "meeting", 1: "held_from"}), (["Participants", "Nama", "Masuk"], {1: "name", 2: "join"}),
    ],
)  # fmt: skip
def test_headings(row: list[str], kinds: dict[int, str] | None) -> None:
    found = headings.columns_of(row)
    assert (found.kinds if found is not None else None) == kinds


def columns(*row: str) -> headings.Columns:
    found = headings.columns_of(row)
    assert found is not None
    return found


def test_what_a_heading_says_beside_its_kind() -> None:
    assert columns("Nama", "Duration (Seconds)").units == {1: pytest.approx(1 / 60)}
    assert columns("Nama", "Durasi").plain == {1}
    assert columns("Nama", "Durasi (menit)").plain == set()
    assert columns("Nama", "Lama hadir jam").units == {1: 60}
    for heading in ("Join Time [UTC]", "Join Time UTC", "UTC Join Time", "Join Time (UTC)"):
        assert {at: str(zone) for at, zone in columns("Nama", heading).zones.items()} == {1: "UTC"}
    assert (columns("Nama", "Jam Masuk (hh:mm)").strange, columns("Nama", "Jam Masuk (bulan)").strange) == (set(), {1})
    assert (columns("Topic", "Start Time").about_the_meeting, columns("Topik", "Nama").about_the_meeting) == (
        True,
        False,
    )
    assert columns("Nama", "Masuk", "Hadir", "Keterangan").evidence == {"join", "status"}
    assert "join" in columns("Nama", "Masuk")
    assert "leave" not in columns("Nama", "Masuk")
    assert columns("Nama", "Masuk", "Keluar").places("join", "leave") == [1, 2]


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("SDN 1 Wangon_Agus Santoso", [("sdn 1 wangon_agus santoso", False), ("sdn 1 wangon", False), ("agus santoso", True)]),
        ("Dr. Sri Mulyati, M.Pd.", [("dr sri mulyati", True), ("sri mulyati", True)]), ("Santoso, Agus", []),
        ("Budi dan Ani", [("budi dan ani", True), ("budi", False), ("ani", False)]), ("12345", []), ("Ag", []),
        ("Agus - Wangon", [("agus wangon", True), ("agus", True), ("wangon", False)]),
    ],
)  # fmt: skip
def test_which_parts_may_be_a_name(shown: str, found: list[tuple[str, bool]]) -> None:
    parts = written_names.parts(shown, frozenset({"wangon"}))
    assert [(part.key, part.alone) for part in parts] == found


@pytest.mark.parametrize(
    ("shown", "keys"),
    [
        ("Santoso, Agus", ["santoso agus", "santoso", "agus"]), ("Budi", ["budi"]), ("Ag", []), ("123", []),
        ("Dr. Sri Mulyati, M.Pd.", ["dr sri mulyati mpd", "sri mulyati", "dr sri mulyati", "mpd"]),
        ("A (Agus)", ["agus"]),
    ],
)  # fmt: skip
def test_what_may_hint_at_somebody(shown: str, keys: list[str]) -> None:
    assert written_names.loose_keys(shown) == keys


@pytest.mark.parametrize(
    ("text", "titles"), [("S.Pd.SD., M.Pd", True), ("S. Pd", True), ("Dwi", False), ("spd", True), ("S.Pd, Dwi", False)]
)
def test_what_titles_are(text: str, titles: bool) -> None:
    assert written_names.is_titles(text) is titles


def test_addresses_and_words_beside_a_name() -> None:
    addresses = {"mailto:a@b.id": "a@b.id", "<a@b.id>": "a@b.id", "A@B.id, c@d.id": "a@b.id, c@d.id", "x": "x"}
    assert {text: doubts.address(text) for text in addresses} == addresses
    beside = {
        "Budi (tidak hadir)": "tidak hadir",
        "Rina - izin": "izin",
        "Budi (hadir)": None,
        "B": None,
        "B (i)": None,
    }
    assert {text: denials.beside(text) or None for text in beside} == beside
