"""Lists of who was there, as programs export them or people type them: what each line says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from calakan.attendance import denials, durations, headings, statuses, times
from calakan.attendance.doubts import Unclear as Unclear
from calakan.attendance.doubts import address, check_evidence, of_people, on_another_day, unknown_evidence, zones_of
from calakan.attendance.durations import Scale
from calakan.attendance.entries import Entry as Entry
from calakan.attendance.entries import Listed as Listed
from calakan.attendance.entries import Span as Span
from calakan.attendance.entries import add_number, address_in, identify, says
from calakan.attendance.headings import Columns, columns_of
from calakan.attendance.statuses import Status
from calakan.kernel.clock import place
from calakan.kernel.text import search_key
from calakan.tables import reading
from calakan.tables.cells import MarkedText
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import Sheet

MOST_LINES = 10_000
# Whoever came a week ago and left today did not stay in between.
LONGEST_SPAN = timedelta(hours=24)
_HOST = re.compile(r"\((?:co-?\s?)?(?:host|tuan rumah|organizer|penyelenggara)\b[^)]*\)\s*$", re.IGNORECASE)
_HOSTS = {"organizer", "organiser", "host", "co host", "cohost", "penyelenggara", "tuan rumah", "moderator rapat"}
_SUMS = {"jumlah", "total", "rata rata", "rata rata keseluruhan", "average", "overall average", "grand total"}


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
    return Listed(entries, 0, proves=doubt is not None, sheet=sheet.name, hidden=sheet.hidden, unread=sheet.unread)


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


class LineReader:
    """What one line says, by its section's columns; some columns are judged by all of their values."""

    def __init__(
        self,
        columns: Columns,
        rows: Sequence[tuple[int, list[str]]],
        *,
        day: date,
        zone: tzinfo | None = None,
        order: times.Order | None = None,
        length: float | None = None,
        unit: str = "",
    ) -> None:
        self.columns, self.day, self.zone, self.order = columns, day, zone or place(), order
        for at in [at for at in columns.places("status") if at in columns.loose and len(columns.evidence) > 1]:
            said = [statuses.status_of(row[at]) for _, row in rows if at < len(row) and row[at]]
            if set(said) <= {Status.UNCLEAR}:  # a word of the heading misled; other columns say who was there
                del columns.kinds[at]
        self.evidence = columns.evidence - {"waiting"}
        # Numbers beyond 1 number the lines, or count something.
        self.counted = {
            at
            for at in columns.places("status", "away")
            if any(at < len(row) and row[at].isdigit() and row[at] not in ("0", "1") for _, row in rows)
        }
        self.smaller = {at for at in columns.plain if times.rather_smaller(row[at] for _, row in rows if at < len(row))}
        self.scales = {
            at: Scale(
                [(row[at], self._stay(row)) for _, row in rows if at < len(row)],
                length,
                heading=columns.written[at] or durations.said(unit),
            )
            for at in columns.places("minutes")
        }
        # Where some are there by a column, whoever it says nothing of waits: the start and the end of one session.
        self.asked = {
            at for _, row in rows for at in columns.places("status")
            if at < len(row) and statuses.status_of(row[at]) is Status.PRESENT
        }  # fmt: skip
        self.several = self._names_several(rows)
        self.undated = not columns.places("join", "leave", "minutes", "stamp", "date")
        remarks = columns.places("remark")
        if not self.evidence and any(at < len(row) and row[at] for _, row in rows for at in remarks):
            columns.kinds.update(dict.fromkeys(remarks, "status"))
            self.evidence = {"status"}

    def _names_several(self, rows: Sequence[tuple[int, list[str]]]) -> bool:
        """Whether lines of this day name different sessions and no hour: which of them this is, nobody can tell."""
        if not self.columns.places("session") or self.columns.places("join", "leave", "stamp"):
            return False
        dates = self.columns.places("date")
        own = [row for _, row in rows if all(at < len(row) and self._day(row[at]) in (self.day, None) for at in dates)]
        named = [{row[at] for row in own if at < len(row)} - {""} for at in self.columns.places("session")]
        return any(len(values) > 1 for values in named)

    def entry(self, line: int, row: Sequence[str]) -> Entry | None:
        """None for whoever is not a participant, and for sums."""
        values: dict[str, str] = {}
        places: dict[str, int] = {}
        entry = Entry(line=line)
        for at, kind in self.columns.kinds.items():
            value = row[at] if at < len(row) else ""
            if isinstance(value, MarkedText) and kind in headings.PERSON | {"last"}:
                entry.unclear = Unclear.MARKS
            if value in ("", "-", "--"):
                continue
            if kind == "number":
                add_number(entry, value)
            elif kind not in values:
                values[kind], places[kind] = value, at
        entry.name = values.get("name") or " ".join(filter(None, (values.get("first"), values.get("last"))))
        identify(entry, values.get("email", "") or address_in(entry.name))
        role = search_key(values.get("role", ""))
        waiting = statuses.status_of(values["waiting"]) is Status.PRESENT if "waiting" in values else False
        told = {"join", "leave", "minutes", "stamp"} & values.keys()
        if not (entry.name or entry.email or entry.numbers or told):
            return None
        if waiting or role in _HOSTS or _HOST.search(entry.name) or search_key(entry.name) in _SUMS:
            return None
        self._times(entry, values, places)
        self._status(entry, row)
        if self.several or (self.undated and on_another_day(self.columns, row, self.day, self.order)):
            entry.unclear = entry.unclear or (Unclear.STATUS if self.several else Unclear.TIMES)
        if self.evidence and entry.unclear is None and not says(entry):
            entry.unclear = Unclear.EMPTY
        return entry

    def _times(self, entry: Entry, values: dict[str, str], places: dict[str, int]) -> None:
        start, end = (self._moment(values, places, kind) for kind in ("join", "leave"))
        if start is not None and end is not None and timedelta() <= end - start <= LONGEST_SPAN:
            entry.span = Span(start, end)
        elif "leave" in self.columns or "join" in self.columns:
            one_sided = "leave" not in self.columns or "join" not in self.columns
            if values.get("join") or values.get("leave"):
                # A time of coming alone says nothing of how long somebody stayed.
                entry.unclear = entry.unclear or (Unclear.PARTLY if one_sided and (start or end) else Unclear.TIMES)
        if "minutes" in values:
            self._minutes(entry, places["minutes"], values["minutes"])
        if "stamp" in values:
            entry.stamp = self._moment(values, places, "stamp")
            if entry.stamp is None:
                entry.unclear = entry.unclear or Unclear.STAMP
        elif "date" in values and entry.span is None and entry.minutes is None:
            found = self._day(values["date"])
            if found is None:
                entry.unclear = entry.unclear or Unclear.STAMP
            elif found is not None and found != self.day:
                entry.stamp = datetime.combine(found, datetime.min.time(), place())

    def _minutes(self, entry: Entry, at: int, text: str) -> None:
        scale = self.scales.get(at)
        bare = scale.minutes(text) if scale is not None else None
        if bare is None:
            entry.minutes = times.minutes(text, self.columns.units.get(at, 1.0))
        elif bare[0] == bare[1]:
            entry.minutes = bare[1]
        elif at not in self.smaller:
            entry.fewest, entry.minutes = bare
        if entry.minutes is None:
            entry.unclear = entry.unclear or Unclear.MINUTES

    def _stay(self, row: Sequence[str]) -> float | None:
        """Minutes from coming to leaving, where the line says both."""
        places = {kind: at for at, kind in reversed(self.columns.kinds.items()) if at < len(row) and row[at]}
        values = {kind: row[at] for kind, at in places.items()}
        start, end = (self._moment(values, places, kind) for kind in ("join", "leave"))
        if start is None or end is None or not timedelta() <= end - start <= LONGEST_SPAN:
            return None
        return (end - start).total_seconds() / 60

    def _day(self, text: str) -> date | None:
        """A date, with or without an hour behind it."""
        at = (
            times.moment(text, self.day, zone=self.zone, order=self.order)
            if re.search(r"\D\d{1,2}[:.]\d{2}", text)
            else None
        )
        return at.astimezone(place()).date() if at else times.day_of(text, self.day, order=self.order)

    def _moment(self, values: dict[str, str], places: dict[str, int], kind: str) -> datetime | None:
        text = values.get(kind, "")
        zone, day = self.columns.zones.get(places.get(kind, -1), self.zone), self.day
        if "zone" in values and places.get(kind) not in self.columns.zones:
            own = times.zone_of(values["zone"])
            if own is None:
                return None
            zone = own
        if text and "date" in values and re.fullmatch(r"[\d:.\s]+(?:[ap]\.?m\.?)?", text.casefold()):
            found = self._day(values["date"])
            if found is None:
                return None
            day = found
        found_at = times.moment(text, day, zone=zone, order=self.order) if text else None
        if places.get(kind) in self.columns.strange and found_at is not None:
            # Of an unknown zone, unless the time itself names one, so that no other matters.
            other = times.moment(text, day, zone=timezone(timedelta(hours=12)), order=self.order)
            same = times.moment(text, day, zone=UTC, order=self.order) == other
            return found_at if same else None
        return found_at

    def _status(self, entry: Entry, row: Sequence[str]) -> None:
        cells = [(kind, row[at] if at < len(row) else "") for at, kind in self.columns.kinds.items()]
        counted = any(at < len(row) and row[at].isdigit() for at in self.counted)
        if not {"status", "away"} & self.evidence:
            remark = next((value for kind, value in cells if kind == "remark" and value), "")
            if remark and statuses.status_of(remark) is Status.ABSENT:
                entry.said, entry.unclear = remark, entry.unclear or Unclear.STATUS
            return
        told = {at: row[at] for at in self.columns.places("status") if at < len(row) and row[at]}
        said = [statuses.status_of(value, heading=self.columns.texts[at]) for at, value in told.items()]
        said += [Status.ABSENT for kind, value in cells if kind == "away" and statuses.ticked(value)]
        entry.said = " · ".join(value for kind, value in cells if kind in ("status", "away", "remark") and value)
        entry.status = statuses.joined(said) if said else Status.UNCLEAR
        if entry.status is Status.PRESENT and self.asked - told.keys():
            entry.status = Status.UNCLEAR
        if entry.status is Status.UNCLEAR or counted:
            entry.unclear = entry.unclear or Unclear.STATUS
