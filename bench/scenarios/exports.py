"""Lists of 100,000 participations with more than 20 columns as files: time with the database, and memory above idle."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import sqlalchemy as sa

from bench import participations
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, DATABASES, Site
from calakan.demo import district
from calakan.kernel import clock, db
from calakan.people.models import Person
from calakan.reports.documents import evidence
from calakan.reports.documents.dossier import document
from calakan.reports.documents.lists.listing import scalars
from calakan.reports.documents.lists.participants import Participants
from calakan.reports.documents.writing import tables
from calakan.reports.documents.writing.tables import Table
from calakan.reports.models import ExportFormat
from calakan.reports.terms import Filters

NAME = "exports"
TITLE = "100,000 participations as files, and the evidence report"
ROWS = 100_000
WRITERS: dict[ExportFormat, Callable[[Table, Path], None]] = {
    ExportFormat.CSV: tables.write_csv,
    ExportFormat.XLSX: tables.write_xlsx,
    ExportFormat.JSON: tables.write_json,
}


def run(bench: Bench) -> Iterator[Row]:
    sizes = {"PEOPLE": bench.size(15_000, 200), "ENROLMENTS": bench.size(ROWS + 80, 600)}
    for kind in DATABASES:
        with (
            Site(bench.databases, kind),
            mock.patch.multiple(district, **sizes),
            mock.patch.object(district.states, "close"),  # papers are not what is measured here
            tempfile.TemporaryDirectory() as folder,
        ):
            district.ensure_district(now=clock.now())
            participations.settle()
            for format, write in WRITERS.items():
                yield {"file": format.value, "database": kind, **_written(Path(folder) / format.value, write)}
            yield {"file": "evidence pdf", "database": kind, **_evidence(Path(folder) / "pdf")}


def _written(path: Path, write: Callable[[Table, Path], None]) -> Row:
    db.session().rollback()
    before = _peak()
    begin = time.perf_counter()
    listing = Participants(Filters(), actor=ACTOR, now=clock.now())
    ids = listing.ids()[:ROWS]
    rows = listing.rows(ids, lambda written: None)
    write(Table(listing.title, listing.columns, rows, [("Daftar", listing.title)], {}), path)
    seconds = time.perf_counter() - begin
    if not path.stat().st_size:
        raise Wrong("an empty file")
    return {
        "rows": len(ids),
        "columns": len(listing.columns),
        "seconds": round(seconds, 2),
        "grown_mb": round(_peak() - before, 1),
    }


def _evidence(path: Path) -> Row:
    people = scalars(sa.select(sa.func.count()).select_from(Person))[0]
    begin = time.perf_counter()
    made = evidence.evidence(None, None, visible_to=ACTOR, now=clock.now())
    document.write_pdf(made, path)
    seconds = time.perf_counter() - begin
    if people and not made.sections:
        raise Wrong("an empty report")
    return {"rows": len(made.sections), "columns": "", "seconds": round(seconds, 2), "grown_mb": ""}


def _peak() -> float:
    """Highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
