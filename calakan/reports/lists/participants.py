"""Who takes part in what, with what the office asks for: one row for each participation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlalchemy as sa

from calakan.attendance.models import Presence
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat.models import Diklat, LiveSession, SessionState
from calakan.enrolment.models import Enrolment
from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.office.models import ChoiceKind
from calakan.office.queries import choices
from calakan.people import phones
from calakan.people import queries as people
from calakan.people.models import Jenjang, Kecamatan, Person, School
from calakan.reports import stages
from calakan.reports.lists.listing import Cell, Column, Listing, Style, on, plain, scalars, when
from calakan.reports.terms import LEVELS

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
    Column("Surel", 30),
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
        wanted = wanted.where(people.visible_to(self.actor))
        if self.filters.kecamatan:
            wanted = wanted.where(Person.kecamatan_code == self.filters.kecamatan)
        return scalars(wanted.order_by(shares.c.starts_at.desc(), Person.name_key, shares.c.id))

    def cells(self, ids: Sequence[int]) -> dict[int, Sequence[Cell]]:
        lists = choices()
        jabatan = {row.code: row.label for row in lists.rows(ChoiceKind.JABATAN)}
        status = {row.code: row.label for row in lists.rows(ChoiceKind.STATUS)}
        rows = db.session().execute(_wanted(ids)).all()
        standing = _standing({row[_DIKLAT] for row in rows}, {row[_PERSON] for row in rows})
        return {row[0]: _cells(row, jabatan, status, standing) for row in rows}


_COLUMNS = (
    Enrolment.id, Person.title_before, Person.name, Person.title_after, Person.nip, Person.nuptk, plain(Person.sex),
    Person.jabatan, Person.employment, plain(Person.jenjang), School.name, Person.school_elsewhere,
    Person.kabupaten_elsewhere, School.npsn, Person.kecamatan_code, Kecamatan.name, Person.email, Person.phone,
    Diklat.id, Diklat.slug, Diklat.title, Diklat.starts_at, Diklat.ends_at, Diklat.min_attendance_percent,
    Enrolment.code, Enrolment.decided_at, Person.id,
)  # fmt: skip


def _wanted(ids: Sequence[int]) -> sa.Select[Any]:
    return (
        sa.select(*_COLUMNS)
        .select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Diklat, Diklat.id == Enrolment.diklat_id)
        .outerjoin(School, School.id == Person.school_id)
        .outerjoin(Kecamatan, Kecamatan.code == Person.kecamatan_code)
        .where(Enrolment.id.in_(ids))
    )


_DIKLAT, _PERSON = _COLUMNS.index(Diklat.id), len(_COLUMNS) - 1


@dataclass(frozen=True)
class _Standing:
    """JP of each diklat; JP earned and number of the paper by (diklat, person)."""

    taught: dict[int, int]
    earned: dict[tuple[int, int], int]
    numbers: dict[tuple[int, int], str]


def _standing(diklat_ids: set[int], people_ids: set[int]) -> _Standing:
    """Few statements for a batch, which comes from few diklat; asking for each row costs more than reading it."""
    sessions = {
        id: (diklat_id, jp)
        for id, diklat_id, jp in db.session().execute(
            sa.select(LiveSession.id, LiveSession.diklat_id, LiveSession.jp).where(
                LiveSession.diklat_id.in_(diklat_ids), LiveSession.state == SessionState.PLANNED
            )
        )
    }
    taught: dict[int, int] = defaultdict(int)
    for diklat_id, jp in sessions.values():
        taught[diklat_id] += jp
    earned: dict[tuple[int, int], int] = defaultdict(int)
    for session_id, person_id in db.session().execute(
        sa.select(Presence.live_session_id, Presence.person_id).where(
            Presence.live_session_id.in_(sessions), Presence.person_id.in_(people_ids), Presence.present
        )
    ):
        diklat_id, jp = sessions[session_id]
        earned[diklat_id, person_id] += jp
    papers = db.session().execute(
        sa.select(Certificate.diklat_id, Certificate.person_id, Certificate.number).where(
            Certificate.diklat_id.in_(diklat_ids),
            Certificate.person_id.in_(people_ids),
            Certificate.role == CertificateRole.PARTICIPANT,
            Certificate.state == WorkState.DONE,
            Certificate.status == Status.VALID,
        )
    )
    return _Standing(taught, earned, {(diklat, person): number or "" for diklat, person, number in papers})


_SEXES = {"L": "Laki-laki", "P": "Perempuan"}
_LEVELS = {level.value: text for level, text in LEVELS.items()}
assert len(_LEVELS) == len(Jenjang)


def _cells(row: Any, jabatan: dict[str, str], status: dict[str, str], standing: _Standing) -> Sequence[Cell]:
    (
        _, before, name, after, nip, nuptk, sex, post, employment, level, school, school_elsewhere,
        kabupaten, npsn, place, place_name, email, phone,
        diklat_id, slug, title, starts_at, ends_at, least, code, decided_at, person_id,
    ) = row  # fmt: skip
    jp, live = standing.earned.get((diklat_id, person_id), 0), standing.taught.get(diklat_id, 0)
    full = f"{before} {name}" if before else name
    return (
        f"{full}, {after}" if after else full,
        name,
        nip,
        nuptk,
        _SEXES.get(sex),
        jabatan.get(post, post),
        status.get(employment, employment),
        _LEVELS.get(level),
        school or ", ".join(filter(None, (school_elsewhere, kabupaten))),
        npsn,
        place,
        place_name,
        email,
        phones.shown(phone),
        slug,
        title,
        on(starts_at),
        on(ends_at),
        f"BC-{code[:4]}-{code[4:]}",
        when(decided_at),
        jp,
        live,
        jp * 100 // live if live else 0,
        "memenuhi" if live and jp * 100 >= least * live else "belum",
        standing.numbers.get((diklat_id, person_id)),
    )
