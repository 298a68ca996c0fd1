"""The words of a report: what it is asked by, how far a participation must have come, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from calakan.kernel import formats
from calakan.kernel.askable import Askable
from calakan.people.models import Jenjang

MOST_DIMENSIONS = 3


class Dimension(StrEnum):
    JABATAN = "jabatan"
    JENJANG = "jenjang"
    STATUS = "status"
    SEX = "sex"
    KECAMATAN = "kecamatan"
    SCHOOL = "school"
    DIKLAT = "diklat"
    TOPIC = "topic"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    AUTHORITY = "authority"
    MODE = "mode"
    COHORT = "cohort"

    @classmethod
    def _missing_(cls, value: object) -> Dimension | None:
        """The office's own words."""
        return {"kewenangan": cls.AUTHORITY, "angkatan": cls.COHORT}.get(str(value))


class Stage(StrEnum):
    """How far a participation must have come to count."""

    ENROLLED = "enrolled"
    ATTENDED = "attended"
    PASSED = "passed"
    CERTIFIED = "certified"


class Count(Askable):
    """Participations (a person in two diklat counts twice) or persons (counts once)."""

    KEPESERTAAN = "kepesertaan"
    PESERTA = "peserta"


class Measure(Askable):
    """What a row tells beside its counts, when it is asked for.

    JP: of the sessions that were attended, row by row of the programme. HOURS: of the same sessions, by the clock.
    SHARE_PASSED: those who attended enough, of all enrolled, in percent, whatever stage the rows count. GAIN: from the test
    before to the test after, of those who sat both. SATISFACTION: the mean mark of the angket, from 1 to 4.
    """

    JP = "jp"
    HOURS = "hours"
    SHARE_PASSED = "pass_rate"
    GAIN = "gain"
    SATISFACTION = "satisfaction"


# None where there is nothing to measure, or of too few people to be told.
Value = int | float | None


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`since` and `until` are days in WIB, both included, and hold for the start of the diklat.

    `only` names one value for each of some dimensions of FILTERED, a school by its NPSN; no value that there is keeps nobody.
    With `held_by` only diklat count that were held until then: closed, or their last session over, and not all cancelled.
    """

    since: date | None = None
    until: date | None = None
    diklat: str = ""
    kecamatan: str = ""
    stage: Stage = Stage.ENROLLED
    count: Count = Count.KEPESERTAAN
    held_by: datetime | None = None
    only: tuple[tuple[Dimension, str], ...] = ()
    measures: tuple[Measure, ...] = ()


def usual_days(today: date) -> tuple[date, date]:
    """What every page of figures counts when nobody chose: diklat that began this year, until today."""
    return today.replace(month=1, day=1), today


@dataclass(frozen=True)
class Key:
    """One value of a dimension; `code` is empty where the datum is missing."""

    code: str
    label: str


class Row(NamedTuple):
    keys: tuple[Key, ...]
    kepesertaan: int
    unik: int
    more: tuple[Value, ...] = ()
    """In the order of the measures of its filters."""

    def value(self, count: Count) -> int:
        return self.unik if count is Count.PESERTA else self.kepesertaan


@dataclass(frozen=True)
class Report:
    """`total_unik` and `total_more` are found apart: a person may stand in more than one row."""

    rows: Sequence[Row]
    total_kepesertaan: int
    total_unik: int
    dimensions: Sequence[Dimension]
    filters: Filters = field(default_factory=Filters)
    total_more: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Summary:
    """How many participations came how far, whatever stage the report itself counts."""

    enrolled: int
    people: int
    passed: int
    certified: int

    @property
    def percent_passed(self) -> int:
        """Of all participations, rounded as every share on a page is."""
        return formats.share(self.passed, self.enrolled)


LEVELS = {
    Jenjang.PAUD: "PAUD", Jenjang.SD: "SD", Jenjang.SMP: "SMP", Jenjang.SMA: "SMA", Jenjang.SMK: "SMK",
    Jenjang.SLB: "SLB", Jenjang.KESETARAAN: "Kesetaraan", Jenjang.RA: "RA", Jenjang.MI: "MI",
    Jenjang.MTS: "MTs", Jenjang.MA: "MA", Jenjang.MADRASAH: "Madrasah",
}  # fmt: skip
# What belongs to the diklat; the rest belongs to the person.
OF_DIKLAT = {
    Dimension.DIKLAT, Dimension.TOPIC, Dimension.MODE, Dimension.COHORT, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR,
}  # fmt: skip
FILTERED = (
    Dimension.JABATAN, Dimension.JENJANG, Dimension.STATUS, Dimension.SEX, Dimension.SCHOOL, Dimension.AUTHORITY, Dimension.TOPIC,
    Dimension.MODE, Dimension.COHORT,
)  # fmt: skip
"""What a report can be narrowed to one value of, beside its days, diklat and kecamatan."""
PERIODS = {Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR}
