"""The register of certificates, and the same as a history of courses in the shape that BKN's SIASN takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa

from calakan.certificates import queries as certificates
from calakan.certificates import register
from calakan.certificates.documents import state_of
from calakan.certificates.models import Certificate, CertificateRole, RegisterKind, Status
from calakan.diklat.models import Diklat, Kind
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.people import queries as people
from calakan.people.models import ASN, Person
from calakan.reports import stages
from calakan.reports.documents.lists.listing import Cell, Column, Listing, Style, on, scalars
from calakan.reports.terms import Filters

# people/data/siasn_jenis_diklat.csv: id of the kind, code of the paper.
SIASN: dict[Kind, tuple[int, str]] = {
    Kind.DIKLAT: (3, "T"),
    Kind.BIMTEK: (8, "P"),
    Kind.WORKSHOP: (4, "P"),
    Kind.WEBINAR: (9, "P"),
    Kind.SOSIALISASI: (7, "P"),
    Kind.PENDAMPINGAN: (8, "P"),
    Kind.KOMUNITAS: (4, "P"),
}
_ROLES = {
    "peserta": "Peserta",
    "narasumber": "Narasumber",
    "moderator": "Moderator",
    "panitia": "Panitia",
    "hadir": "Mengikuti",
}
_RESERVED = "Dicadangkan"


def _issued(filters: Filters) -> sa.Select[Any]:
    """Papers that bear a number, by the day they were issued on."""
    wanted = (
        sa.select(Certificate.id)
        .join(Diklat, Diklat.id == Certificate.diklat_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.state == WorkState.DONE)
    )
    if filters.since is not None:
        wanted = wanted.where(Certificate.issued_on >= filters.since)
    if filters.until is not None:
        wanted = wanted.where(Certificate.issued_on <= filters.until)
    if filters.diklat:
        wanted = wanted.where(Diklat.slug == filters.diklat)
    wanted = wanted.where(stages.of_person(filters), stages.about_diklat(filters))
    return wanted.order_by(*certificates.register_order())


class Register(Listing):
    title = "Register sertifikat"
    definition = "Semua sertifikat yang terbit, termasuk yang diganti dan dicabut. Periode menurut tanggal terbit."
    columns: ClassVar[Sequence[Column]] = [
        Column("Tahun", 7, Style.NUMBER),
        Column("Urut", 9, Style.CODE),
        Column("Nomor", 30, printed=6),
        Column("Revisi", 8, Style.NUMBER),
        Column("Tanggal terbit", 14, Style.DAY, printed=3),
        Column("Nama", 34, printed=6),
        Column("NIP", 22, Style.LONG, printed=4),
        Column("Sebagai", 12, Style.CODE, printed=2),
        Column("Diklat", 40, printed=7),
        Column("Mulai", 12, Style.DAY),
        Column("Selesai", 12, Style.DAY),
        Column("JP", 6, Style.NUMBER, printed=1),
        Column("Status", 10, Style.CODE, printed=2),
        Column("Alasan", 30),
        Column("SHA-256", 66, Style.CODE),
    ]

    def ids(self) -> Sequence[int]:
        return scalars(_issued(self.filters).where(people.visible_to(self.actor)))

    def cells(self, ids: Sequence[int]) -> dict[int, Sequence[Cell]]:
        return {
            paper.id: (
                paper.year,
                paper.serial,
                paper.number,
                paper.revision,
                paper.issued_on,
                paper.facts.get("name", ""),
                paper.facts.get("nip") or None,
                _ROLES[paper.role.value],
                paper.facts.get("event", {}).get("title") or title,
                on(starts_at),
                on(ends_at),
                paper.jp,
                state_of(paper),
                paper.status_reason,
                paper.sha256,
            )
            for paper, title, _, starts_at, ends_at in _papers(ids)
        }


class YearRegister(Register):
    """The register of a year as it is kept: the same columns, with numbers that are void or kept for papers made by hand."""

    definition = "Semua nomor register pada satu tahun, termasuk yang diganti, dicabut, batal, dan dicadangkan."

    def __init__(self, kind: RegisterKind, year: int, *, actor: Actor, now: datetime) -> None:
        super().__init__(Filters(), actor=actor, now=now)
        self.kind, self.year = kind, year

    def ids(self) -> Sequence[int]:
        return scalars(register.entries(self.kind, self.year).with_only_columns(Certificate.id))

    def kept(self) -> Iterator[Sequence[Cell]]:
        """A row for each range of numbers that is kept."""
        told: dict[str, Cell] = {"Tahun": self.year, "Status": _RESERVED}
        for row in register.reserved(self.kind, self.year):
            span = f"{row.first}–{row.last}"
            yield [{**told, "Urut": span, "Alasan": row.purpose}.get(column.name) for column in self.columns]


class History(Listing):
    title = "Riwayat kursus untuk SIASN"
    definition = (
        "Sertifikat peserta yang berlaku milik PNS dan PPPK yang mengisi NIP, dengan nama kolom layanan riwayat kursus "
        "SIASN. Periode menurut tanggal terbit."
    )
    columns: ClassVar[Sequence[Column]] = [
        Column("nip", 22, Style.LONG, printed=4),
        Column("nama", 30, printed=5),
        Column("jenisDiklatId", 12, Style.NUMBER, printed=2),
        Column("jenisKursusSertipikat", 12, Style.CODE),
        Column("namaKursus", 40, printed=7),
        Column("institusiPenyelenggara", 36),
        Column("nomorSertipikat", 30, printed=5),
        Column("tanggalKursus", 14, Style.CODE, printed=2),
        Column("tanggalSelesaiKursus", 14, Style.CODE, printed=2),
        Column("tahunKursus", 8, Style.NUMBER),
        Column("jumlahJam", 8, Style.NUMBER, printed=1),
    ]

    def ids(self) -> Sequence[int]:
        return scalars(
            _issued(self.filters).where(
                people.visible_to(self.actor),
                Certificate.role == CertificateRole.PARTICIPANT,
                Certificate.status == Status.VALID,
                Person.employment.in_(ASN),
                Person.nip.is_not(None),
            )
        )

    def cells(self, ids: Sequence[int]) -> dict[int, Sequence[Cell]]:
        return {paper.id: _history(paper, *rest) for paper, *rest in _papers(ids)}


def _history(paper: Certificate, title: str, kind: Kind, starts_at: Any, ends_at: Any) -> Sequence[Cell]:
    number, letter = SIASN[kind]
    first, last = on(starts_at), on(ends_at)
    event = paper.facts.get("event", {})
    return (
        paper.facts.get("nip") or None,
        paper.facts.get("name", ""),
        number,
        letter,
        event.get("title", title),
        event.get("organiser", ""),
        paper.number,
        f"{first:%d-%m-%Y}" if first else "",
        f"{last:%d-%m-%Y}" if last else "",
        first.year if first else None,
        paper.jp,
    )


def _papers(ids: Sequence[int]) -> Sequence[Any]:
    return (
        db.session()
        .execute(
            sa.select(Certificate, Diklat.title, Diklat.kind, Diklat.starts_at, Diklat.ends_at)
            .join(Diklat, Diklat.id == Certificate.diklat_id)
            .where(Certificate.id.in_(ids))
            # The frozen facts are large: let go of each batch before the next.
            .execution_options(populate_existing=True)
        )
        .all()
    )
