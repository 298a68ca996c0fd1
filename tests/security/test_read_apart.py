"""Workbooks and calendars from outside are read in the limited process; whoever asked keeps his memory, and hears when to come back."""

from __future__ import annotations

import ast
import fcntl
import io
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

import calakan
from calakan.availability import apart as calendars
from calakan.availability import queries, services, tasks
from calakan.availability import reading as calendar_reading
from calakan.availability.models import BusySource
from calakan.intake import process
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.roster import tasks as roster_tasks
from calakan.roster.models import RosterList, Stage
from calakan.tables import apart, cells, reading, xlsx
from calakan.tables.errors import TableUnreadable
from calakan.web.messages import sentence
from tests import factories
from tests.api.conftest import Api, token_of
from tests.availability.calendar_server import serving
from tests.roster import listing
from tests.security.test_damaged_archives import LIST, workbook

Opener = Callable[[int | None], FlaskClient]
ROOT = Path(calakan.__file__).parent
BUSY = "Berkas lain sedang dibaca. Tunggu sebentar, lalu coba lagi."
MIB = 1024 * 1024
# What reads a file from outside -> the only files that may name it.
READERS = {
    "calakan.tables.xlsx": {"tables/apart.py"},
    "calakan.availability.reading": {"availability/__main__.py"},
    "calakan.tables.apart": {"tables/reading.py", "tables/__main__.py"},
    "xml.etree": {"tables/apart.py", "tables/xlsx.py"},
    "icalendar": {"availability/reading.py"},
    "dateutil": {"availability/reading.py"},
}


