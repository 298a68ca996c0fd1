"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.availability import errors
from calakan.kernel.wording import Words

BUSY = {
    "reversed": "Waktu selesai harus sesudah waktu mulai.",
    "long": "Satu waktu sibuk paling lama 60 hari.",
    "past": "Waktu itu sudah lewat.",
    "many": "Sudah ada 200 waktu sibuk. Hapus yang tidak perlu lagi.",
}
CALENDAR_ADDRESS = {
    "scheme": "Alamat kalender harus diawali https://",
    "address": "Alamat kalender ini tidak terbaca. Salin lagi seluruh alamatnya.",
    "private": "Alamat ini tidak berada di internet umum, jadi tidak dapat dibaca.",
}

WORDS = Words(
    sentences={
        errors.BusyTimesInvalid: lambda f: BUSY[f["why"]],
        errors.CalendarAddressInvalid: lambda f: CALENDAR_ADDRESS[f["why"]],
    },
    acts_are_of="Waktu sibuk",
    acts={
        "availability.add_dated": "menambah waktu sibuk",
        "availability.connect_calendar": "menyambungkan kalender",
        "availability.disconnect_calendar": "memutus kalender",
        "availability.remove_dated": "menghapus waktu sibuk",
        "availability.toggle_weekly": "mengubah jam sibuk mingguan",
    },
)
