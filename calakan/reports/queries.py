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
from calakan.diklat.models import Diklat, DiklatState, LiveSession, SessionState
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
    MONTH = "month"
    AUTHORITY = "authority"


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
    Dimension.MONTH: "Belum terjadwal",
}
NOT_FILLED = "Belum diisi"


def participation(by: Sequence[Dimension], filters: Filters | None = None, *, visible_to: Actor) -> Report:
    """Rows of one to three different dimensions, and both totals. Raises ValueError for any other number."""
    filters = filters or Filters()
    dimensions = [Dimension(name) for name in by]
    if not 1 <= len(dimensions) <= MOST_DIMENSIONS or len(set(dimensions)) != len(dimensions):
        raise ValueError("one to three different dimensions")
    total, unik = _total(filters, visible_to)
    return Report(rows(dimensions, filters, visible_to=visible_to), total, unik, dimensions, filters)


def rows(dimensions: Sequence[Dimension], filters: Filters, *, visible_to: Actor) -> list[Row]:
    """Only the rows of such a report, in two statements."""
    labels, width = _labels(dimensions), len(dimensions)
    found = [
        Row(
            keys=tuple(labels[d](row[i], row[width + i]) for i, d in enumerate(dimensions)),
            kepesertaan=row[-2],
            unik=row[-1],
        )
        for row in _grouped(dimensions, filters, visible_to)
    ]
    found.sort(key=lambda row: tuple(_order(d, key) for d, key in zip(dimensions, row.keys, strict=True)))
    return found


def summary(filters: Filters, *, visible_to: Actor) -> Summary:
    """The same filters at three stages."""
    counts = {
        stage: _total(_at_stage(filters, stage), visible_to)
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


def _scope(actor: Actor) -> sa.ColumnElement[bool]:
    """The head of the office sees numbers of all, though not names."""
    return sa.true() if actor.has(Role.PIMPINAN) else people_queries.visible_to(actor)


def _base(columns: Sequence[Any], filters: Filters, actor: Actor) -> sa.Select[Any]:
    """One line for each participation that counts, with its person."""
    wanted = (
        sa.select(Enrolment.person_id.label("person_id"), *columns)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Diklat, Diklat.id == Enrolment.diklat_id)
        .where(Enrolment.state == EnrolmentState.CONFIRMED, _counted(), _scope(actor))
    )
    if filters.since is not None:
        wanted = wanted.where(Diklat.starts_at >= clock.start_of(filters.since))
    if filters.until is not None:
        wanted = wanted.where(Diklat.starts_at < clock.end_of(filters.until))
    if filters.diklat:
        wanted = wanted.where(Diklat.slug == filters.diklat)
    if filters.kecamatan:
        wanted = wanted.where(Person.kecamatan_code == filters.kecamatan)
    return _staged(wanted, filters.stage)


def _staged(wanted: sa.Select[Any], stage: Stage) -> sa.Select[Any]:
    if stage is Stage.CERTIFIED:
        return wanted.where(
            sa.exists().where(
                Certificate.diklat_id == Enrolment.diklat_id,
                Certificate.person_id == Enrolment.person_id,
                Certificate.role == CertificateRole.PARTICIPANT,
                Certificate.state == WorkState.DONE,
                Certificate.status == Status.VALID,
            )
        )
    if stage is Stage.ENROLLED:
        return wanted
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


def _total(filters: Filters, actor: Actor) -> tuple[int, int]:
    lines = _base([], filters, actor).subquery()
    row = db.session().execute(
        sa.select(sa.func.count(), sa.func.count(lines.c.person_id.distinct())).select_from(lines)
    )
    total, unik = row.one()
    return total, unik


def _grouped(dimensions: Sequence[Dimension], filters: Filters, actor: Actor) -> Sequence[Any]:
    """code of each dimension, label of each dimension, participations, persons."""
    codes, labels = [], []
    for position, dimension in enumerate(dimensions):
        code, label = _columns(dimension)
        codes.append(code.label(f"code_{position}"))
        labels.append(label.label(f"label_{position}"))
    wanted = _base([*codes, *labels], filters, actor)
    if Dimension.SCHOOL in dimensions:
        wanted = wanted.outerjoin(School, School.id == Person.school_id)
    if Dimension.KECAMATAN in dimensions:
        wanted = wanted.outerjoin(Kecamatan, Kecamatan.code == Person.kecamatan_code)
    if Dimension.MONTH in dimensions:
        wanted = wanted.outerjoin(_FIRST, _FIRST.c.diklat_id == Enrolment.diklat_id)
    # Grouped outside, by names: PostgreSQL takes two bound values in equal expressions for different ones.
    lines = wanted.subquery()
    keys = [lines.c[column.name] for column in (*codes, *labels)]
    return (
        db.session()
        .execute(sa.select(*keys, sa.func.count(), sa.func.count(lines.c.person_id.distinct())).group_by(*keys))
        .all()
    )


_FIRST = (
    sa.select(LiveSession.diklat_id, sa.func.min(LiveSession.local_date).label("day"))
    .where(LiveSession.state == SessionState.PLANNED)
    .group_by(LiveSession.diklat_id)
    .subquery("first")
)


def _columns(dimension: Dimension) -> tuple[Any, Any]:
    """Code and label in SQL; where the label is not in the row, nothing."""
    nothing = sa.null()
    if dimension is Dimension.SCHOOL:
        return School.npsn, School.name
    if dimension is Dimension.DIKLAT:
        return Diklat.slug, Diklat.title
    if dimension is Dimension.KECAMATAN:
        return Kecamatan.code, Kecamatan.name
    if dimension is Dimension.MONTH:
        year, month = sa.extract("year", _FIRST.c.day), sa.extract("month", _FIRST.c.day)
        return sa.cast(year * 100 + month, sa.Integer), nothing
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


def _labels(dimensions: Sequence[Dimension]) -> dict[Dimension, Callable[[Any, Any], Key]]:
    kinds = {Dimension.JABATAN: ChoiceKind.JABATAN, Dimension.STATUS: ChoiceKind.STATUS}
    lists = {
        (kind, code): label
        for kind, code, label in db.session().execute(sa.select(Choice.kind, Choice.code, Choice.label))
    }

    def maker(dimension: Dimension) -> Callable[[Any, Any], Key]:
        def key(code: Any, label: Any) -> Key:
            if code is None or code == "":
                return Key("", _MISSING.get(dimension, NOT_FILLED))
            if dimension is Dimension.MONTH:
                year, month = divmod(int(code), 100)
                return Key(f"{year}-{month:02}", formats.month(date(year, month, 1)))
            if dimension in kinds:
                return Key(code, lists.get((kinds[dimension], code), code))
            return Key(str(code), label or _WORDS.get(dimension, {}).get(str(code), str(code)))

        return key

    return {dimension: maker(dimension) for dimension in dimensions}


def _order(dimension: Dimension, key: Key) -> tuple[bool, int, str]:
    """By time, by level of education, else by name; what is missing comes last."""
    if dimension is Dimension.MONTH:
        return not key.code, 0, key.code
    rank = list(Jenjang).index(Jenjang(key.code)) if dimension is Dimension.JENJANG and key.code else 0
    return not key.code, rank, key.label.casefold() + key.code
