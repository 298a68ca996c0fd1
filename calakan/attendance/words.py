"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.attendance import errors
from calakan.kernel.wording import Words

CHECK_IN = {
    "cancelled": "Sesi ini dibatalkan.",
    "early": "Kehadiran baru dapat dicatat mulai 15 menit sebelum sesi.",
    "over": "Waktu mencatat kehadiran sesi ini sudah lewat.",
}

WORDS = Words(
    sentences={
        errors.CheckInNotOpen: lambda f: CHECK_IN[f["why"]],
        errors.MarkNeedsReason: "Tulis alasan penandaan.",
        errors.NotAParticipant: "Ada nama yang bukan peserta diklat ini.",
        errors.CodeWrong: "Kode tidak cocok. Periksa keenam angkanya, lalu coba lagi.",
        errors.CodeLate: "Kode ini sudah ditutup. Isian Bapak/Ibu tercatat dan akan diperiksa panitia.",
        errors.CodesTooMany: "Terlalu banyak percobaan. Tunggu lima menit, lalu coba lagi.",
        errors.AttendanceFinal: "Diklat sudah ditutup; kehadiran tidak dapat diubah lagi.",
    },
    acts={
        "attendance.check_in": "mengisi kode hadir",
        "attendance.close_check_in": "menutup kode hadir",
        "attendance.mark_by_hand": "menandai kehadiran",
        "attendance.mark_from_list": "mencatat kehadiran dari daftar",
        "attendance.open_check_in": "membuka kode hadir",
    },
    letters={
        "attendance.code_reminder": "Kode hadir belum diisi",
    },
)
