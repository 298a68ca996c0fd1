"""Seats that are shared out: the rule as it is typed, and as it decides. Pure."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from calakan.diklat import seat_shares as shares
from calakan.diklat.errors import SeatLimitUnclear
from calakan.diklat.models import SeatBy
from calakan.enrolment import seats
from calakan.enrolment.errors import (
    AccountClosed,
)
from calakan.enrolment.seats import OTHERS, Outcome, Rule, Snapshot, Verdict, Why, decide
from calakan.people.models import Jenjang
from tests.enrolment.seating import EACH

NAMES = {"SD": "sd", "SMP": "smp", "Kepala sekolah": "kepala_sekolah", "Guru PAUD/TK": "guru_paud"}


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("2", {"": 2}),
        (" 2 kursi ", {"": 2}),
        ("SD 30, SMP 20", {"sd": 30, "smp": 20}),
        ("sd: 30; smp = 20", {"sd": 30, "smp": 20}),
        ("kepala sekolah 10 kursi", {"kepala_sekolah": 10}),
        ("Guru PAUD/TK 5\nSD 1,", {"guru_paud": 5, "sd": 1}),
        ("100000", {"": 100000}),
    ],
)
def test_limits_are_read_as_people_write_them(text: str, limits: dict[str, int]) -> None:
    assert shares.read(text, NAMES) == limits
    assert shares.read(shares.written(limits, {key: name for name, key in NAMES.items()}), NAMES) == limits


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" , ;", "empty"),
        ("dua", "part"),
        ("SD", "part"),
        ("SD tiga puluh", "part"),
        ("0", "figure"),
        ("100001", "figure"),
        ("SD 0", "figure"),
        ("٢", "figure"),
        ("SD 2.5.0", "figure"),
        ("2.500", "unknown"),
        ("-2", "unknown"),
        ("SMA 3", "unknown"),
        ("<b>SD</b> 3", "unknown"),
        ("SD 3, sd 4", "twice"),
        ("2, 3", "twice"),
        ("2, SD 3", "mixed"),
        (", ".join(f"SD {n}" for n in range(1, 42)), "many"),
        ("SD\x00 3", "part"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(SeatLimitUnclear) as refused:
        shares.read(text, NAMES)
    assert refused.value.facts["why"] == why


# What is decided


@pytest.mark.parametrize(
    ("rule", "snapshot", "outcome", "why"),
    [
        (Rule(None), Snapshot(1000), Outcome.SEAT, None),
        (Rule(3), Snapshot(2), Outcome.SEAT, None),
        (Rule(3), Snapshot(3), Outcome.WAIT, Why.FULL),
        (Rule(3), Snapshot(4), Outcome.WAIT, Why.FULL),
        (Rule(3), Snapshot(3, moves=False), Outcome.REFUSE, Why.LATE),
        (Rule(3), Snapshot(2, moves=False), Outcome.SEAT, None),
        (Rule(9, SeatBy.SCHOOL, EACH), Snapshot(2, "1", 1), Outcome.SEAT, None),
        (Rule(9, SeatBy.SCHOOL, EACH), Snapshot(2, "1", 2), Outcome.WAIT, Why.SHARE),
        (Rule(None, SeatBy.SCHOOL, EACH), Snapshot(2, "1", 2), Outcome.WAIT, Why.SHARE),
        (Rule(9, SeatBy.SCHOOL, EACH), Snapshot(2), Outcome.WAIT, Why.UNKNOWN),
        (Rule(9, SeatBy.SCHOOL, EACH, released=True), Snapshot(2), Outcome.SEAT, None),
        (Rule(9, SeatBy.SCHOOL, EACH, released=True), Snapshot(2, "1", 2), Outcome.SEAT, None),
        (Rule(9, SeatBy.SCHOOL, EACH, released=True), Snapshot(9, "1", 2), Outcome.WAIT, Why.FULL),
        (Rule(9, SeatBy.SCHOOL, EACH), Snapshot(2, "1", 2, moves=False), Outcome.REFUSE, Why.LATE),
        (Rule(9, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, "sd", 3), Outcome.SEAT, None),
        (Rule(9, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, "sd", 4), Outcome.WAIT, Why.SHARE),
        (Rule(9, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, OTHERS, 4), Outcome.SEAT, None),
        (Rule(9, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, OTHERS, 5), Outcome.WAIT, Why.SHARE),
        (Rule(None, SeatBy.JENJANG, {"sd": 4}), Snapshot(5, OTHERS, 500), Outcome.SEAT, None),
        (Rule(3, SeatBy.JENJANG, {"sd": 3}), Snapshot(1, OTHERS, 0), Outcome.WAIT, Why.SHARE),
    ],
)
def test_seat_wait_or_refuse(rule: Rule, snapshot: Snapshot, outcome: Outcome, why: Why | None) -> None:
    found = decide(rule, snapshot)
    assert (found.outcome, found.why) == (outcome, why)


def test_a_refusal_comes_before_everything() -> None:
    error = AccountClosed()
    assert decide(Rule(None), Snapshot(0, refusal=error)) == Verdict(Outcome.REFUSE, refusal=error)


def profile(**values: Any) -> Any:
    usual = {
        "school_id": None, "school_elsewhere": "", "kabupaten_elsewhere": "", "kecamatan_code": None, "jenjang": None,
        "jabatan": None,
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **values})


@pytest.mark.parametrize(
    ("by", "values", "group"),
    [
        (SeatBy.SCHOOL, {"school_id": 7}, "7"),
        (SeatBy.SCHOOL, {"school_elsewhere": "SD N 1"}, "luar sd n 1"),
        (SeatBy.SCHOOL, {"kecamatan_code": "33.02.01"}, None),
        (SeatBy.KECAMATAN, {"kecamatan_code": "33.02.01"}, "33.02.01"),
        (SeatBy.KECAMATAN, {"kabupaten_elsewhere": "Cilacap"}, "luar cilacap"),
        (SeatBy.KECAMATAN, {"school_elsewhere": "SD N 1"}, None),
        (SeatBy.JENJANG, {"jenjang": Jenjang.SD}, "sd"),
        (SeatBy.JENJANG, {}, "-"),
        (SeatBy.POST, {"jabatan": "guru_kelas"}, "guru_kelas"),
        (SeatBy.POST, {}, None),
    ],
)
def test_the_group_of_a_person(by: SeatBy, values: dict[str, Any], group: str | None) -> None:
    assert seats.group(by, profile(**values)) == group
