"""A report as a file: CSV, a workbook, JSON. Every number is the report's own."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from calakan.kernel import formats
from calakan.kernel.clock import local
from calakan.office.house import house
from calakan.reports import labels
from calakan.reports.documents import sheets
from calakan.reports.documents.sheets import Format
from calakan.reports.terms import FILTERED, Count, Dimension, Filters, Measure, Report, Row, Stage, Value
from calakan.tables import books

TITLES: dict[Dimension, str] = {
    Dimension.JABATAN: "Jabatan",
    Dimension.JENJANG: "Jenjang",
    Dimension.STATUS: "Status kepegawaian",
    Dimension.SEX: "Jenis kelamin",
    Dimension.KECAMATAN: "Kecamatan",
    Dimension.SCHOOL: "Sekolah",
    Dimension.DIKLAT: "Diklat",
    Dimension.TOPIC: "Bidang",
    Dimension.MONTH: "Bulan mulai diklat",
    Dimension.QUARTER: "Triwulan mulai diklat",
    Dimension.YEAR: "Tahun mulai diklat",
    Dimension.AUTHORITY: "Kewenangan",
    Dimension.MODE: "Moda",
    Dimension.COHORT: "Angkatan",
}
STAGES: dict[Stage, str] = {
    Stage.ENROLLED: "Terdaftar",
    Stage.ATTENDED: "Pernah hadir",
    Stage.PASSED: "Memenuhi syarat kehadiran",
    Stage.CERTIFIED: "Bersertifikat",
}
COUNTS: dict[Count, str] = {Count.KEPESERTAAN: "Kali ikut", Count.PESERTA: "Peserta unik"}
HEADINGS: dict[Count, str] = {Count.KEPESERTAAN: "Kepesertaan", Count.PESERTA: "Peserta unik"}
"""Of columns in files, which people and programs of the office go by: they stay, whatever a page says."""
MEASURES: dict[Measure, str] = {
    Measure.JP: "JP diikuti",
    Measure.HOURS: "Jam diikuti",
    Measure.SHARE_PASSED: "Memenuhi syarat kehadiran (%)",
    Measure.GAIN: "Kenaikan nilai tes",
    Measure.SATISFACTION: "Kepuasan (1–4)",
}
# Columns that keep the code beside the name, because names of schools, places and diklat repeat.
_CODES = {
    Dimension.SCHOOL: "NPSN",
    Dimension.KECAMATAN: "Kode kecamatan",
    Dimension.DIKLAT: "Kode diklat",
    Dimension.MONTH: "Kode bulan",
    Dimension.QUARTER: "Kode triwulan",
}
_MEANINGS: dict[Stage, str] = {
    Stage.ENROLLED: "Pendaftaran yang dikonfirmasi pada diklat terbit atau selesai; daftar tunggu tidak dihitung.",
    Stage.ATTENDED: "Pendaftaran yang dikonfirmasi dengan kehadiran tercatat pada paling sedikit satu sesi.",
    Stage.PASSED: "Pendaftaran yang dikonfirmasi dengan JP kehadiran mencapai syarat diklatnya.",
    Stage.CERTIFIED: "Pendaftaran yang dikonfirmasi dengan sertifikat peserta yang terbit dan masih berlaku.",
}
_HELD = "Hanya diklat yang sudah terlaksana yang dihitung. "
_MEASURED: dict[Measure, str] = {
    Measure.JP: "JP diikuti: JP sesi yang dihadiri.",
    Measure.HOURS: "Jam diikuti: lama sesi yang dihadiri menurut jadwal.",
    Measure.SHARE_PASSED: "Memenuhi syarat kehadiran: bagian dari semua yang terdaftar, apa pun tahapnya.",
    Measure.GAIN: "Kenaikan nilai tes: rata-rata tes akhir dikurangi tes awal pada skala 100, dari paling sedikit lima "
    "orang yang mengikuti keduanya; baris lain ikut kosong bila nilai kelompok yang lebih kecil dapat dihitung darinya.",
    Measure.SATISFACTION: "Kepuasan: rata-rata angket sesi dari paling sedikit lima jawaban; angket tidak bernama, jadi "
    "hanya ada menurut diklat, bidang, moda, angkatan, dan waktu.",
}
_UNIK = "Kali ikut menghitung tiap orang pada tiap diklat; peserta unik menghitung tiap orang satu kali."


def make(report: Report, format: Format, *, made_at: datetime, separator: str = ";") -> bytes:
    if format is Format.CSV:
        return as_csv(report, separator=separator)
    if format is Format.XLSX:
        return as_xlsx(report, made_at=made_at)
    return as_json(report, made_at=made_at)


def file_name(format: Format, *, made_at: datetime) -> str:
    return f"laporan-partisipasi-{local(made_at):%Y-%m-%d-%H%M}.{format.value}"


def definition(filters: Filters) -> str:
    held = _HELD if filters.held_by is not None else ""
    return " ".join([f"{_MEANINGS[filters.stage]} {held}{_UNIK}", *(_MEASURED[one] for one in filters.measures)])


def period(filters: Filters) -> str:
    """By the day on which the diklat starts."""
    if filters.since and filters.until:
        return formats.days(filters.since, filters.until)
    if filters.since:
        return f"sejak {formats.day(filters.since)}"
    return f"sampai {formats.day(filters.until)}" if filters.until else "seluruh waktu"


def number_columns(filters: Filters) -> list[Count]:
    """The count that was asked for stands first."""
    return [filters.count, *(count for count in Count if count is not filters.count)]


def header(report: Report) -> list[str]:
    names: list[str] = []
    for dimension in report.dimensions:
        names += [_CODES[dimension]] if dimension in _CODES else []
        names.append(TITLES[dimension])
    names += [HEADINGS[count] for count in number_columns(report.filters)]
    return names + [MEASURES[measure] for measure in report.filters.measures]


def cells(report: Report, row: Row) -> list[str | int | float | None]:
    found: list[str | int | float | None] = []
    for dimension, key in zip(report.dimensions, row.keys, strict=True):
        found += [key.code] if dimension in _CODES else []
        found.append(key.label)
    return [*found, *(row.value(count) for count in number_columns(report.filters)), *row.more]


def as_csv(report: Report, *, separator: str = ";") -> bytes:
    return sheets.as_csv(header(report), (cells(report, row) for row in report.rows), separator=separator)


def as_json(report: Report, *, made_at: datetime) -> bytes:
    filters = report.filters
    rows = [
        {
            **{d.value: {"code": k.code, "label": k.label} for d, k in zip(report.dimensions, row.keys, strict=True)},
            "kepesertaan": row.kepesertaan,
            "peserta_unik": row.unik,
            **_named(filters, row.more),
        }
        for row in report.rows
    ]
    document = {
        "definition": definition(filters),
        "unit": filters.count.value,
        "stage": filters.stage.value,
        "period": {
            "from": filters.since.isoformat() if filters.since else None,
            "to": filters.until.isoformat() if filters.until else None,
            "text": period(filters),
        },
        "filters": narrowed(filters),
        "source": house().source,
        "updated": local(made_at).isoformat(timespec="seconds"),
        "dimensions": [d.value for d in report.dimensions],
        "total": {
            "kepesertaan": report.total_kepesertaan,
            "peserta_unik": report.total_unik,
            **_named(filters, report.total_more),
        },
        "rows": rows,
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _named(filters: Filters, values: Sequence[Value]) -> dict[str, Value]:
    return {measure.value: value for measure, value in zip(filters.measures, values, strict=True)}


def narrowed(filters: Filters) -> dict[str, str | None]:
    """The filters beside the days, for programs."""
    held = dict(filters.only)
    return {
        "diklat": filters.diklat or None,
        "kecamatan": filters.kecamatan or None,
        **{dimension.value: held.get(dimension) for dimension in FILTERED},
    }


def only(filters: Filters) -> list[tuple[str, str]]:
    """What a report was narrowed to, in words."""
    found = []
    for dimension, value in filters.only:
        named = dict(labels.choices(dimension)) if dimension is not Dimension.SCHOOL else {}
        found.append((TITLES[dimension], named.get(value, value)))
    return found


def facts(report: Report, *, made_at: datetime) -> list[tuple[str, str | int | float]]:
    """What the cover sheet says, and the page in its own way."""
    filters = report.filters
    return [
        ("Laporan", "Partisipasi diklat"),
        ("Tahap", STAGES[filters.stage]),
        ("Definisi", definition(filters)),
        ("Periode mulai diklat", period(filters)),
        ("Menurut", ", ".join(TITLES[d] for d in report.dimensions)),
        ("Diklat", filters.diklat or "semua"),
        ("Kecamatan", filters.kecamatan or "semua"),
        *only(filters),
        ("Jumlah kali ikut", report.total_kepesertaan),
        ("Jumlah peserta unik", report.total_unik),
        *(
            (MEASURES[measure], "belum ada" if value is None else value)
            for measure, value in zip(filters.measures, report.total_more, strict=True)
        ),
        ("Sumber", house().source),
        ("Dibuat", formats.moment(made_at)),
    ]


def as_xlsx(report: Report, *, made_at: datetime) -> bytes:
    """A cover sheet and the rows: numbers are numbers, NPSN are text, no formulas."""
    file = io.BytesIO()
    book = sheets.new_book(file, "Laporan partisipasi", company=house().source, made_at=made_at)
    _cover(book, facts(report, made_at=made_at))
    sheets.add_sheet(book, "Partisipasi", header(report), [cells(report, row) for row in report.rows])
    books.finish(book)
    return file.getvalue()


def _cover(book: xlsxwriter.Workbook, lines: Sequence[tuple[str, str | int | float]]) -> None:
    sheet = book.add_worksheet("Keterangan")
    bold = book.add_format({"bold": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top", "align": "left", "num_format": "#,##0"})
    broken = book.add_format({"valign": "top", "align": "left", "num_format": "#,##0.00"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    for number, (name, value) in enumerate(lines):
        sheet.write_string(number, 0, name, bold)
        if not isinstance(value, str):
            sheet.write_number(number, 1, value, plain if isinstance(value, int) else broken)
        else:
            sheet.write_string(number, 1, value, plain)
