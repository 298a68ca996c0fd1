"""The list of participants of one diklat as a file, with what the office asks for. Reads only."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.attendance import queries as attendance
from calakan.certificates.models import Certificate, CertificateRole, Status
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.clock import local
from calakan.office.house import house
from calakan.office.models import ChoiceKind
from calakan.office.queries import Choices, choices
from calakan.people import phones
from calakan.people.models import Jenjang
from calakan.people.queries import workplace
from calakan.reports.documents import sheets
from calakan.reports.documents.sheets import Cell, Format
from calakan.reports.terms import LEVELS
from calakan.tables import books

NAMES = [
    "No", "Nama tercetak", "Nama tanpa gelar", "NIP", "NUPTK", "Jabatan", "Status kepegawaian", "Jenjang",
    "Tempat kerja", "NPSN", "Kecamatan", "Email", "WhatsApp", "Nomor pendaftaran", "Status", "Sejak",
    "JP hadir", "JP sesi", "Persen", "Syarat kehadiran", "Nomor sertifikat", "Alasan batal",
]  # fmt: skip
STATES = {
    EnrolmentState.CONFIRMED: "Terdaftar",
    EnrolmentState.WAITING: "Daftar tunggu",
    EnrolmentState.CANCELLED: "Dibatalkan",
}


def rows(
    diklat: Diklat,
    *,
    visible_to: Actor,
    now: datetime,
    words: str = "",
    jenjang: Jenjang | None = None,
    state: EnrolmentState = EnrolmentState.CONFIRMED,
) -> list[list[Cell]]:
    """One row for each participant the actor may see, in the order of the page."""
    wanted = enrolment.roster(diklat.id, visible_to=visible_to, words=words, jenjang=jenjang, state=state)
    found = db.session().scalars(wanted).unique().all()
    standing = attendance.progress(diklat, [row.person_id for row in found], now=now)
    numbers, lists = _numbers(diklat.id), choices()
    return [
        [place, *_row(row, standing[row.person_id], numbers.get(row.person_id, ""), lists)]
        for place, row in enumerate(found, start=1)
    ]


def _row(row: Enrolment, standing: attendance.Progress, number: str, lists: Choices) -> list[Cell]:
    """The phone with its zero; a file of text groups NIP and NUPTK, so that no spreadsheet takes them for a number."""
    who = row.person
    return [
        who.printed_name,
        who.name,
        who.nip or "",
        who.nuptk or "",
        lists.label(ChoiceKind.JABATAN, who.jabatan),
        lists.label(ChoiceKind.STATUS, who.employment),
        LEVELS[who.jenjang] if who.jenjang is not None else "",
        workplace(who),
        who.school.npsn if who.school is not None else "",
        who.kecamatan.name if who.kecamatan is not None else "",
        who.email or "",
        phones.shown(who.phone),
        row.shown_code,
        STATES[row.state],
        local(row.decided_at).replace(tzinfo=None),
        standing.earned_jp,
        standing.live_jp,
        standing.percent,
        "memenuhi" if standing.met else "belum",
        number,
        row.cancel_reason,
    ]


def _numbers(diklat_id: int) -> dict[int, str]:
    """person -> number of the valid paper."""
    found = db.session().execute(
        sa.select(Certificate.person_id, Certificate.number).where(
            Certificate.diklat_id == diklat_id,
            Certificate.role == CertificateRole.PARTICIPANT,
            Certificate.state == WorkState.DONE,
            Certificate.status == Status.VALID,
        )
    )
    return {person_id: number or "" for person_id, number in found}


def make(found: Sequence[Sequence[Cell]], format: Format, *, made_at: datetime, separator: str = ";") -> bytes:
    """As CSV or as a workbook. Raises ValueError for anything else."""
    if format is Format.CSV:
        return sheets.as_csv(NAMES, found, separator=separator)
    if format is not Format.XLSX:
        raise ValueError("a roster is CSV or XLSX")
    file = io.BytesIO()
    book = sheets.new_book(file, "Daftar peserta", company=house().source, made_at=made_at)
    sheets.add_sheet(book, "Peserta", NAMES, found)
    books.finish(book)
    return file.getvalue()


def file_name(diklat: Diklat, format: Format, *, made_at: datetime) -> str:
    return f"peserta-{diklat.slug}-{local(made_at):%Y-%m-%d-%H%M}.{format.value}"
