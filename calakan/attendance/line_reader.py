"""One line of a list, read by the columns of its section. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from calakan.attendance import denials, durations, headings, statuses, times, tokens
from calakan.attendance.doubts import Unclear, on_another_day
from calakan.attendance.durations import Scale
from calakan.attendance.entries import Entry, Span, add_number, address_in, identify, says
from calakan.attendance.headings import Columns
from calakan.attendance.statuses import Status
from calakan.attendance.times import LONGEST_MINUTES
from calakan.kernel.clock import place
from calakan.kernel.text import search_key
from calakan.tables.cells import MarkedText

# Whoever came a week ago and left today did not stay in between.
LONGEST_SPAN = timedelta(hours=24)
_HOST = re.compile(r"\((?:co-?\s?)?(?:host|tuan rumah|organizer|penyelenggara)\b[^)]*\)\s*$", re.IGNORECASE)
_HOSTS = {"organizer", "organiser", "host", "co host", "cohost", "penyelenggara", "tuan rumah", "moderator rapat"}
_SUMS = {"jumlah", "total", "rata rata", "rata rata keseluruhan", "average", "overall average", "grand total"}


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
        self.answers = self._answered(rows)
        self.tokens = {at: tokens.right_one(self._values(at, rows)) for at in columns.places("token")}
        self.several = self._names_several(rows)
        self.undated = not columns.places("join", "leave", "minutes", "stamp", "date")
        remarks = columns.places("remark")
        if not self.evidence and any(at < len(row) and row[at] for _, row in rows for at in remarks):
            columns.kinds.update(dict.fromkeys(remarks, "status"))
            self.evidence = {"status"}

    def _denies(self, at: int, cell: str) -> bool:
        """Whether a cell under no heading, or one that nobody knows, says that somebody was away."""
        headed = at in self.columns.unknown
        return denials.plainly(cell) or (not headed and len(cell) > 1 and statuses.status_of(cell) is Status.ABSENT)

    def _answered(self, rows: Sequence[tuple[int, list[str]]]) -> list[int]:
        """Where a form asks for a yes whether one took part, or will to the end: most answer so that it is understood."""
        asked = self.columns.places("took_part", *(["invited"] if "stamp" in self.columns else []))
        said = {at: [statuses.status_of(row[at]) for _, row in rows if at < len(row) and row[at]] for at in asked}
        return [at for at in asked if sum(one is not Status.UNCLEAR for one in said[at]) * 2 > len(said[at])]

    def _values(self, at: int, rows: Sequence[tuple[int, list[str]]]) -> list[str]:
        """Of the lines that no time of theirs puts on another day: each day has a token of its own."""
        stamps = [(self._written(row, "stamp"), row[at]) for _, row in rows if at < len(row)]
        return [value for day, value in stamps if day in (None, self.day) and not isinstance(value, MarkedText)]

    def _other_token(self, row: Sequence[str]) -> bool:
        return any(tokens.key(row[at] if at < len(row) else "") != right for at, right in self.tokens.items())

    def _written(self, row: Sequence[str], kind: str) -> date | None:
        """The day of a time that a line says."""
        found = next((row[at] for at in self.columns.places(kind) if at < len(row) and row[at]), "")
        return self._day(found) if found else None

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
        waiting = statuses.status_of(values["waiting"]) if "waiting" in values else Status.ABSENT
        if waiting is Status.UNCLEAR:
            entry.unclear = Unclear.STATUS
        told = {"join", "leave", "minutes", "stamp"} & values.keys()
        if not (entry.name or entry.email or entry.numbers or told):
            return None
        if waiting is Status.PRESENT or role in _HOSTS or _HOST.search(entry.name) or search_key(entry.name) in _SUMS:
            return None
        self._times(entry, values, places, row)
        self._status(entry, row)
        if any(at >= len(row) or statuses.status_of(row[at]) is not Status.PRESENT for at in self.answers):
            entry.unclear = entry.unclear or Unclear.STATUS
        if self.tokens and self._other_token(row) and self._written(row, "stamp") in (None, self.day):
            entry.unclear = entry.unclear or Unclear.CODE
        if any(self._denies(at, cell) for at, cell in enumerate(row) if cell and at not in self.columns.kinds):
            entry.unclear = entry.unclear or Unclear.STATUS
        if self.several or (self.undated and on_another_day(self.columns, row, self.day, self.order)):
            entry.unclear = entry.unclear or (Unclear.STATUS if self.several else Unclear.TIMES)
        if self.evidence and entry.unclear is None and not says(entry):
            entry.unclear = Unclear.EMPTY
        return entry

    def _times(self, entry: Entry, values: dict[str, str], places: dict[str, int], row: Sequence[str]) -> None:
        start, end = (self._moment(values, places, kind) for kind in ("join", "leave"))
        if start is not None and end is not None and timedelta() <= end - start <= LONGEST_SPAN:
            entry.span = Span(start, end)
        elif "leave" in self.columns or "join" in self.columns:
            one_sided = "leave" not in self.columns or "join" not in self.columns
            if values.get("join") or values.get("leave"):
                # A time of coming alone says nothing of how long somebody stayed.
                entry.unclear = entry.unclear or (Unclear.PARTLY if one_sided and (start or end) else Unclear.TIMES)
        if "minutes" in values:
            self._minutes(entry, places["minutes"], values["minutes"], row)
        if start is not None and "leave" not in self.columns and entry.minutes is not None and entry.fewest is None:
            # Nobody was there before he came.
            entry.span = Span(start, start + timedelta(minutes=min(entry.minutes, LONGEST_MINUTES)))
            entry.unclear = None if entry.unclear is Unclear.PARTLY else entry.unclear
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

    def _minutes(self, entry: Entry, at: int, text: str, row: Sequence[str]) -> None:
        scale = self.scales.get(at)
        bare = scale.minutes(text) if scale is not None else None
        if bare is None:
            entry.minutes = times.minutes(text, self.columns.units.get(at, 1.0))
        elif bare[0] == bare[1]:
            entry.minutes = bare[1]
        elif at not in self.smaller:
            entry.fewest, entry.minutes = bare
        hours = next(
            (row[at] for at in self.columns.places("hours") if at < len(row) and row[at] not in ("", "-")), "0"
        )
        if entry.minutes is None or not hours.isdigit():
            entry.unclear = entry.unclear or Unclear.MINUTES
        else:
            entry.minutes += int(hours) * 60
            entry.fewest = entry.fewest and entry.fewest + int(hours) * 60

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
