"""What in a list looks as if it said who was there, and is not understood: such lines wait for a person. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, tzinfo
from enum import StrEnum

from calakan.attendance import statuses, times
from calakan.attendance.errors import ListIsNoEvidence
from calakan.attendance.headings import Columns
from calakan.attendance.statuses import Status
from calakan.kernel.clock import place
from calakan.kernel.text import search_key

_ADDRESS = re.compile(r"[^\s<>;,:()\"'|/]+@[^\s<>;,:()\"'|/]+")

# `08.55 - 11.30`, `pukul 08:55 s.d. 11:30 WIB`
_CLOCKS = re.compile(r"\D{0,12}\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\D{1,16}\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\D{0,8}")

_REGISTERED = {
    "approved", "pending", "denied", "cancelled", "canceled", "registered", "confirmed", "disetujui", "menunggu",
    "ditolak", "dibatalkan", "terdaftar", "accepted", "tentative", "declined", "none", "diterima",
}  # fmt: skip
_REGISTERED_TITLE = re.compile(
    r"\b(?:terdaftar|mendaftar|registered|registrants?|calon peserta|diundang|invited|daftar tunggu|waiting ?list|waitlist"
    r"|(?:peserta|daftar) cadangan)\b"
)
# Who takes part, or got something, need not have been there on that day.
_OF_PEOPLE = re.compile(r"\b(?:daftar|data|nominatif|rekap\w*|lists?|roster|penerima|biodata)\b")
_ENROLLING = re.compile(r"\b(?:registration|pendaftaran|pendaftar|registrasi|undangan|invitation|invitees|rsvp)\b")
_ATTENDING = re.compile(r"\b(?:hadir|kehadiran|presensi|absensi|attendance|attendee|participants?)\b")
_OF_TIME = {
    "waktu", "time", "jam", "hour", "hours", "kehadiran", "hadir", "attendance", "attended", "online", "daring",
}  # fmt: skip
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,3})?")
_NO_TIME = {"no", "nomor", "urut", "id", "kode", "token", "mengajar", "kerja", "bekerja"}
# When the file was made, or what a letter was written on, says nothing of when the meeting was.
_OF_THE_FILE = re.compile(
    r"\b(?:dicetak|diunduh|diekspor|dibuat|printed|downloaded|exported|generated|created|surat|nomor|undangan|sk|lahir|nip)\b"
)
_ZONED = re.compile(
    r"(zona waktu|time ?zone)|(?:semua|seluruh) (?:waktu|jam)|all times|times? (?:are|is|shown|in)\b|(?:waktu|jam) dalam\b"
)
_ZONE = re.compile(r"[a-z]+/[a-z_]+|(?:utc|gmt)\s?(?:[+-]\d{1,2}(?::?\d{2})?)?|\b(?:wib|wita|wit)\b|[+-]\d{2}:\d{2}")


class Unclear(StrEnum):
    """Why a line proves nothing although it stands in a list that should."""

    TIMES = "times"
    MINUTES = "minutes"
    STATUS = "status"
    STAMP = "stamp"
    EMPTY = "empty"
    MARKS = "marks"
    PARTLY = "partly"
    UNIT = "unit"
    CODE = "code"


def address(cell: str) -> str:
    """`mailto:a@b.id`, `<a@b.id>` -> `a@b.id`; of several, all that is written."""
    found = _ADDRESS.findall(cell.casefold())
    return found[0] if len(found) == 1 else cell.casefold()


def unknown_evidence(columns: Columns, rows: Sequence[tuple[int, list[str]]], day: date) -> Unclear | None:
    """What a column under a heading that nobody knows seems to say of who was there: the lines wait for a person."""
    if "score" in columns:  # who did a task or a test need not have been there
        return Unclear.STATUS
    width = max((len(row) for _, row in rows), default=0)
    for at in range(width):
        if columns.kinds.get(at, "held_from") not in ("held_from", "held_to"):
            continue
        values = [row[at] for _, row in rows if at < len(row) and row[at]]
        if at in columns.kinds and len(set(values)) < 2:  # when the meeting was
            continue
        said = set(re.findall(r"\w+", columns.unknown.get(at, "")))
        if said & _OF_TIME and not said & _NO_TIME and values and all(_NUMBER.fullmatch(value) for value in values):
            return Unclear.MINUTES
        kinds = [kind for value in values if (kind := _kind_of(value, day)) is not None]
        if set(values) == {"0", "1"}:
            kinds = [Unclear.STATUS] * len(values)
        if kinds and len(kinds) * 2 >= len(values):
            return kinds[0]
    return None


def of_people(titles: Sequence[str]) -> bool:
    """Whether a list without any evidence is headed as one of people, not of who was there."""
    title = " ".join(titles)
    return bool(_OF_PEOPLE.search(title)) and not re.search(r"hadir|presensi|absensi|absen|attend", title)


def on_another_day(columns: Columns, row: Sequence[str], day: date, order: times.Order | None) -> bool:
    """Whether a line says, below a heading that nobody knows, that it was written on another day."""
    found = [times.moment(row[at], day, order=order) for at in columns.unknown if at < len(row) and row[at]]
    return any(at is not None and at.astimezone(place()).date() != day for at in found)


def day_of_titles(titles: Sequence[str], day: date, order: times.Order | None) -> date | None:
    """The day that titles name, where that is another one and none of them names `day` as well."""
    told = [title for title in titles if not _OF_THE_FILE.search(title.casefold())]
    spans = [span for title in told for span in times.spans_in(title, day, order=order)]
    return None if not spans or any(first <= day <= last for first, last in spans) else spans[0][1]


def zones_of(titles: Sequence[str]) -> list[tzinfo | None]:
    """The zones that titles give to the times below, None for one that nobody knows."""
    found: dict[object, tzinfo | None] = {}
    for title in map(str.casefold, titles):
        if (said := _ZONED.search(title)) is not None:
            whole = times.zone_of(title[said.end() :].strip(" :=,"))
            zones = [whole] if whole else [times.zone_of(text.replace(" ", "")) for text in _ZONE.findall(title)]
            # `Average time in meeting` speaks of no zone, and `Time zone` does, whatever it is.
            found |= {zone and times.offset(zone): zone for zone in zones or ([None] if said[1] else [])}
    return list(found.values())


def _kind_of(value: str, day: date) -> Unclear | None:
    if value.isdigit():
        return None
    if times.moment(value, day) is not None or _CLOCKS.fullmatch(value.strip()):
        return Unclear.TIMES
    if times.minutes(value) is not None and re.search(r"[^\d.,]", value):
        return Unclear.MINUTES
    return Unclear.STATUS if statuses.status_of(value) is not Status.UNCLEAR else None


def check_evidence(columns: Columns, rows: Sequence[tuple[int, list[str]]], titles: Sequence[str]) -> None:
    """Raises ListIsNoEvidence."""
    evidence = columns.evidence - {"waiting"}
    if "status" in evidence:
        said = {search_key(row[at]) for _, row in rows for at in columns.places("status") if at < len(row)} - {""}
        if said and said <= statuses.INVITED | _REGISTERED:
            evidence -= {"status"}
        elif said and said <= statuses.EMPLOYMENT:
            evidence -= {"status"}
            columns.kinds = {at: kind for at, kind in columns.kinds.items() if kind != "status"}
    if evidence - {"stamp"}:
        return
    # A form that says when it was filled in tells by that, whatever else it asks on the way.
    invited = [at for at in columns.places("invited") if at not in columns.loose or "stamp" not in columns]
    title = " ".join(titles)
    named = bool(_ENROLLING.search(title)) and not _ATTENDING.search(title)
    named |= bool(_REGISTERED_TITLE.search(title)) and not re.search(r"hadir|presensi|absensi|attend", title)
    enrolled = [at for at in columns.places("registered") if at not in columns.loose or "stamp" not in columns]
    if enrolled or invited or named or (columns.evidence - evidence - {"waiting"} and "status" in columns):
        raise ListIsNoEvidence(why="invited" if invited else "registered")
