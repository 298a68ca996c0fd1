"""What a list says of somebody in one word: there, not there, or something that nobody has taught this file. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from calakan.kernel.text import search_key


class Status(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    UNCLEAR = "unclear"


_PRESENT = {
    "hadir", "present", "attended", "yes", "ya", "y", "true", "benar", "1", "h", "ada", "ikut", "mengikuti", "joined",
    "sudah hadir", "hadir penuh", "hadir tepat waktu", "on time", "presensi hadir", "ttd", "hadir daring",
    "hadir luring", "participated", "checked in",
}  # fmt: skip
_ABSENT = {
    "absent", "no", "n", "false", "salah", "0", "izin", "ijin", "sakit", "alpa", "alpha", "alfa", "i", "s", "a", "e",
    "tk", "th", "excused", "cuti", "mangkir", "missed", "no show", "dinas luar", "tugas luar", "bolos", "tidak",
    "belum", "unexcused", "declined",
}  # fmt: skip
_NEGATED = re.compile(
    r"\b(?:tidak|tdk|tak|belum|tanpa|bukan|not|didnt|never|non|absent|izin|ijin|sakit|alpa|alpha|alfa|cuti|mangkir)\b"
)
_TICKS = {"✓", "✔", "√", "v", "☑", "✅"}
_CROSSES = {"✗", "✘", "❌"}
_BETWEEN = re.compile(r"\s*(?:->|[,;|→&]|(?<=\w{2})/(?=\w{2})|\s[-–—]\s)\s*")
# Where somebody was there says nothing against it.
_WHERE = {"online", "offline", "daring", "luring", "zoom", "via zoom", "google meet", "tatap muka", "onsite", "on site"}
EMPLOYMENT = {
    "pns", "pppk", "p3k", "pppk paruh waktu", "gty", "gtt", "honorer", "honor", "asn", "non asn", "cpns", "lainnya",
    "guru", "kepala sekolah", "tendik", "swasta", "negeri", "aktif", "thl", "wiyata bakti", "wb",
}  # fmt: skip
INVITED = {
    "required attendee", "optional attendee", "required", "optional", "wajib", "opsional", "meeting organizer",
    "diundang", "invited",
}  # fmt: skip


# To some `absen` is to sign that one is there, to others not to be: yes and no, ticks and crosses say neither below it.
_EITHER_WAY = {"absen"}
_BARE = {"ya", "y", "yes", "no", "n", "tidak", "true", "false", "benar", "salah", "1", "0", "x"}


def status_of(value: str, *, heading: str = "") -> Status:
    """`A (Absent)` says the same twice; where the parts differ, one is unknown, or somebody asks, it is UNCLEAR."""
    if heading in _EITHER_WAY and (search_key(value) in _BARE or value.strip() in _TICKS | _CROSSES):
        return Status.UNCLEAR
    if "?" in value or re.match(r"[-−+!<>~=]", value.strip()):
        return Status.UNCLEAR
    outside = re.sub(r"\([^)]*\)", " ", value)
    parts = [*_BETWEEN.split(outside), *re.findall(r"\(([^)]*)\)", value)]
    said = {_one(part) for part in parts if part.strip() and (len(parts) == 1 or search_key(part) not in _WHERE)}
    return said.pop() if len(said) == 1 else Status.UNCLEAR


def _one(value: str) -> Status:
    value = value.strip().replace("\ufe0f", "")
    key = search_key(value)
    if key.isdigit() and key != value:  # `1. ......` numbers the lines of a list to sign
        return Status.UNCLEAR
    if value.casefold() in _TICKS or key in _PRESENT:
        return Status.PRESENT
    if value in _CROSSES or key in _ABSENT or _NEGATED.search(key):
        return Status.ABSENT
    return Status.UNCLEAR


def ticked(value: str) -> bool:
    """Whether a column that is headed Izin, Sakit or Alpa is marked."""
    return (bool(value) and status_of(value) is not Status.ABSENT) or search_key(value) in ("i", "s", "a")


def joined(said: list[Status]) -> Status:
    """Of several columns about one person: what they agree on."""
    clear = {status for status in said if status is not Status.UNCLEAR}
    return clear.pop() if len(clear) == 1 else Status.UNCLEAR