def named(source: str) -> Iterator[str]:
    """Every module that it imports, and every name that it takes from one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def readers(files: dict[str, str]) -> set[tuple[str, str]]:
    """Who names a reader and may not, and which."""
    return {
        (name, reader)
        for name, source in files.items()
        for found in named(source)
        for reader, allowed in READERS.items()
        if f"{found}.".startswith(f"{reader}.") and name not in allowed
    }


def test_nobody_else_names_a_reader() -> None:
    assert readers({str(path.relative_to(ROOT)): path.read_text() for path in ROOT.rglob("*.py")}) == set()
    assert readers({"a.py": "from calakan.tables import xlsx", "b.py": "from icalendar.cal import Calendar"}) == {
        ("a.py", "calakan.tables.xlsx"), ("b.py", "icalendar"),
    }  # fmt: skip
    told = [path for path in ROOT.rglob("*.py") if "apart.told(" in path.read_text()]
    assert [str(path.relative_to(ROOT)) for path in told] == ["tables/__main__.py"]


def book(*rows: tuple[object, ...]) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n".encode()


def never(*args: object, **kwargs: object) -> NoReturn:
    raise AssertionError("read by whoever asked")


def test_whoever_asks_reads_nothing_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx.Workbook, "__init__", never)
    monkeypatch.setattr(calendar_reading, "busy_times", never)
    with pytest.raises(AssertionError):
        apart.told(book(("nama",)))  # the control
    assert [line["nama"] for line in reading.table(book(("nama",), ("Sri",)), [reading.Column("nama")]).lines] == [
        "Sri"
    ]
    now = clock.now().replace(microsecond=0)
    begins = now + timedelta(days=1)
    content = calendar(f"UID:1\r\nDTSTART:{begins:%Y%m%dT%H%M%SZ}\r\nDURATION:PT1H")
    assert calendars.busy_times(content, now=now) == [(begins, begins + timedelta(hours=1))]


def test_every_cell_comes_back_as_what_it_is() -> None:
    words = ['"', "\\", "é", "😀", "a\nb", "", "[0, 1]", "null"]
    content = book(("nama", *words), (clock.now().replace(tzinfo=None), "x‮y", 123456789012345678))
    ((_, head), (_, row)) = next(iter(reading.sheets(content))).rows
    assert head[1:] == [cells.cell(word) for word in words]
    assert [type(cell) for cell in row] == [cells.DateText, cells.MarkedText, cells.RoundedText]
    grids = apart.told(content)["grids"]
    assert [[getattr(cell, "__class__", None) for cell in row] for _, row in grids[0][1]][1] == [list, list, list]


def test_a_calendar_is_read_in_the_zone_of_the_house() -> None:
    now = clock.now()
    content = calendar(f"UID:1\r\nDTSTART:{now + timedelta(days=2):%Y%m%d}T090000\r\nDURATION:PT1H")
    hours = []
    try:
        for zone in clock.Zone:
            clock.connect(zone)
            hours += [begins.hour for begins, _ in calendars.busy_times(content, now=now)]
    finally:
        clock.connect(clock.Zone.WIB)
    assert hours == [2, 1, 0]


def peak(read: Callable[[], object]) -> int:
    """The most that Python held here meanwhile, whatever came of it."""
    tracemalloc.start()
    try:
        with suppress(TableUnreadable, calendars.CalendarUnread, calendar_reading.NotACalendar):
            read()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_what_swells_swells_elsewhere() -> None:
    """Each of less than 2 MiB; the second reading of each is the control."""
    now = clock.now()
    begins = f"{now + timedelta(days=1):%Y%m%dT%H%M%SZ}"
    blanks, letters = workbook(LIST + " " * (50 * MIB)), "<row>" + '<c t="s"><v>0</v></c>' * 150 + "</row>"
    shared = workbook(f"<sheetData>{letters * 2000}</sheetData>", text="halo " * 200)
    events = calendar(*(f"UID:{n}\r\nDTSTART:{begins}\r\nDURATION:PT1H" for n in range(8000)))
    every: list[tuple[bytes, Callable[[], object], Callable[[], object]]] = [
        (blanks, lambda: apart.grids(blanks), lambda: apart.told(blanks)),
        (shared, lambda: apart.grids(shared), lambda: apart.told(shared)),
        (events, lambda: calendars.busy_times(events, now=now), lambda: calendar_reading.busy_times(events, now=now)),
    ]
    for content, asked, read in every:
        assert len(content) < 2 * MIB
        assert (peak(asked) < 6 * MIB, peak(read) > 12 * MIB) == (True, True)


def test_a_reader_that_was_ended_is_a_sentence(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its limits end it without a word, as this program does."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(TableUnreadable) as refused:
        reading.table(book(("nama",)), [reading.Column("nama")])
    assert sentence(refused.value).startswith("Berkas terlalu rumit")
    with pytest.raises(calendars.CalendarUnread) as unread:
        calendars.busy_times(calendar(), now=clock.now())
    assert unread.value.why == "heavy"


@contextmanager
def others_are_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(process, "PATIENCE", 1)
    monkeypatch.setattr(process, "LONG_PATIENCE", 1)
    with (ROOT / "intake" / "limits.py").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    monkeypatch.undo()


def uploaded(client: FlaskClient, path: str, content: bytes, **typed: str) -> Any:
    data = {**typed, "file": (io.BytesIO(content), "a.xlsx")}
    return client.post(path, data=data, content_type="multipart/form-data")


def test_a_page_says_to_come_back(app: Flask, client_of: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = client_of(factories.person("Admin", Role.ADMIN).id)
    head, row = (
        ("npsn", "nama", "jenjang", "status", "kode_kecamatan"),
        ("20399881", "SDN 99", "sd", "negeri", "33.02.22"),
    )
    with others_are_read(monkeypatch):
        answer = uploaded(admin, "/kelola/sekolah", book(head, row))
        assert (answer.status_code, BUSY in answer.get_data(as_text=True)) == (422, True)
        plain = "\n".join(";".join(line) for line in (head, row)).encode()
        assert uploaded(admin, "/kelola/sekolah", plain).status_code == 200  # a CSV waits for nobody
    assert uploaded(admin, "/kelola/sekolah", book(head, row)).status_code == 200


def test_a_program_is_told_to_come_back(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, content = token_of(factories.person("Admin", Role.ADMIN)), book(("npsn", "nama"), ("1", "x"))
    sent = {"data": content, "content_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    with others_are_read(monkeypatch):
        answer = Api(app)("POST", "/schools/import?dry_run=true", admin, **sent)
    assert (answer.status_code, BUSY in answer.get_data(as_text=True)) == (422, True)


def test_a_list_of_the_roster_waits_for_its_turn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is neither refused nor a try that failed, however often."""
    (npsn,) = listing.schools(1)
    content = book(tuple(listing.HEAD.split(";")), ("Sri Mulyati", listing.NIPS[0], "", "", "", "", "", npsn))
    id = listing.stored(content)
    with others_are_read(monkeypatch):
        for _ in range(4):
            assert roster_tasks.work_one(id)
            held = listing.held(id)
            assert (held.stage, held.failed, held.attempts) == (Stage.READING, False, 0)
            with db.transaction() as session:
                session.execute(sa.update(RosterList).values(due_at=clock.now()))
    listing.work(id)
    assert listing.held(id).stage is Stage.PREVIEW


def test_a_list_that_is_never_done_is_refused(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    listing.schools(1)
    id = listing.stored(book(tuple(listing.HEAD.split(";"))))
    with db.transaction() as session:
        session.execute(sa.update(RosterList).values(made_at=clock.now() - timedelta(hours=2)))
    with others_are_read(monkeypatch):
        assert roster_tasks.work_one(id)
    held = listing.held(id)
    assert (held.stage, held.refused) == (Stage.REFUSED, {"why": "heavy"})


def test_a_calendar_waits_for_its_turn(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker, settings = factories.person("Tri", Role.NARASUMBER).id, app.extensions["calakan.settings"]
    with serving() as server:
        server.pages["/a.ics"] = (200, {}, calendar(), 0)
        with db.transaction():
            services.connect_calendar(speaker, "https://calendar.test/a.ics", actor=factories.SYSTEM, now=clock.now())
        with others_are_read(monkeypatch):
            assert tasks.fetch_due(settings, server.fetcher()) == 0
        db.session().rollback()
        source = queries.source(speaker)
        assert source is not None
        assert source.last_error is None
        assert (source.attempts, source.due_at - clock.now() <= timedelta(minutes=1)) == (0, True)
        with db.transaction() as session:
            session.execute(sa.update(BusySource).values(due_at=clock.now()))
        assert tasks.fetch_due(settings, server.fetcher()) == 1


def test_workers_wait_longer_than_pages() -> None:
    before = process._patience()
    with process.patiently():
        assert process._patience() > before
    assert process._patience() == before
