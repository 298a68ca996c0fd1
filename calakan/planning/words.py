"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.planning import errors
from calakan.planning.radius import Radius
from calakan.planning.timetable import Saved

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


def saved(found: Saved) -> str:
    """`4 sesi ditambahkan, 1 diubah.`"""
    said = []
    if found.added:
        said.append(f"{found.added} sesi ditambahkan")
    if found.changed:
        said.append(f"{found.changed} sesi diubah")
    return f"{', '.join(said)}." if said else "Tidak ada yang berubah."


WORDS = Words(
    sentences={
        errors.SeriesInvalid: lambda f: SERIES[f["why"]],
        errors.ScheduleChanged: "Tanggal yang bebas baru saja berubah. Periksa jadwal di bawah, lalu ajukan lagi.",
        errors.NoteEmpty: "Tulis catatannya.",
        errors.SessionChanged: lambda f: (
            f"Sesi “{f['title']}” baru saja diubah orang lain. Buka halaman ini lagi sebelum mengubahnya."
        ),
        errors.SpeakerUnknown: lambda f: (
            f"Ada lebih dari satu narasumber bernama “{f['name']}”. Pilih di halaman sesinya."
            if f["many"]
            else f"Tidak ada narasumber bernama “{f['name']}”. Pilih nama dari daftar."
        ),
    },
    acts_are_of="Perencanaan",
    acts={
        "planning.clone": "menyalin diklat",
        "planning.comment": "menulis catatan usulan",
    },
    letters={
        "planning.comment": "Catatan usulan",
    },
)
