"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.attendance import errors
from calakan.kernel import formats
from calakan.kernel.wording import Words

CHECK_IN = {
    "cancelled": "Sesi ini dibatalkan.",
    "early": "Kehadiran baru dapat dicatat mulai 15 menit sebelum sesi.",
    "ahead": "Sesi ini belum mulai, jadi kehadirannya belum dapat ditandai.",
    "over": "Waktu mencatat kehadiran sesi ini sudah lewat.",
}

FINAL = {
    "closed": "Diklat sudah ditutup; kehadiran tidak dapat diubah lagi.",
    "cancelled": "Diklat ini dibatalkan, jadi kehadirannya tidak dicatat.",
    "draft": "Diklat ini belum terbit, jadi kehadirannya belum dicatat.",
    "proposed": "Diklat ini belum terbit, jadi kehadirannya belum dicatat.",
}

WORDS = Words(
    sentences={
        errors.CheckInNotOpen: lambda f: CHECK_IN[f["why"]],
        errors.MarkNeedsReason: "Tulis alasan penandaan.",
        errors.NotAParticipant: "Ada nama yang tidak terdaftar pada diklat ini: batal, masih antre, atau belum mendaftar.",
        errors.CodeWrong: "Kode tidak cocok. Periksa keenam angkanya, lalu coba lagi.",
        errors.CodeLate: "Kode ini sudah ditutup. Isian Bapak/Ibu tercatat dan akan diperiksa panitia.",
        errors.CodesTooMany: "Terlalu banyak percobaan. Tunggu lima menit, lalu coba lagi.",
        errors.AttendanceFinal: lambda f: FINAL[f["state"]],
        errors.CodeEarly: lambda f: (
            f"Kode ini dihitung mulai {formats.clock_time(f['starts_at'])}. Isi lagi sesudah sesi dimulai."
        ),
        errors.NotEnrolledHere: lambda f: (
            f"Kode ini untuk “{f['title']}”. Bapak/Ibu masih dalam daftar tunggunya, jadi belum dapat dicatat hadir."
            if f["waiting"]
            else f"Kode ini untuk “{f['title']}”, tetapi Bapak/Ibu belum terdaftar. Isian ini tercatat untuk panitia."
        ),
        errors.MarkedAbsent: lambda f: (
            f"Panitia menandai Bapak/Ibu tidak hadir di “{f['session']}”. Ajukan di halaman sesi bila keliru."
        ),
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
