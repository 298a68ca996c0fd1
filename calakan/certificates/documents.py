"""What is handed out: the register of a year as a workbook, the file of a paper, its facts as other applications ask for them."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

from flask import abort, current_app, request
from werkzeug.wrappers import Response

from calakan.certificates import register, rendering
from calakan.certificates.models import Certificate, RegisterKind, Status
from calakan.diklat.models import Kind
from calakan.kernel import db, formats
from calakan.kernel.claims import WorkState
from calakan.office.queries import office_settings
from calakan.tables import books
from calakan.web.messages import word

HEADINGS = ("Tahun", "Urut", "Nomor", "Revisi", "Nama", "Peran", "Kegiatan", "JP", "Tanggal", "Status", "Keterangan")
STATES = {Status.VALID: "Berlaku", Status.REPLACED: "Diganti", Status.REVOKED: "Dicabut"}
DAY = HEADINGS.index("Tanggal")
KINDS = {RegisterKind.CERTIFICATE: "Sertifikat", RegisterKind.STATEMENT: "Surat keterangan"}
UNFINISHED, VOID, RESERVED = "Belum terbit", "Batal", "Dicadangkan"


def state_of(paper: Certificate) -> str:
    """One word on how it stands with a number."""
    if paper.state is WorkState.DROPPED:
        return VOID
    return STATES[paper.status] if paper.state is WorkState.DONE else UNFINISHED


def workbook(kind: RegisterKind, year: int, *, now: datetime) -> bytes:
    """The register of a year as XLSX; rows are streamed, so that a large year needs little memory."""
    import xlsxwriter  # only for this download

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "in_memory": False, "strings_to_formulas": False})
    sheet, bold = book.add_worksheet(f"Register {kind} {year}"), book.add_format({"bold": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for column, width in enumerate((7, 7, 28, 7, 36, 12, 44, 5, 12, 12, 40)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, HEADINGS, bold)
    line = 0
    for paper in db.session().scalars(register.entries(kind, year).execution_options(yield_per=500)):
        line += 1
        sheet.write_row(line, 0, _cells(paper))
        if paper.issued_on is not None:
            sheet.write_datetime(line, DAY, datetime.combine(paper.issued_on, time()), day)
    for row in register.reserved(kind, year):
        line += 1
        span = f"{row.first}–{row.last}"
        sheet.write_row(line, 0, (year, span, "", "", "", "", "", "", "", RESERVED, row.purpose))
    _tell(book.add_worksheet("Keterangan"), kind, year, now=now)
    books.finish(book)
    return out.getvalue()


def _tell(sheet: Any, kind: RegisterKind, year: int, *, now: datetime) -> None:
    """What the file is, for whoever finds it in a year."""
    office = office_settings()
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 60)
    told = (
        ("Register", KINDS[kind]),
        ("Tahun", str(year)),
        ("Penyelenggara", office.organiser),
        ("Program", office.programme_name),
        ("Dibuat", formats.moment(now)),
        ("Nomor", "Urut menurut register; yang dicadangkan atau batal tetap tercatat."),
    )
    for line, row in enumerate(told):
        sheet.write_row(line, 0, row)


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
        "",  # the day is written as one
        state_of(paper),
        paper.status_reason,
    )


def file_of(paper: Certificate) -> Response:
    """The very file that was issued; 404 where it is gone."""
    try:
        content = rendering.read(paper, current_app.extensions["calakan.files"])
    except FileNotFoundError:
        abort(404)
    answer = Response(content, mimetype="application/pdf")
    name = (paper.number or "sertifikat").replace("/", "-")
    way = "inline" if request.args.get("cetak") == "1" else "attachment"
    answer.headers["Content-Disposition"] = f'{way}; filename="sertifikat-{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def typed_elsewhere(paper: Certificate) -> list[tuple[str, str]]:
    """What Dapodik and MyASN ask for, in their notation (dates as dd-mm-yyyy)."""
    event = paper.facts["event"]
    days = [date.fromisoformat(day).strftime("%d-%m-%Y") for day in event["dates"]]
    return [
        ("Nama kegiatan", event["title"]),
        ("Jenis", word(Kind(event["kind"]))),
        ("Nomor sertifikat", paper.number or ""),
        ("Penyelenggara", event["organiser"]),
        ("Peran", word(paper.role)),
        ("Tingkat", event["level"]),
        ("Tanggal mulai", days[0] if days else ""),
        ("Tanggal selesai", days[-1] if days else ""),
        ("Tahun", days[-1][-4:] if days else ""),
        ("Jumlah jam (JP)", str(paper.jp)),
    ]
