"""Lists of who was there, as programs export them or people type them: what each line says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, tzinfo

from calakan.attendance import denials, headings, times
from calakan.attendance.doubts import Unclear as Unclear
from calakan.attendance.doubts import address, check_evidence, day_of_titles, of_people, unknown_evidence, zones_of
from calakan.attendance.entries import Entry as Entry
from calakan.attendance.entries import Listed as Listed
from calakan.attendance.entries import Span as Span
from calakan.attendance.headings import Columns, columns_of
from calakan.attendance.line_reader import LineReader
from calakan.attendance.statuses import Status
from calakan.kernel.clock import place
from calakan.tables import reading
from calakan.tables.cells import MarkedText
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import Sheet

MOST_LINES = 10_000
_HEADED = re.compile(
    r"\s*(?:daftar hadir|presensi|absensi|kehadiran|attendance|hari|tanggal|tgl|date)\b", re.IGNORECASE
)


def read(
    content: bytes, *, day: date, zone: tzinfo | None = None, length: float | None = None, unit: str = ""
) -> Listed:
    """The lines of a list for a session of this day; times without a zone are of `zone`, or of the house.

    `length` of the session in minutes helps to tell hours from minutes where the list does not; `unit` is what somebody
    says of its bare durations.

    Raises TableUnreadable, and ListIsNoEvidence for a list of who registered or was invited.
    """
    try:
        return reading.first(
            content,
            lambda sheet: _Reader(sheet, day, zone, length, unit).read(),
            holds=_has_people,
            people=True,
        )
    except TableUnreadable as error:
        if error.facts["why"] != "columns":
            raise
    return reading.first(content, lambda sheet: _plain(sheet, day), holds=_has_people)


def _has_people(listed: Listed) -> bool:
    return bool(listed.entries)


def _denied(entry: Entry, around: str = "") -> Entry:
    """What is said `around` the line, or beside its name, against what it says itself, waits for a person."""
    said = denials.beside(entry.name) or around
    if said and entry.status is not Status.ABSENT:
        entry.said, entry.unclear = entry.said or said, entry.unclear or Unclear.STATUS
    return entry


def _plain(sheet: Sheet, day: date) -> Listed:
    """Without any heading: whatever looks like an address, a number or a name."""
    _check_size(sheet)
    entries = []
    doubt = unknown_evidence(Columns(), list(sheet.filled), day)
    for line, row, under in denials.parts(sheet.filled):
        cells = [cell for cell in row if cell]
        email = next((cell for cell in cells if "@" in cell), "")
        bare = [re.sub(r"[\s.\-']", "", cell) for cell in cells]
        numbers = [cell for cell in bare if re.fullmatch(r"[0-9]{16}|[0-9]{18}", cell)]
        name = next((cell for cell in cells if "@" not in cell and re.search(r"[^\W\d_]", cell)), "")
        if name or email or numbers:
            marks = Unclear.MARKS if any(isinstance(cell, MarkedText) for cell in cells) else doubt
            entry = Entry(line=line, name=name, email=address(email), numbers=numbers, unclear=marks)
            entries.append(_denied(entry, under))
    if not entries:
        raise TableUnreadable(why="columns", missing=["nama", "email", "NIP"], sheet=sheet.name)
    titles = [" ".join(row) for _, row in sheet.filled if _HEADED.match(" ".join(row))]
    held = day_of_titles([sheet.name, *titles], day, None)
    return Listed(entries, 0, doubt is not None, held, sheet.name, sheet.hidden, sheet.unread)


def _check_size(sheet: Sheet) -> None:
    if len(sheet.rows) > MOST_LINES:
        raise TableUnreadable(why="large")


class _Reader:
    """One pass over a sheet that has headings; reports may have several sections, each with its own."""

    def __init__(self, sheet: Sheet, day: date, zone: tzinfo | None, length: float | None, unit: str) -> None:
        self.unit = unit
        self.sheet, self.day, self.length = sheet, day, length
        self.asked_zone, self.zone = zone, zone or place()
        self.rows = list(sheet.filled)
        self.order = times.order_of(cell for _, row in self.rows for cell in row if cell[:1].isdigit())
        self.sections: list[tuple[str, str, Columns, list[tuple[int, list[str]]]]] = []
        self.titles: list[str] = []
        self.around: list[str] = []
        self.held: date | None = None

    def read(self) -> Listed:
        self._divide()
        if not self.sections:
            raise TableUnreadable(why="columns", missing=["nama", "email", "NIP"], sheet=self.sheet.name)
        _check_size(self.sheet)
        self._take_zone()
        self.held = self.held or day_of_titles([self.sheet.name, *self.around], self.day, self.order)
        people = [part for part in self.sections if not re.search("activit|aktivitas", part[0])] or self.sections
        entries: list[Entry] = []
        ignored, proves = 0, False
        for section, title, columns, rows in people:
            if re.search(r"host|organi[sz]er|penyelenggara|tuan rumah", section):
                ignored += len(rows)
                continue
            check_evidence(columns, rows, self.titles)
            line_reader = LineReader(
                columns, rows, day=self.day, zone=self.zone, order=self.order, length=self.length, unit=self.unit
            )
            doubt = None if line_reader.evidence else self._doubt(columns, rows)
            proves |= bool(line_reader.evidence or doubt)
            away = title if denials.of_title(title, evidence=bool(line_reader.evidence or doubt)) else ""
            ignored += denials.counted(rows)
            for line, row, under in denials.parts(rows):
                entry = line_reader.entry(line, row)
                if entry is None:
                    ignored += 1
                    continue
                if doubt is not None:
                    entry.unclear = entry.unclear or doubt
                entry.panelist = "panel" in section
                entries.append(_denied(entry, under or away))
        return Listed(entries, ignored, proves, self.held, self.sheet.name, self.sheet.hidden, self.sheet.unread)

    def _doubt(self, columns: Columns, rows: Sequence[tuple[int, list[str]]]) -> Unclear | None:
        return unknown_evidence(columns, rows, self.day) or (Unclear.STATUS if of_people(self.titles) else None)

    def _take_zone(self) -> None:
        """What stands above the table about its times, unless somebody chose another zone; what nobody knows makes them strange."""
        found = zones_of(self.around) if self.asked_zone is None else []
        if len(found) == 1 and found[0] is not None:
            self.zone = found[0]
        elif found:
            for _, _, columns, _ in self.sections:
                columns.strange |= set(columns.places("join", "leave", "stamp")) - columns.zones.keys()

    def _divide(self) -> None:
        section, about, current, told = "", None, False, 0
        for at, (line, row) in enumerate(self.rows):
            found = headings.heading_row(row, first=not self.sections)
            filled = [cell for cell in row if cell]
            if found is not None:
                about = found if found.about_the_meeting else None
                current = about is None
                if current:
                    self.sections.append((section, " · ".join(self.titles[told:]), found, []))
                    told = len(self.titles)
            elif (
                len(filled) == 1
                and at + 1 < len(self.rows)
                and headings.heading_row(self.rows[at + 1][1], first=False) is not None
            ):
                section, current, about = headings.heading(filled[0]), False, None
                self.titles.append(section)
                self.around.append(section)
            elif about is not None:
                self.around += [f"time zone {row[at]}" for at in about.places("zone") if at < len(row) and row[at]]
                self._note_day([row[place] for place in about.places("held_from") if place < len(row)])
            elif current:
                self._note_day([row[n] for n in self.sections[-1][2].places("held_from") if n < len(row)])
                self.sections[-1][3].append((line, row))
            else:
                self.titles.append(headings.heading(filled[0]))
                self.around.append(" ".join(filled))
                kinds = columns_of([filled[0], "nama"])
                if kinds is not None and kinds.kinds.get(0) == "held_from":
                    self._note_day(filled[1:2])

    def _note_day(self, cells: Sequence[str]) -> None:
        for cell in cells:
            at = times.moment(cell, self.day, zone=self.zone, order=self.order)
            found = (
                at.astimezone(self.zone).date() if at is not None else times.day_of(cell, self.day, order=self.order)
            )
            if found is not None and re.search(r"\d[/. -]\S*[/. -]\d|[a-z]", cell, re.IGNORECASE):
                self.held = found
