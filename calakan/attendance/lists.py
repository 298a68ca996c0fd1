"""Lists of who was there, as Zoom, Meet and Forms export them or as people type them: what each line says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import NamedTuple

from calakan.kernel.clock import instant
from calakan.kernel.text import search_key
from calakan.tables import reading
from calakan.tables.errors import TableUnreadable

HEADINGS = {
    "name": ("name", "name (original name)", "user name (original name)", "full name", "participant", "nama", "peserta",
             "nama lengkap", "nama peserta"),
    "first": ("first name", "nama depan"),
    "last": ("last name", "nama belakang"),
    "email": ("email", "e-mail", "user email", "email address", "alamat email", "surel", "nama pengguna", "username"),
    "number": ("nip", "nuptk", "nip/nuptk", "nip / nuptk"),
    "join": ("join time", "time joined", "waktu bergabung"),
    "leave": ("leave time", "time exited", "waktu keluar"),
    "minutes": ("duration", "duration (minutes)", "total duration (minutes)", "time in session (minutes)", "durasi",
                "menit"),
    "waiting": ("in waiting room",),
    "attended": ("attended",),
    "stamp": ("timestamp", "cap waktu", "stempel waktu"),
}  # fmt: skip
MOST_LINES = 10_000
_FIELD = {heading: field for field, headings in HEADINGS.items() for heading in headings}
_PERSON = {"name", "first", "email", "number"}
# The line of a meeting itself, and sections of a webinar that are not about participants.
_ABOUT_THE_MEETING = {"meeting id", "webinar id"}
_OTHERS = ("host details", "panelist details")
_HOST = re.compile(r"\((?:co-)?host\)\s*$", re.IGNORECASE)
_DATE = re.compile(r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([AaPp][Mm])?")


class Span(NamedTuple):
    start: datetime
    end: datetime


@dataclass
class Entry:
    """One line about one person. `minutes` is what the list claims, `span` or `stamp` when it says so."""

    line: int
    name: str = ""
    email: str = ""
    numbers: list[str] = field(default_factory=list)
    minutes: float | None = None
    span: Span | None = None
    stamp: datetime | None = None


@dataclass(frozen=True)
class Listed:
    """What a list holds. `ignored` lines are hosts, waiting rooms and those marked absent."""

    entries: Sequence[Entry]
    ignored: int


def read(content: bytes, *, day: date) -> Listed:
    """The lines of a list for a session of this day; times are taken for WIB. Raises TableUnreadable."""
    numbered = reading.first(content, lambda sheet: sheet).rows
    rows = [row for _, row in numbered]
    if len(rows) > MOST_LINES:
        raise TableUnreadable(why="large")
    columns: dict[int, str] | None = None
    entries: list[Entry] = []
    ignored, section = 0, ""
    headed = any(columns_of(row) for row in rows[:20])
    for line, row in numbered:
        filled = [cell for cell in row if cell]
        if not filled:
            continue
        found = columns_of(row)
        if found is not None:
            about = {_heading(cell) for cell in row} & _ABOUT_THE_MEETING
            columns = {} if about or section in _OTHERS else found
            continue
        if len(filled) == 1 and _heading(filled[0]).endswith("details"):
            section, columns = _heading(filled[0]), None
            continue
        if columns is None and headed:
            continue
        entry = entry_of(line, row, columns, day) if columns is not None else _plain(line, filled)
        if entry is None:
            ignored += 1
        else:
            entries.append(entry)
    if not entries and not ignored:
        raise TableUnreadable(why="columns", missing=["nama", "surel", "NIP"])
    return Listed(entries, ignored)


def _heading(cell: str) -> str:
    return " ".join(cell.replace("_", " ").casefold().split())


def columns_of(row: Sequence[str]) -> dict[int, str] | None:
    """Position -> field, when this row is a heading: it names a person somehow."""
    found: dict[int, str] = {}
    for at, cell in enumerate(row):
        name = _heading(cell)
        if "[" in name:  # scores and comments of a quiz
            continue
        kind = _FIELD.get(name) or ("name" if name.startswith("nama lengkap") else None)
        if kind is not None:
            found[at] = kind
    return found if _PERSON & set(found.values()) else None


def entry_of(line: int, row: Sequence[str], columns: dict[int, str], day: date) -> Entry | None:
    """None for whoever is not a participant."""
    cells: dict[str, str] = {}
    numbers = []
    for at, kind in columns.items():
        value = row[at].strip("'\" ") if at < len(row) else ""
        if value in ("", "-", "--"):
            continue
        if kind == "number":
            numbers.append(re.sub(r"[\s.\-]", "", value))
        else:
            cells.setdefault(kind, value)
    name = cells.get("name") or " ".join(filter(None, (cells.get("first"), cells.get("last"))))
    absent = search_key(cells.get("attended", "yes")) in ("no", "tidak")
    waiting = search_key(cells.get("waiting", "no")) in ("yes", "ya")
    if absent or waiting or _HOST.search(name) or not (name or cells.get("email") or numbers):
        return None
    start, end = moment(cells.get("join", ""), day), moment(cells.get("leave", ""), day)
    return Entry(
        line=line,
        name=name,
        email=cells.get("email", "").casefold(),
        numbers=[n for n in numbers if n.isascii() and n.isdigit()],
        minutes=minutes(cells.get("minutes", "")),
        span=Span(start, end) if start is not None and end is not None and end > start else None,
        stamp=moment(cells.get("stamp", ""), day),
    )


def _plain(line: int, cells: Sequence[str]) -> Entry:
    """A line without any heading: whatever looks like an address, a number or a name."""
    email = next((cell for cell in cells if "@" in cell), "")
    bare = [re.sub(r"[\s.\-']", "", cell) for cell in cells]
    numbers = [cell for cell in bare if re.fullmatch(r"[0-9]{16}|[0-9]{18}", cell)]
    name = next((cell for cell in cells if "@" not in cell and re.search(r"[^\W\d_]", cell)), "")
    return Entry(line=line, name=name, email=email.casefold(), numbers=numbers)


def minutes(text: str) -> float | None:
    """`157`, `2 hr 31 min`, `2 jam 31 menit`, `1:23:00`, `58,5`."""
    text = text.casefold().strip()
    if re.fullmatch(r"\d{1,5}(?:[.,]\d{1,2})?", text):
        return float(text.replace(",", "."))
    clock = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", text)
    if clock:
        hours, mins, seconds = (int(part or 0) for part in clock.groups())
        return hours * 60 + mins + seconds / 60
    hours_text = re.search(r"(\d{1,3})\s*(?:hr|h|jam|hour)", text)
    mins_text = re.search(r"(\d{1,4})\s*(?:min|m\b|mnt)", text)
    if not hours_text and not mins_text:
        return None
    return float(int(hours_text[1]) * 60 if hours_text else 0) + float(mins_text[1] if mins_text else 0)


def moment(text: str, day: date) -> datetime | None:
    """A time as it was exported. Whether the day or the month stands first is told by the day of the session."""
    clock = _TIME.search(_DATE.sub(" ", text, count=1))
    if clock is None:
        return None
    hour, mins, seconds, half = int(clock[1]), int(clock[2]), int(clock[3] or 0), (clock[4] or "").casefold()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    written = _DATE.search(text)
    days = _days(written) if written else [day]
    try:
        at = time(hour, mins, seconds)
        return instant(min(days, key=lambda found: abs((found - day).days)), at)
    except ValueError:
        return None


def _days(written: re.Match[str]) -> list[date]:
    first, second, third = (int(part) for part in written.groups())
    if len(written[1]) == 4:
        orders = [(first, second, third)]
    else:
        year = third if third > 99 else 2000 + third
        orders = [(year, first, second), (year, second, first)]
    days = []
    for year, month, of_month in orders:
        try:
            days.append(date(year, month, of_month))
        except ValueError:
            continue
    return days
