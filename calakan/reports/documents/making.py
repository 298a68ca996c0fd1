"""What a worker does for one file: collect, write, keep. It holds no transaction while it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from calakan.certificates.models import RegisterKind
from calakan.kernel import db, formats
from calakan.kernel.actor import Actor
from calakan.kernel.clock import local
from calakan.kernel.wording import phrase
from calakan.office.house import house
from calakan.people import queries as people
from calakan.people.models import Person
from calakan.reports import queries, rules, services
from calakan.reports.documents import evidence, exports, lists, transcripts
from calakan.reports.documents.dossier import document
from calakan.reports.documents.lists.listing import Cell, Column, Style
from calakan.reports.documents.lists.papers import YearRegister
from calakan.reports.documents.sheets import Format
from calakan.reports.documents.writing import printed, tables, workbook
from calakan.reports.documents.writing.tables import Table
from calakan.reports.errors import ColumnsUnknown, NoLongerAllowed, TooLongForSheet
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Dimension, Filters
from config import Settings

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Order:
    """The plain values of an export, which outlive its session."""

    id: int
    code: str
    kind: ExportKind
    format: ExportFormat
    filters: Filters
    by: list[Dimension]
    asked_by_id: int
    columns: tuple[str, ...] = ()
    sight: tuple[str, ...] = ()

    @property
    def file_stem(self) -> str:
        names = {
            ExportKind.PARTICIPATION: "laporan-partisipasi", ExportKind.PARTICIPANTS: "peserta",
            ExportKind.ATTENDANCE: "daftar-hadir", ExportKind.REGISTER: "register-sertifikat",
            ExportKind.EVIDENCE: "laporan-bukti", ExportKind.HISTORY: "riwayat-siasn", ExportKind.HOURS: "jam-narasumber",
            ExportKind.TRANSCRIPTS: "rekap-jp",
        }  # fmt: skip
        return names[self.kind]


def order(export_id: int) -> Order:
    row = db.session().get_one(Export, export_id, populate_existing=True)
    by = [Dimension(name) for name in row.facts["by"]]
    chosen = tuple(row.facts.get("columns", ()))
    sight = tuple(row.facts.get("sight", ()))
    return Order(
        row.id, row.code, row.kind, row.format, services.filters_of(row.facts), by, row.asked_by_id, chosen, sight
    )


def file_name(order: Order, *, now: datetime) -> str:
    return f"{order.file_stem}-{local(now):%Y-%m-%d-%H%M}.{order.format.value}"


def write(order: Order, path: Path, progress: Progress, *, settings: Settings, now: datetime) -> None:
    """Into `path`, with the eyes of whoever asked. `progress(written, total)` may raise to stop.

    Raises NoLongerAllowed, ColumnsUnknown, DiklatNeeded, TooLongToPrint, TooLongForSheet, TooManyInBundle, UnsignedError while a
    key is away, OSError when the disk is full.
    """
    actor, name = _asker(order)
    if order.kind is ExportKind.TRANSCRIPTS:
        transcripts.write(order.filters, path, progress, actor=actor, settings=settings, now=now)
    elif order.kind is ExportKind.EVIDENCE:
        _write_evidence(order, path, progress, actor, now)
    elif order.kind is ExportKind.PARTICIPATION:
        _write_counts(order, path, progress, actor, name, now)
    else:
        _write_list(order, path, progress, actor, name, now)


def own_history(actor: Actor, year: int, *, now: datetime) -> bytes:
    """The workbook of one's own rows for SIASN of a year, whatever else the actor may see; empty where there are none."""
    me = Actor(person_id=actor.person_id, name=actor.name)
    listing = lists.LISTS[ExportKind.HISTORY](
        Filters(since=date(year, 1, 1), until=date(year, 12, 31)), actor=me, now=now
    )
    ids = listing.ids()
    if not ids:
        return b""
    facts: list[tuple[str, str | int | float]] = [
        ("Daftar", listing.title), ("Definisi", listing.definition), ("Tahun", year), ("Nama", actor.name),
        ("Sumber", house().source), ("Dibuat", formats.moment(now)),
    ]  # fmt: skip
    with TemporaryDirectory() as place:
        path = Path(place) / "siasn.xlsx"
        rows = listing.rows(ids, lambda written: None)
        tables.write_xlsx(Table(listing.title, listing.columns, rows, facts, {}), path)
        return path.read_bytes()


def year_register(kind: RegisterKind, year: int, format: Format, *, actor: Actor, now: datetime) -> bytes:
    """The register of a year, with the columns that its export has. Raises KeyError for a format other than CSV and XLSX."""
    listing = YearRegister(kind, year, actor=actor, now=now)
    ids = listing.ids()
    rows = chain(listing.rows(ids, lambda written: None), listing.kept())
    facts: list[tuple[str, str | int | float]] = [
        ("Daftar", phrase(f"reports.register_{kind.value}")), ("Definisi", listing.definition), ("Tahun", year),
        ("Sumber", house().source), ("Dibuat", formats.moment(now)),
    ]  # fmt: skip
    writer = {Format.XLSX: tables.write_xlsx, Format.CSV: tables.write_csv}[format]
    with TemporaryDirectory() as place:
        path = Path(place) / "register"
        writer(Table(listing.title, listing.columns, rows, facts, {}), path)
        return path.read_bytes()


