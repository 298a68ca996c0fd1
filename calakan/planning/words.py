"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.planning import errors
from calakan.planning.radius import Radius

SERIES = {
    "past": "Tanggal paling awal sudah lewat.",
    "far": "Tanggal paling awal lebih dari setahun lagi.",
    "times": "Pilih hari, dan 1 sampai 20 pertemuan.",
    "minutes": "Satu pertemuan 30 menit sampai 8 jam.",
    "none": "Tidak cukup tanggal bebas dalam setahun dengan pola ini. Coba hari atau jam lain.",
}


def touched(found: Radius) -> str:
    """`1.243 peserta, 2 narasumber, 3 pengingat menunggu`."""
    parts = [f"{formats.number(found.participants)} peserta"]
    if found.waiting:
        parts.append(f"{formats.number(found.waiting)} antre")
    parts.append(f"{formats.number(found.speakers)} narasumber")
    parts.append(f"{formats.number(found.reminders)} pengingat menunggu")
    return ", ".join(parts)


WORDS = Words(
    sentences={
        errors.SeriesInvalid: lambda f: SERIES[f["why"]],
        errors.ScheduleChanged: "Tanggal yang bebas baru saja berubah. Periksa jadwal di bawah, lalu ajukan lagi.",
        errors.NoteEmpty: "Tulis catatannya.",
    },
    acts={
        "planning.clone": "menyalin diklat",
        "planning.comment": "menulis catatan usulan",
    },
    letters={
        "planning.comment": "Catatan usulan",
    },
)
