"""What stands around lines, and says that those named there were not present: titles, headings between, words beside a name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from calakan.attendance import statuses
from calakan.attendance.statuses import Status
from calakan.kernel.text import search_key

Row = tuple[int, list[str]]

_ATTENDING = re.compile(r"\b(?:hadir|kehadiran|presensi|absensi|attendance|attendees?|attended|participants?)\b")
_NOT_THERE = re.compile(
    r"\b(?:tidak|tdk|tak|belum|batal|gagal|tanpa)\s+(?:(?:dapat|bisa|sempat)\s+)?"
    r"(?:hadir|kehadiran|ikut|mengikuti|masuk|bergabung|presensi)\b"
    r"|\b(?:ketidakhadiran|berhalangan|mangkir|absentees?|absences?|absent|no ?shows?|(?:did )?not attend\w*)\b"
)
_AWAY = re.compile(r"\b(?:i[zj]in|(?<!rumah )sakit|alpa|cuti)\b")
_GONE = re.compile(r"\b(?:gugur|mengundurkan diri|batal|dibatalkan|dicoret|withdrawn|withdrew|dropped|cancell?ed)\b")
_COUNT = re.compile(r"[\s:(]*\d*\s*(?:orang|peserta|guru)?[\s:)]*$")
_AROUND = re.compile(r"\b(?:daftar|nama|peserta|guru|yang|orang|participants?|list|of)\b")
_BESIDE = re.compile(r"[(\[{]([^)\]}]+)[)\]}]|(?:\s[-–—]\s|\s*[/:|;=]\s*)([^-–—/:|;=()\[\]]+)$")
_BEHIND = re.compile(r"\s((?:tidak|tdk|belum|tanpa|batal)\s.*|i[zj]in|sakit|alpa|absent|cuti|mangkir)$", re.IGNORECASE)


def of_title(title: str, *, evidence: bool) -> bool:
    """Whether a list so headed is of those who were away; where its columns say who was there, only a plain word counts."""
    plain = search_key(title)
    rest, denied = _NOT_THERE.subn(" ", plain)
    if evidence:
        return bool(denied) and not _ATTENDING.search(rest)
    return bool(denied or _AWAY.search(rest) or _GONE.search(rest))


def parts(rows: Iterable[Row]) -> Iterator[tuple[int, list[str], str]]:
    """The rows about people, each with the heading between them (`Tidak hadir:`) that denies it, or an empty text."""
    under = ""
    for line, row in rows:
        filled = [cell for cell in row if cell]
        said = _heading(filled[0]) if len(filled) == 1 else None
        if said is None:
            yield line, row, under
        else:
            under = filled[0] if said is Status.ABSENT else ""


def _heading(cell: str) -> Status | None:
    key = search_key(_AROUND.sub(" ", _COUNT.sub("", cell.casefold())))
    if key in ("hadir", "present", "attended"):
        return Status.PRESENT
    denied = _NOT_THERE.fullmatch(key) or _AWAY.fullmatch(key) or key == "tanpa keterangan"
    return Status.ABSENT if denied else None


def beside(name: str) -> str:
    """`Budi Santoso (tidak hadir)`, `Rina Kartika - izin`, `Joko sakit`: what the name itself says of not being there."""
    said = [part for parts in _BESIDE.findall(name) for part in parts] + _BEHIND.findall(name)
    for text in said:
        if len(search_key(text)) > 1 and statuses.status_of(text) is Status.ABSENT:
            return str(text).strip()
    return ""


def plainly(cell: str) -> bool:
    """Whether a cell, whatever it stands under, says nothing but that somebody was away."""
    key = search_key(cell)
    return bool(_NOT_THERE.fullmatch(key) or _AWAY.fullmatch(key) or key == "tanpa keterangan")


def counted(rows: Sequence[Row]) -> int:
    """How many rows are such headings."""
    return len(rows) - sum(1 for _ in parts(rows))
