"""Indonesian words for codes that stand in the data."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "paud": "PAUD", "sd": "SD", "smp": "SMP", "sma": "SMA", "smk": "SMK", "slb": "SLB", "pkbm": "Kesetaraan",
    "madrasah": "Madrasah", "umum_jenjang": "Lintas jenjang", "negeri": "Negeri", "swasta": "Swasta",
    "L": "Laki-laki", "P": "Perempuan",
    "peserta": "Peserta", "narasumber": "Narasumber", "panitia": "Panitia", "korwilcam": "Korwilcam",
    "pimpinan": "Pimpinan", "admin": "Admin", "moderator": "Moderator",
    "diklat": "Diklat", "bimtek": "Bimtek", "workshop": "Workshop", "webinar": "Webinar",
    "sosialisasi": "Sosialisasi", "pendampingan": "Pendampingan", "komunitas": "Komunitas belajar",
    "daring": "Daring", "luring": "Luring", "hibrida": "Hibrida",
    "draft": "Draf", "proposed": "Menunggu panitia", "published": "Terbit", "closed": "Selesai",
    "cancelled": "Dibatalkan", "umum": "Umum", "pokok": "Pokok", "penunjang": "Penunjang",
    "confirmed": "Terdaftar", "waiting": "Daftar tunggu", "applied": "Menunggu", "approved": "Disetujui",
    "declined": "Ditolak", "valid": "Berlaku", "revoked": "Dicabut", "replaced": "Diganti",
    "pending": "Menunggu", "claimed": "Dikerjakan", "signing": "Menunggu tanda tangan", "paused": "Dijeda", "hadir": "Hadir sebagian", "handing": "Dikirim", "done": "Selesai", "failed": "Gagal",
    "uncertain": "Meragukan", "dropped": "Tidak jadi",
    "mail": "Surel", "whatsapp": "WhatsApp", "telegram": "Telegram", "push": "Notifikasi",
    "offered": "Menawarkan diri", "invited": "Diundang", "released": "Dilepas", "lapsed": "Tidak menjawab",
    "missed": "Tidak hadir", "substituted": "Menjadi pengganti", "unanswered": "Tidak menjawab",
    "stepped_back": "Berhalangan", "remark": "Catatan",
    "narasumber.confirm": "Ditetapkan", "narasumber.invite": "Diundang", "narasumber.agree": "Menjawab bisa",
    "narasumber.decline": "Menjawab tidak bisa", "narasumber.volunteer_for": "Menawarkan diri",
    "narasumber.withdraw": "Menarik tawaran", "narasumber.release": "Dilepas", "narasumber.lapse": "Tidak menjawab",
    "narasumber.doubt": "Belum pasti, ditanya lagi", "narasumber.decline_offer": "Tawaran ditolak panitia",
    "narasumber.step_back": "Berhalangan", "narasumber.check_in": "Lapor hadir di ruang",
    "narasumber.accept_clash": "Bentrok diterima", "narasumber.relay_dry": "Tidak ada relawan lagi untuk ditawari",
    "narasumber.stop_relay": "Estafet dihentikan", "narasumber.resume_relay": "Estafet dijalankan lagi",
    "narasumber.ask_substitute": "Pengganti diminta",
    "jabatan": "Jabatan", "status": "Status kepegawaian", "topic": "Topik", "jenjang": "Jenjang",
    "kecamatan": "Kecamatan", "school": "Sekolah", "month": "Bulan",
    "enrolment.confirmed": "Bukti pendaftaran", "enrolment.promoted": "Naik dari daftar tunggu",
    "enrolment.waiting": "Masuk daftar tunggu", "enrolment.cancelled": "Pendaftaran batal",
    "enrolment.removed": "Dibatalkan panitia", "enrolment.day_reminder": "Pengingat pagi",
    "enrolment.reminder": "Pengingat satu jam", "enrolment.soon": "Pengingat sepuluh menit", "enrolment.session_moved": "Jadwal berubah",
    "enrolment.session_cancelled": "Sesi batal", "enrolment.diklat_cancelled": "Diklat batal",
    "attendance.code_reminder": "Kode hadir belum diisi", "feedback.reminder": "Angket belum diisi",
    "pre": "Tes awal", "post": "Tes akhir", "quiz": "Kuis",
    "assessment.deadline": "Pengingat batas waktu", "assessment.accepted": "Tugas diterima", "assessment.returned": "Tugas perlu diperbaiki",
    "feedback.last_call": "Angket segera ditutup", "feedback.digest": "Ringkasan umpan balik", "certificates.issued": "Sertifikat terbit",
    "people.confirm_email": "Konfirmasi surel", "people.already_registered": "Akun sudah ada",
    "people.second_factor": "Verifikasi dua langkah", "people.reset_password": "Kata sandi baru",
    "planning.comment": "Catatan usulan",
    "reports.erasure_asked": "Permintaan hapus data", "narasumber.decided": "Putusan calon narasumber",
    "narasumber.confirmed": "Penetapan narasumber", "narasumber.released": "Narasumber dilepas",
    "narasumber.needs_panitia": "Sesi perlu panitia", "narasumber.session_moved": "Jadwal narasumber berubah",
    "narasumber.session_cancelled": "Sesi narasumber batal", "narasumber.diklat_cancelled": "Diklat narasumber batal",
    "notifications.proof": "Kode konfirmasi", "notifications.trial": "Pesan uji",
    "enrolment.broadcast": "Siaran panitia", "enrolment.broadcast_trial": "Uji siaran",
    "sent": "Dikirim", "stopped": "Dihentikan",
    "narasumber.invited": "Undangan narasumber",
}  # fmt: skip


def word(code: object) -> str:
    """The word for a code or an enum; an unknown code is shown as it is."""
    return WORDS.get(str(code), str(code))
