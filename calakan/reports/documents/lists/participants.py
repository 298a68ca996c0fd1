"""Who takes part in what, with what the office asks for: one row for each participation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar

import sqlalchemy as sa

from calakan.attendance.models import Presence
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat import jp as hours
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.queries import sessions_of
from calakan.enrolment.models import Enrolment
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.office.models import ChoiceKind
from calakan.office.queries import choices
from calakan.people import phones
from calakan.people import queries as people
from calakan.people.models import Jenjang, Kecamatan, Person, School
from calakan.reports import stages
from calakan.reports.documents.lists.listing import Cell, Column, Listing, Style, numbers, on, plain, scalars, when
from calakan.reports.terms import LEVELS, Filters

COLUMNS = [
    Column("Nama tercetak", 34, printed=5),
    Column("Nama tanpa gelar", 28),
    Column("NIP", 22, Style.LONG, printed=4),
    Column("NUPTK", 20, Style.LONG),
    Column("Jenis kelamin", 12, Style.CODE),
    Column("Jabatan", 18, printed=3),
    Column("Status kepegawaian", 18),
    Column("Jenjang", 12, Style.CODE),
    Column("Tempat kerja", 34, printed=5),
    Column("NPSN", 11, Style.LONG),
    Column("Kode kecamatan", 13, Style.CODE),
    Column("Kecamatan", 20, printed=3),
    Column("Email", 30),
    Column("WhatsApp", 18, Style.LONG),
    Column("Kode diklat", 30, Style.CODE),
    Column("Diklat", 40),
    Column("Mulai", 12, Style.DAY),
    Column("Selesai", 12, Style.DAY),
    Column("Nomor pendaftaran", 18, Style.CODE),
    Column("Terdaftar sejak", 17, Style.MOMENT),
    Column("JP hadir", 9, Style.NUMBER, printed=1),
    Column("JP sesi", 9, Style.NUMBER),
    Column("Persen", 8, Style.NUMBER),
    Column("Syarat kehadiran", 15, Style.CODE),
    Column("Nomor sertifikat", 30),
]


class Participants(Listing):
    title = "Daftar peserta"
    definition = (
        "Satu baris untuk tiap pendaftaran yang dikonfirmasi pada diklat terbit atau selesai; daftar tunggu dan "
        "pendaftaran yang batal tidak termasuk."
    )
    columns: ClassVar[Sequence[Column]] = COLUMNS

    def ids(self) -> Sequence[int]:
        shares = stages.shares([Enrolment.id.label("id"), Diklat.starts_at.label("starts_at")], self.filters).subquery()
        wanted = sa.select(shares.c.id).join(Person, Person.id == shares.c.person_id)
        wanted = wanted.where(people.visible_to(self.actor), stages.of_person(self.filters))
        return scalars(wanted.order_by(shares.c.starts_at.desc(), Person.name_key, shares.c.id))

    def __init__(self, filters: Filters, *, actor: Actor, now: datetime) -> None:
        super().__init__(filters, actor=actor, now=now)
        self._courses: dict[int, _Course] = {}

    def cells(self, ids: Sequence[int]) -> dict[int, Sequence[Cell]]:
        names = _names()
        rows = db.session().execute(_wanted(ids)).all()
        self._read({row[_DIKLAT] for row in rows})
        return {row[0]: _cells(row, names, self._courses[row[_DIKLAT]]) for row in rows}

    def _read(self, diklat_ids: set[int]) -> None:
        """A batch comes from few diklat, and begins with the one that the batch before it ended with."""
        kept = {id: course for id, course in self._courses.items() if id in diklat_ids}
        self._courses = kept | _courses(diklat_ids - set(kept))


# The tables' own columns: an object for each of a million cells costs more than reading them.
_E, _P, _S = db.table(Enrolment).c, db.table(Person).c, db.table(School).c
_COLUMNS = (
    _E.id, _E.diklat_id, _E.person_id, _E.code, _E.decided_at, _P.title_before, _P.name, _P.title_after, _P.nip,
    _P.nuptk, plain(_P.sex), _P.jabatan, _P.employment, plain(_P.jenjang), _S.name, _P.school_elsewhere,
    _P.kabupaten_elsewhere, _S.npsn, _P.kecamatan_code, _P.email, _P.phone,
)  # fmt: skip
_DIKLAT = _COLUMNS.index(_E.diklat_id)


def _wanted(ids: Sequence[int]) -> sa.Select[Any]:
    people = sa.join(db.table(Enrolment), db.table(Person), _P.id == _E.person_id)
    joined = people.outerjoin(db.table(School), _S.id == _P.school_id)
    return sa.select(*_COLUMNS).select_from(joined).where(_E.id.in_(numbers(ids)))


@dataclass(frozen=True)
class _Names:
    """What codes are called."""

    jabatan: Mapping[str, str]
    status: Mapping[str, str]
    kecamatan: Mapping[str, str]


def _names() -> _Names:
    lists = choices()
    places = db.session().execute(sa.select(Kecamatan.code, Kecamatan.name))
    return _Names(
        {row.code: row.label for row in lists.rows(ChoiceKind.JABATAN)},
        {row.code: row.label for row in lists.rows(ChoiceKind.STATUS)},
        {row.code: row.name for row in places},
    )


@dataclass(frozen=True)
class _Course:
    """What the rows of one diklat share; sessions attended and number of the paper by person."""

    slug: str
    title: str
    first: date | None
    last: date | None
    least: int
    per_jp: int
    sessions: Sequence[LiveSession]
    attended: Mapping[int, frozenset[int]]
    numbers: Mapping[int, str]

    @cached_property
    def jp(self) -> int:
        return sum(session.jp for session in self.sessions)

    @cached_property
    def _said(self) -> dict[frozenset[int], tuple[int, int, str]]:
        return {}

    def presence(self, person_id: int) -> tuple[int, int, str]:
        """JP followed, percent, and whether that suffices; worked out once for all who were in the same sessions."""
        there = self.attended.get(person_id, frozenset())
        if there not in self._said:
            live = sum(session.weight for session in self.sessions)
            mine = sum(session.weight for session in self.sessions if session.id in there)
            percent, met = (mine * 100 // live, mine * 100 >= self.least * live) if live else (0, False)
            jp = hours.followed(self.sessions, there, self.per_jp)
            self._said[there] = (jp, percent, "memenuhi" if met else "belum")
        return self._said[there]


def _courses(diklat_ids: set[int]) -> dict[int, _Course]:
    """In few statements, however many people there are."""
    if not diklat_ids:
        return {}
    held: dict[int, list[LiveSession]] = defaultdict(list)
    for session in sessions_of(*diklat_ids):
        held[session.diklat_id].append(session)
    attended, papers = _attended(held), _papers(diklat_ids)
    found = db.session().execute(
        sa.select(
            Diklat.id, Diklat.slug, Diklat.title, Diklat.starts_at, Diklat.ends_at, Diklat.min_attendance_percent,
            Diklat.minutes_per_jp,
        ).where(Diklat.id.in_(diklat_ids))
    )  # fmt: skip
    return {
        id: _Course(slug, title, on(starts_at), on(ends_at), least, per_jp, held[id], attended[id], papers[id])
        for id, slug, title, starts_at, ends_at, least, per_jp in found
    }


def _attended(held: Mapping[int, Sequence[LiveSession]]) -> Mapping[int, Mapping[int, frozenset[int]]]:
    """diklat -> person -> sessions."""
    owner = {session.id: id for id, sessions in held.items() for session in sessions}
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    present = sa.select(Presence.live_session_id, Presence.person_id)
    for session_id, person_id in db.session().execute(
        present.where(Presence.live_session_id.in_(owner), Presence.present)
    ):
        found[owner[session_id]][person_id].add(session_id)
    people = {id: {person: frozenset(ids) for person, ids in rows.items()} for id, rows in found.items()}
    return defaultdict(dict, people)


def _papers(diklat_ids: set[int]) -> Mapping[int, Mapping[int, str]]:
    papers: dict[int, dict[int, str]] = defaultdict(dict)
    wanted = sa.select(Certificate.diklat_id, Certificate.person_id, Certificate.number).where(
        Certificate.diklat_id.in_(diklat_ids),
        Certificate.role == CertificateRole.PARTICIPANT,
        Certificate.state == WorkState.DONE,
        Certificate.status == Status.VALID,
    )
    for diklat_id, person_id, number in db.session().execute(wanted):
        papers[diklat_id][person_id] = number or ""
    return papers


_SEXES = {"L": "Laki-laki", "P": "Perempuan"}
_LEVELS = {level.value: text for level, text in LEVELS.items()}
assert len(_LEVELS) == len(Jenjang)


def _cells(row: Any, names: _Names, course: _Course) -> Sequence[Cell]:
    (
        _, _, person_id, code, decided_at, before, name, after, nip, nuptk, sex, post, employment, level,
        school, school_elsewhere, kabupaten, npsn, place, email, phone,
    ) = row  # fmt: skip
    jp, percent, met = course.presence(person_id)
    full = f"{before} {name}" if before else name
    return (
        f"{full}, {after}" if after else full,
        name,
        nip,
        nuptk,
        _SEXES.get(sex),
        names.jabatan.get(post, post),
        names.status.get(employment, employment),
        _LEVELS.get(level),
        school or ", ".join(filter(None, (school_elsewhere, kabupaten))),
        npsn,
        place,
        names.kecamatan.get(place),
        email,
        phones.shown(phone),
        course.slug,
        course.title,
        course.first,
        course.last,
        f"BC-{code[:4]}-{code[4:]}",
        when(decided_at),
        jp,
        course.jp,
        percent,
        met,
        course.numbers.get(person_id),
    )
