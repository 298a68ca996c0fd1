"""A staff list of 20,000 lines with 500 broken ones, as a workbook: read and judged, applied, sent again, and taken back."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

import sqlalchemy as sa
import xlsxwriter

from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, DATABASES, Site
from calakan.demo import district
from calakan.kernel import clock, db
from calakan.people.models import School
from calakan.roster import lists, tasks
from calakan.roster.models import RosterList, RosterRow

NAME = "roster"
TITLE = "a staff list of 20,000 lines, 500 of them broken: read, applied, and taken back; kept: below 60 s to read and apply"
LINES, BROKEN, LIMIT_S = 20_000, 500, 60
HEAD = ("Nama", "NIP", "NUPTK", "Email", "HP", "Jenis PTK", "Status Kepegawaian", "NPSN")


def run(bench: Bench) -> Iterator[Row]:
    lines, broken = bench.size(LINES, 200), bench.size(BROKEN, 5)
    for kind in DATABASES:
        with Site(bench.databases, kind):
            first, again = _workbook(lines, broken, "Guru Kelas"), _workbook(lines, broken, "Kepala Sekolah")
            yield {"database": kind, "list": "new", **_measured(first, lines, broken, days_ago=1, new=lines - broken)}
            yield {"database": kind, "list": "every row changed", **_measured(again, lines, broken, days_ago=0, new=0)}


def _workbook(lines: int, broken: int, jabatan: str) -> bytes:
    """Names as people bear them. A shorter list is spread over the whole one, so that what would wait there waits here too."""
    schools = db.session().scalars(sa.select(School.npsn).order_by(School.id)).all()
    names = [row["name"] for row in islice(district.people_rows(random.Random(1), clock.now()), LINES)]
    out, each = io.BytesIO(), LINES // broken
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    for line, at in enumerate(range(0, LINES, LINES // lines), start=1):
        nip = f"{1970 + at % 25}0131{2000 + at // 25 % 20}{at // 500 % 12 + 1:02}{at % 2 + 1}{at % 997 + 1:03}"
        cells = (
            names[at % len(names)], "1,98501E+17" if at % each == 0 else nip, f"{7_000_000_000_000_000 + at}",
            f"guru{at}@example.org", f"0812{at:08}", jabatan, "PNS", schools[at % len(schools)],
        )  # fmt: skip
        sheet.write_row(line, 0, cells)
    book.close()
    return out.getvalue()


def _measured(content: bytes, lines: int, broken: int, *, days_ago: int, new: int) -> Row:
    worked = time.process_time()
    with db.transaction():
        id = lists.store(
            content, source="bench", as_of=clock.today() - timedelta(days=days_ago), file_name="guru.xlsx", actor=ACTOR,
            now=clock.now(),
        ).id  # fmt: skip
    read = _worked(id)
    with db.transaction():
        lists.apply(id, actor=ACTOR, now=clock.now())
    applied = _worked(id)
    counts, rows = lists.counts(id), db.session().scalar(sa.select(sa.func.count()).select_from(RosterRow))
    if (counts["waits"], counts["new"], rows) != (broken, new, lines - broken):
        raise Wrong(f"{counts}, {rows} rows")
    back = 0.0
    if not new:
        with db.transaction():
            lists.undo(id, reason="bench", actor=ACTOR, now=clock.now())
        back = _worked(id)
    kept = "yes" if read + applied < LIMIT_S else "no"
    worked = time.process_time() - worked
    return {
        "lines": lines,
        "broken": broken,
        "s_of_processor": round(worked, 2),
        "read_s": read,
        "apply_s": applied,
        "undo_s": back,
        "kept": kept,
    }


def _worked(id: int) -> float:
    begin = time.perf_counter()
    tasks.work_one(id)
    db.session().rollback()
    if db.session().get_one(RosterList, id, populate_existing=True).open:
        raise Wrong("the list was not brought to its end")
    return round(time.perf_counter() - begin, 2)