def _asker(order: Order) -> tuple[Actor, str]:
    person = db.session().get_one(Person, order.asked_by_id)
    actor = people.actor_of(person)
    if not person.active or not rules.may_ask(actor, order.kind):
        raise NoLongerAllowed()
    if order.kind is ExportKind.TRANSCRIPTS and rules.sight(actor) != list(order.sight):
        raise NoLongerAllowed()
    return actor, person.printed_name


def _write_list(order: Order, path: Path, progress: Progress, actor: Actor, name: str, now: datetime) -> None:
    listing = lists.LISTS[order.kind](order.filters, actor=actor, now=now)
    ids = listing.ids()
    total = len(ids)
    if order.format is ExportFormat.XLSX and total > tables.MOST_ROWS:
        raise TooLongForSheet(most=tables.MOST_ROWS)
    progress(0, total)
    rows = listing.rows(ids, lambda written: progress(written, total))
    about = dict(listing.about)
    facts: list[tuple[str, str | int | float]] = [
        (fact, about.pop(fact, value)) for fact, value in _facts(order, listing.title, listing.definition, name, now)
    ]
    facts += about.items()
    columns, rows = _chosen(order, listing.columns, rows)
    table = Table(
        listing.title,
        columns,
        rows,
        [*facts, ("Jumlah baris", total)],
        _metadata(order, facts, now, total),
        signed=listing.signed,
    )
    _WRITERS[order.format](table, path)


def _chosen(
    order: Order, columns: Sequence[Column], rows: Iterator[Sequence[Cell]]
) -> tuple[Sequence[Column], Iterator[Sequence[Cell]]]:
    """The columns that were asked for, in the order of the list; each of them goes onto paper then."""
    if not order.columns:
        return columns, rows
    if not {column.name for column in columns}.issuperset(order.columns):
        raise ColumnsUnknown()
    places = [place for place, column in enumerate(columns) if column.name in order.columns]
    kept = [
        replace(columns[place], printed=columns[place].printed or max(1, columns[place].width // 8)) for place in places
    ]
    return kept, ([row[place] for place in places] for row in rows)


def _write_counts(order: Order, path: Path, progress: Progress, actor: Actor, name: str, now: datetime) -> None:
    """The same bytes as the download of the page, but for paper."""
    report = queries.participation(order.by, order.filters, visible_to=actor)
    total = len(report.rows)
    progress(0, total)
    if order.format is not ExportFormat.PDF:
        path.write_bytes(exports.make(report, Format(order.format.value), made_at=now))
    else:
        counts = {*exports.HEADINGS.values(), *exports.MEASURES.values()}
        columns = [
            Column(text, style=Style.NUMBER if text in counts else Style.TEXT) for text in exports.header(report)
        ]
        rows = (exports.cells(report, row) for row in report.rows)
        facts = [*exports.facts(report, made_at=now), ("Diminta oleh", name)]
        printed.write_pdf(
            Table(phrase(f"reports.{order.kind.value}"), printed.printed_columns(columns), rows, facts, {}), path
        )
    progress(total, total)


def _write_evidence(order: Order, path: Path, progress: Progress, actor: Actor, now: datetime) -> None:
    progress(0, 1)
    made = evidence.evidence(order.filters.since, order.filters.until, visible_to=actor, now=now)
    if order.format is ExportFormat.PDF:
        document.write_pdf(made, path)
    else:
        workbook.write_xlsx(made, path)
    progress(1, 1)


def _facts(order: Order, title: str, definition: str, name: str, now: datetime) -> list[tuple[str, str | int | float]]:
    filters = order.filters
    return [
        ("Daftar", title),
        ("Definisi", definition),
        ("Periode", exports.period(filters)),
        ("Diklat", filters.diklat or "semua"),
        ("Kecamatan", filters.kecamatan or "semua"),
        *exports.only(filters),
        ("Tahap", exports.STAGES[filters.stage] if order.kind is ExportKind.PARTICIPANTS else "semua"),
        ("Sumber", house().source),
        ("Dibuat", formats.moment(now)),
        ("Diminta oleh", name),
    ]


def _metadata(order: Order, facts: list[tuple[str, str | int | float]], now: datetime, total: int) -> dict[str, Any]:
    """What Satu Data asks of every file: definition, unit, period, source, time of update, codes of places."""
    texts = dict(facts)
    filters = order.filters
    return {
        "title": texts["Daftar"],
        "definition": texts["Definisi"],
        "unit": "baris",
        "period": {
            "from": filters.since.isoformat() if filters.since else None,
            "to": filters.until.isoformat() if filters.until else None,
            "text": texts["Periode"],
        },
        "filters": exports.narrowed(filters),
        "place_codes": "Kemendagri",
        "source": house().source,
        "updated": local(now).isoformat(timespec="seconds"),
        "requested_by": texts["Diminta oleh"],
        "count": total,
    }


_WRITERS: dict[ExportFormat, Callable[[Table, Path], None]] = {
    ExportFormat.XLSX: tables.write_xlsx,
    ExportFormat.CSV: tables.write_csv,
    ExportFormat.JSON: tables.write_json,
    ExportFormat.PDF: printed.write_pdf,
}
