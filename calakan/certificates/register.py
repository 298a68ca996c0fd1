"""The registers of a year: reserved ranges, voids, and the whole of it as a page or a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.certificates import numbering
from calakan.certificates.errors import NotVoidable, RangeTaken
from calakan.certificates.models import Certificate, NumberReserve, Register, RegisterKind, Status
from calakan.diklat.errors import ReasonMissing
from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound

MOST_RESERVED = 5000
TITLES = {RegisterKind.CERTIFICATE: "Register sertifikat", RegisterKind.STATEMENT: "Register surat keterangan"}
HEADINGS = ("Tahun", "Urut", "Nomor", "Revisi", "Nama", "Peran", "Kegiatan", "JP", "Tanggal", "Keadaan", "Keterangan")
STATES = {Status.VALID: "Berlaku", Status.REPLACED: "Diganti", Status.REVOKED: "Dicabut"}
UNFINISHED, VOID, RESERVED = "Belum terbit", "Batal", "Dicadangkan"


def reserve(
    kind: RegisterKind, year: int, first: int, last: int, *, purpose: str, actor: Actor, now: datetime
) -> NumberReserve:
    """Keep numbers for papers issued by hand; what the register gave already cannot be kept any more.

    Raises ReasonMissing, RangeTaken.
    """
    if not purpose.strip():
        raise ReasonMissing()
    register = numbering.register_of(kind, year)
    overlap = kept(kind, year).where(NumberReserve.first <= last, NumberReserve.last >= first)
    wrong = first <= register.last_serial or last < first or last - first >= MOST_RESERVED
    if wrong or db.session().scalar(overlap.limit(1)) is not None:
        raise RangeTaken(last=register.last_serial)
    row = NumberReserve(kind=kind, year=year, first=first, last=last, purpose=purpose.strip()[:200], made_at=now)
    db.session().add(row)
    db.session().flush()
    audit.record("certificates.reserve_numbers", row, actor=actor, now=now, name=f"{kind} {year}: {first}–{last}")
    return row


def void(certificate_id: int, *, reason: str, actor: Actor, now: datetime) -> Certificate:
    """A number whose paper could not be made is documented and never used again. Raises ReasonMissing, NotVoidable."""
    if not reason.strip():
        raise ReasonMissing()
    paper = db.session().get(Certificate, certificate_id)
    if paper is None:
        raise NotFound()
    db.lock(Diklat, paper.diklat_id)
    db.session().refresh(paper)
    if paper.state is not WorkState.FAILED or paper.number is None:
        raise NotVoidable()
    paper.state, paper.status_reason, paper.status_at = WorkState.DROPPED, reason.strip()[:300], now
    audit.record("certificates.void", paper, actor=actor, now=now, name=paper.number, reason=reason)
    return paper


def kept(kind: RegisterKind, year: int) -> sa.Select[NumberReserve]:
    return (
        sa.select(NumberReserve)
        .where(NumberReserve.kind == kind, NumberReserve.year == year)
        .order_by(NumberReserve.first)
    )


def reserved(kind: RegisterKind, year: int) -> Sequence[NumberReserve]:
    return db.session().scalars(kept(kind, year)).all()


def years() -> Sequence[int]:
    """Those of any register, the newest first."""
    return db.session().scalars(sa.select(Register.year).distinct().order_by(Register.year.desc())).all()


def entries(kind: RegisterKind, year: int) -> sa.Select[Certificate]:
    """Every number that was given in a year, in order, with all its revisions."""
    return (
        sa.select(Certificate)
        .where(Certificate.register == kind, Certificate.year == year)
        .order_by(Certificate.serial, Certificate.revision, Certificate.id)
    )


def state_of(paper: Certificate) -> str:
    """One word on how it stands with a number."""
    if paper.state is WorkState.DROPPED:
        return VOID
    return STATES[paper.status] if paper.state is WorkState.DONE else UNFINISHED


def workbook(kind: RegisterKind, year: int) -> bytes:
    """The register of a year as XLSX; rows are streamed, so that a large year needs little memory."""
    import xlsxwriter  # only for this download

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": False, "strings_to_formulas": False})
    sheet, bold = book.add_worksheet(f"Register {kind} {year}"), book.add_format({"bold": True})
    for column, width in enumerate((7, 7, 28, 7, 36, 12, 44, 5, 12, 12, 40)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, HEADINGS, bold)
    line = 0
    for paper in db.session().scalars(entries(kind, year).execution_options(yield_per=500)):
        line += 1
        sheet.write_row(line, 0, _cells(paper))
    for row in reserved(kind, year):
        line += 1
        span = f"{row.first}–{row.last}"
        sheet.write_row(line, 0, (year, span, "", "", "", "", "", "", "", RESERVED, row.purpose))
    book.close()
    return out.getvalue()


def _cells(paper: Certificate) -> tuple[object, ...]:
    facts = paper.facts or {}
    return (
        paper.year,
        paper.serial,
        paper.number or "",
        paper.revision,
        facts.get("name", ""),
        paper.role.value,
        facts.get("event", {}).get("title", ""),
        paper.jp,
        paper.issued_on.isoformat() if paper.issued_on else "",
        state_of(paper),
        paper.status_reason,
    )
