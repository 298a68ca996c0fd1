"""Counts of participation by one to three dimensions. Reads only, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from calakan.attendance.models import Presence
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat.models import Diklat, DiklatState, DiklatTopic, LiveSession, SessionState
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import clock, db, formats
from calakan.kernel.actor import Actor, Role
from calakan.kernel.claims import WorkState
from calakan.office.models import Choice, ChoiceKind
from calakan.people import queries as people_queries
from calakan.people.models import Authority, Jenjang, Kecamatan, Person, School

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

    @classmethod
    def _missing_(cls, value: object) -> Dimension | None:
        """The office's own word for who is in charge of a school."""
        return cls.AUTHORITY if value == "kewenangan" else None


class Stage(StrEnum):
    """How far a participation must have come to count."""

    ENROLLED = "enrolled"
    ATTENDED = "attended"
    PASSED = "passed"
    CERTIFIED = "certified"


class Count(StrEnum):
    """Participations (a person in two diklat counts twice) or persons (counts once)."""

    KEPESERTAAN = "kepesertaan"
    PESERTA = "peserta"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`since` and `until` are days in WIB, both included, and hold for the start of the diklat."""

    since: date | None = None
    until: date | None = None
    diklat: str = ""
    kecamatan: str = ""
    stage: Stage = Stage.ENROLLED
    count: Count = Count.KEPESERTAAN


@dataclass(frozen=True)
class Key:
    """One value of a dimension; `code` is empty where the datum is missing."""

    code: str
    label: str


@dataclass(frozen=True)
class Row:
    keys: tuple[Key, ...]
    kepesertaan: int
    unik: int

    def value(self, count: Count) -> int:
        return self.unik if count is Count.PESERTA else self.kepesertaan


@dataclass(frozen=True)
class Report:
    """`total_unik` is counted apart: a person may stand in more than one row."""

    rows: Sequence[Row]
    total_kepesertaan: int
    total_unik: int
    dimensions: Sequence[Dimension]
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True)
class Summary:
    """How many participations came how far, whatever stage the report itself counts."""

    enrolled: int
    people: int
    passed: int
    certified: int


LEVELS = {
    Jenjang.PAUD: "PAUD", Jenjang.SD: "SD", Jenjang.SMP: "SMP", Jenjang.SMA: "SMA", Jenjang.SMK: "SMK",
    Jenjang.SLB: "SLB", Jenjang.KESETARAAN: "Kesetaraan", Jenjang.MADRASAH: "Madrasah",
}  # fmt: skip
_AUTHORITIES = {
    Authority.KABUPATEN: "Kabupaten Banyumas",
    Authority.PROVINCE: "Provinsi Jawa Tengah",
    Authority.KEMENAG: "Kementerian Agama",
}
_WORDS: dict[Dimension, dict[str, str]] = {
    Dimension.JENJANG: {level.value: text for level, text in LEVELS.items()},
    Dimension.AUTHORITY: {authority.value: text for authority, text in _AUTHORITIES.items()},
    Dimension.SEX: {"L": "Laki-laki", "P": "Perempuan"},
}
_MISSING = {
    Dimension.KECAMATAN: "Luar kabupaten atau belum diisi",
    Dimension.SCHOOL: "Tanpa sekolah dalam daftar",
    Dimension.TOPIC: "Tanpa bidang",
    Dimension.MONTH: "Belum terjadwal",
    Dimension.QUARTER: "Belum terjadwal",
    Dimension.YEAR: "Belum terjadwal",
}
# What belongs to the diklat; the rest belongs to the person.
OF_DIKLAT = {Dimension.DIKLAT, Dimension.TOPIC, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR}
_PERIODS = {Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR}
NOT_FILLED = "Belum diisi"


def participation(by: Sequence[Dimension], filters: Filters | None = None, *, visible_to: Actor) -> Report:
    """Rows of one to three different dimensions, and both totals. Raises ValueError for any other number."""
    filters = filters or Filters()
    dimensions = [Dimension(name) for name in by]
    if not 1 <= len(dimensions) <= MOST_DIMENSIONS or len(set(dimensions)) != len(dimensions):
        raise ValueError("one to three different dimensions")
    found = rows(dimensions, filters, visible_to=visible_to)
    if OF_DIKLAT.isdisjoint(dimensions):
        # A person has one value of each of these, so the rows hold everybody once.
        counted, unik = sum(row.kepesertaan for row in found), sum(row.unik for row in found)
    else:
        counted, unik = total(filters, visible_to=visible_to)
    return Report(found, counted, unik, dimensions, filters)


def rows(dimensions: Sequence[Dimension], filters: Filters, *, visible_to: Actor) -> list[Row]:
    """Only the rows of such a report, in two statements."""
    labels, width = _labels(dimensions), len(dimensions)
    found = [
        Row(
            keys=tuple(labels[d](row[i], row[width + i]) for i, d in enumerate(dimensions)),
            kepesertaan=int(row[-2]),
            unik=row[-1],
        )
        for row in _grouped(dimensions, filters, visible_to)
    ]
    found.sort(key=lambda row: tuple(order(d, key) for d, key in zip(dimensions, row.keys, strict=True)))
    return found


def summary(filters: Filters, *, visible_to: Actor) -> Summary:
    """The same filters at three stages."""
    counts = {
        stage: total(_at_stage(filters, stage), visible_to=visible_to)
        for stage in (Stage.ENROLLED, Stage.PASSED, Stage.CERTIFIED)
    }
    enrolled, people = counts[Stage.ENROLLED]
    return Summary(enrolled, people, counts[Stage.PASSED][0], counts[Stage.CERTIFIED][0])


def diklat_choices() -> Sequence[tuple[str, str]]:
    """(slug, title) of whatever can have participants, the latest first."""
    found = db.session().execute(
        sa.select(Diklat.slug, Diklat.title).where(_counted()).order_by(Diklat.starts_at.desc(), Diklat.id.desc())
    )
    return [(slug, title) for slug, title in found]


def _at_stage(filters: Filters, stage: Stage) -> Filters:
    return Filters(
        since=filters.since, until=filters.until, diklat=filters.diklat, kecamatan=filters.kecamatan,
        stage=stage, count=filters.count,
    )  # fmt: skip


def _counted() -> sa.ColumnElement[bool]:
    """A cancelled diklat had no participants."""
    return Diklat.state.in_([DiklatState.PUBLISHED, DiklatState.CLOSED])


def scope(actor: Actor) -> sa.ColumnElement[bool]:
    """The head of the office sees numbers of all, though not names."""
    return sa.true() if actor.has(Role.PIMPINAN) else people_queries.visible_to(actor)


def shares(columns: Sequence[Any], filters: Filters) -> sa.Select[Any]:
    """One line for each participation that counts: who, in which diklat, and what is asked of the diklat."""
    wanted = (
        sa.select(Enrolment.person_id.label("person_id"), *columns)
        .select_from(Enrolment)
        .join(Diklat, Diklat.id == Enrolment.diklat_id)
        .where(Enrolment.state == EnrolmentState.CONFIRMED, _counted())
    )
    if filters.since is not None:
        wanted = wanted.where(Diklat.starts_at >= clock.start_of(filters.since))
    if filters.until is not None:
        wanted = wanted.where(Diklat.starts_at < clock.end_of(filters.until))
    if filters.diklat:
        wanted = wanted.where(Diklat.slug == filters.diklat)
    return _staged(wanted, filters.stage)


def _staged(wanted: sa.Select[Any], stage: Stage) -> sa.Select[Any]:
    if stage is Stage.ENROLLED:
        return wanted
    if stage is Stage.CERTIFIED:
        papers = (
            sa.select(Certificate.diklat_id, Certificate.person_id)
            .where(
                Certificate.role == CertificateRole.PARTICIPANT,
                Certificate.state == WorkState.DONE,
                Certificate.status == Status.VALID,
            )
            .distinct()
            .subquery("papers")
        )
        return wanted.join(
            papers, sa.and_(papers.c.diklat_id == Enrolment.diklat_id, papers.c.person_id == Enrolment.person_id)
        )
    earned = (
        sa.select(LiveSession.diklat_id, Presence.person_id, sa.func.sum(LiveSession.jp).label("jp"))
        .join(LiveSession, LiveSession.id == Presence.live_session_id)
        .where(Presence.present, LiveSession.state == SessionState.PLANNED)
        .group_by(LiveSession.diklat_id, Presence.person_id)
        .subquery("earned")
    )
    wanted = wanted.join(
        earned, sa.and_(earned.c.diklat_id == Enrolment.diklat_id, earned.c.person_id == Enrolment.person_id)
    )
    if stage is Stage.ATTENDED:
        return wanted
    live = (
        sa.select(LiveSession.diklat_id, sa.func.sum(LiveSession.jp).label("jp"))
        .where(LiveSession.state == SessionState.PLANNED)
        .group_by(LiveSession.diklat_id)
        .subquery("live")
    )
    return wanted.join(live, live.c.diklat_id == Enrolment.diklat_id).where(
        earned.c.jp * 100 >= Diklat.min_attendance_percent * live.c.jp
    )


def _people(keys: Sequence[Any], names: Sequence[str], filters: Filters) -> sa.Subquery:
    """One line for each person and each value of what is asked of the diklat, with the participations behind it.

    So a person stands once in each group that is made of these lines: counting lines counts people.
    """
    wanted = shares(keys, filters)
    for join in _JOINS:
        wanted = join(wanted, names)
    # Grouped outside, by names: PostgreSQL takes two bound values in equal expressions for different ones.
    lines = wanted.subquery("shares")
    grouped = [lines.c.person_id, *(lines.c[key.name] for key in keys)]
    return sa.select(*grouped, sa.func.count().label("shares")).group_by(*grouped).subquery("lines")


def total(filters: Filters, *, visible_to: Actor) -> tuple[int, int]:
    """Participations, and the people behind them."""
    lines = _people([], [], filters)
    wanted = sa.select(sa.func.coalesce(sa.func.sum(lines.c.shares), 0), sa.func.count()).select_from(lines)
    counted, unik = db.session().execute(_of_whom(wanted, lines, filters, visible_to)).one()
    return int(counted), unik


def _of_whom(wanted: sa.Select[Any], lines: sa.Subquery, filters: Filters, actor: Actor) -> sa.Select[Any]:
    wanted = wanted.join(Person, Person.id == lines.c.person_id).where(scope(actor))
    return wanted.where(Person.kecamatan_code == filters.kecamatan) if filters.kecamatan else wanted


def _grouped(dimensions: Sequence[Dimension], filters: Filters, actor: Actor) -> Sequence[Any]:
    """code of each dimension, label of each dimension, participations, persons."""
    # A diklat goes by its id until the end: the index then yields people and diklat in order.
    inner = [
        (Enrolment.diklat_id if d is Dimension.DIKLAT else _columns(d)[0]).label(f"key_{d.value}")
        for d in dimensions
        if d in OF_DIKLAT
    ]
    lines = _people(inner, [d.value for d in dimensions], filters)
    codes = [
        (lines.c[f"key_{d.value}"] if d in OF_DIKLAT - {Dimension.DIKLAT} else _columns(d)[0]).label(f"code_{place}")
        for place, d in enumerate(dimensions)
    ]
    labels = [_columns(d)[1].label(f"label_{place}") for place, d in enumerate(dimensions)]
    wanted = _of_whom(sa.select(*codes, *labels, lines.c.shares).select_from(lines), lines, filters, actor)
    if Dimension.SCHOOL in dimensions:
        wanted = wanted.outerjoin(School, School.id == Person.school_id)
    if Dimension.KECAMATAN in dimensions:
        wanted = wanted.outerjoin(Kecamatan, Kecamatan.code == Person.kecamatan_code)
    if Dimension.DIKLAT in dimensions:
        wanted = wanted.join(_TITLES, _TITLES.c.id == lines.c.key_diklat)
    whole = wanted.subquery("whole")
    keys = [whole.c[column.name] for column in (*codes, *labels)]
    sums = (sa.func.sum(whole.c.shares), sa.func.count())
    return db.session().execute(sa.select(*keys, *sums).group_by(*keys)).all()


def _first() -> sa.Subquery:
    """When each diklat begins, as 2026, 20264 (a quarter) and 202611: worked out once a diklat, not once a participation."""
    day = sa.func.min(LiveSession.local_date, type_=sa.Date())
    year, month = sa.extract("year", day), sa.extract("month", day)
    third = sa.case(*[(month <= last, last // 3) for last in (3, 6, 9)], else_=4)
    return (
        sa.select(
            LiveSession.diklat_id,
            sa.cast(year, sa.Integer).label("year"),
            sa.cast(year * 10 + third, sa.Integer).label("quarter"),
            sa.cast(year * 100 + month, sa.Integer).label("month"),
        )
        .where(LiveSession.state == SessionState.PLANNED)
        .group_by(LiveSession.diklat_id)
        .subquery("first")
    )


_FIRST = _first()
_TITLES = sa.select(Diklat.id, Diklat.slug, Diklat.title).subquery("titles")


def _with_day(wanted: sa.Select[Any], names: Sequence[str]) -> sa.Select[Any]:
    if _PERIODS.isdisjoint(names):
        return wanted
    return wanted.outerjoin(_FIRST, _FIRST.c.diklat_id == Enrolment.diklat_id)


def _with_topic(wanted: sa.Select[Any], names: Sequence[str]) -> sa.Select[Any]:
    """A diklat of two topics counts in each of them."""
    if Dimension.TOPIC not in names:
        return wanted
    return wanted.outerjoin(DiklatTopic, DiklatTopic.diklat_id == Enrolment.diklat_id)


_JOINS = (_with_day, _with_topic)


def _columns(dimension: Dimension) -> tuple[Any, Any]:
    """Code and label in SQL; where the label is not in the row, nothing."""
    nothing = sa.null()
    if dimension is Dimension.SCHOOL:
        return School.npsn, School.name
    if dimension is Dimension.DIKLAT:
        return _TITLES.c.slug, _TITLES.c.title
    if dimension is Dimension.TOPIC:
        return DiklatTopic.topic, nothing
    if dimension is Dimension.KECAMATAN:
        return Kecamatan.code, Kecamatan.name
    if dimension in _PERIODS:
        return _FIRST.c[dimension.value], nothing
    if dimension is Dimension.AUTHORITY:
        cases = [(Person.jenjang == level, sa.literal(level.authority.value)) for level in Jenjang]
        return sa.case(*cases, else_=sa.null()), nothing
    plain: dict[Dimension, Any] = {
        Dimension.JABATAN: Person.jabatan,
        Dimension.JENJANG: Person.jenjang,
        Dimension.STATUS: Person.employment,
        Dimension.SEX: Person.sex,
    }
    return plain[dimension], nothing


def _period_key(dimension: Dimension, code: int) -> Key:
    if dimension is Dimension.YEAR:
        return Key(str(code), str(code))
    if dimension is Dimension.QUARTER:
        year, third = divmod(code, 10)
        return Key(f"{year}-T{third}", f"Triwulan {('I', 'II', 'III', 'IV')[third - 1]} {year}")
    year, month = divmod(code, 100)
    return Key(f"{year}-{month:02}", formats.month(date(year, month, 1)))


def _labels(dimensions: Sequence[Dimension]) -> dict[Dimension, Callable[[Any, Any], Key]]:
    kinds = {
        Dimension.JABATAN: ChoiceKind.JABATAN,
        Dimension.STATUS: ChoiceKind.STATUS,
        Dimension.TOPIC: ChoiceKind.TOPIC,
    }
    lists = {
        (kind, code): label
        for kind, code, label in db.session().execute(sa.select(Choice.kind, Choice.code, Choice.label))
    }

    def maker(dimension: Dimension) -> Callable[[Any, Any], Key]:
        def key(code: Any, label: Any) -> Key:
            if code is None or code == "":
                return Key("", _MISSING.get(dimension, NOT_FILLED))
            if dimension in _PERIODS:
                return _period_key(dimension, int(code))
            if dimension in kinds:
                return Key(code, lists.get((kinds[dimension], code), code))
            return Key(str(code), label or _WORDS.get(dimension, {}).get(str(code), str(code)))

        return key

    return {dimension: maker(dimension) for dimension in dimensions}


def order(dimension: Dimension, key: Key) -> tuple[bool, int, str]:
    """By time, by level of education, else by name; what is missing comes last."""
    if dimension in _PERIODS:
        return not key.code, 0, key.code
    rank = list(Jenjang).index(Jenjang(key.code)) if dimension is Dimension.JENJANG and key.code else 0
    return not key.code, rank, key.label.casefold() + key.code
