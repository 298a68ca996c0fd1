"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.kernel.wording import Words
from calakan.planning import errors

SERIES = {
    "past": "Tanggal paling awal sudah lewat.",
    "far": "Tanggal paling awal lebih dari setahun lagi.",
    "times": "Pilih hari, dan 1 sampai 20 pertemuan.",
    "minutes": "Satu pertemuan 30 menit sampai 8 jam.",
    "none": "Tidak cukup tanggal bebas dalam setahun dengan pola ini. Coba hari atau jam lain.",
}

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
