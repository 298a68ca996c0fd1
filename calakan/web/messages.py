"""One Indonesian sentence for each domain error; a test fails when a code has none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calakan.kernel import formats
from calakan.kernel.errors import DomainError
from calakan.web.design_sentences import DESIGN_SENTENCES
from calakan.web.report_sentences import REPORT_SENTENCES
from calakan.web.sentences import SERVICE_SENTENCES
from calakan.web.words import word

NIP = {
    "shape": "NIP terdiri atas 18 angka. Periksa kembali, spasi boleh ditulis.",
    "excel": "Angka NIP ini rusak oleh Excel. Ketik ulang 18 angkanya dari dokumen asli.",
    "birth_date": "Delapan angka pertama NIP harus tanggal lahir, mis. 19850131.",
    "age": "Tanggal lahir pada NIP tidak wajar. Periksa empat angka pertamanya.",
    "sex": "Angka ke-15 NIP harus 1 (laki-laki) atau 2 (perempuan).",
}
CLOSED = {
    "not_open": "Pendaftaran belum dibuka.",
    "over": "Pendaftaran sudah ditutup.",
    "ended": "Semua sesinya sudah lewat.",
    "draft": "Diklat ini belum terbit.",
    "proposed": "Diklat ini belum terbit.",
    "closed": "Diklat ini sudah selesai.",
    "cancelled": "Diklat ini dibatalkan.",
}
TIMES = {
    "reversed": "Waktu selesai harus sesudah waktu mulai.",
    "long": "Satu sesi paling lama 12 jam. Periksa waktu selesainya.",
    "past": "Waktu mulai sudah lewat. Pilih waktu yang akan datang.",
}
CHECK_IN = {
    "cancelled": "Sesi ini dibatalkan.",
    "early": "Kehadiran baru dapat dicatat mulai 15 menit sebelum sesi.",
    "over": "Waktu mencatat kehadiran sesi ini sudah lewat.",
}
MISSING = {"session": "sesi", "programme": "struktur program", "published": "penerbitan"}
TABLES = {
    "format": "Berkas tidak terbaca. Simpan sebagai CSV atau XLSX, lalu coba lagi.",
    "encrypted": "Berkas memakai kata sandi atau format lama. Simpan sebagai XLSX tanpa kata sandi.",
    "large": "Berkas terlalu besar. Bagi menjadi beberapa berkas, lalu coba lagi.",
    "empty": "Berkas masih kosong. Pilih berkas CSV atau XLSX yang berisi.",
    "columns": "Kolom {columns} tidak ada pada baris pertama berkas.",
}
PASSWORD = {
    "short": "Kata sandi paling sedikit {shortest} huruf. Kalimat pendek mudah diingat dan aman.",
    "long": "Kata sandi paling banyak {longest} huruf.",
    "guessable": "Kata sandi ini mudah ditebak. Coba gabungkan beberapa kata yang tidak berhubungan.",
}


def _eligible(f: dict[str, Any]) -> str:
    if f.get("levels"):
        return f"Diklat ini untuk jenjang {formats.joined([word(x) for x in f['levels']])}."
    return "Diklat ini untuk jabatan lain. Lihat sasaran peserta pada halaman diklat."


def _clash(f: dict[str, Any]) -> str:
    when = formats.span(f["starts_at"], f["ends_at"])
    if f["own"]:
        return f"{f['name']} tidak bisa di “{f['title']}”: pada {when} menandai diri sibuk."
    return (
        f"{f['name']} tidak bisa di “{f['title']}” ({f['place']}): pada {when} sudah bertugas di "
        f"“{f['other_title']}” ({f['other_place']})."
    )


def _account_clash(f: dict[str, Any]) -> str:
    when = formats.span(f["starts_at"], f["ends_at"])
    return f"{f['name']} sudah dipakai “{f['other_title']}” pada {when}. Satu akun rapat hanya untuk satu sesi."


PHOTOS = {
    "kind": "Foto harus JPG, PNG, atau WebP yang utuh.",
    "large": "Foto paling besar 5 MB.",
    "pixels": "Ukuran gambar terlalu besar. Perkecil dulu, lalu unggah lagi.",
}


SENTENCES: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "not_found": "Yang dicari tidak ditemukan.",
    "broadcast_sent": "Siaran ini sudah dikirim atau dihentikan. Tulis siaran baru.",
    "broadcast_empty": "Tidak ada penerima dengan saringan dan kanal ini.",
    "placeholder_unknown": lambda f: (
        f"{f['name']} tidak dikenal. Yang dapat dipakai: {formats.joined(['{' + x + '}' for x in f['known']])}."
    ),
    "placeholder_without_value": lambda f: (
        f"{{{f['name']}}} kosong pada {f['people']} penerima. Hapus dari teks atau persempit saringan."
        if f["people"]
        else f"{{{f['name']}}} hanya dapat dipakai bila diklatnya dipilih."
    ),
    "group_exists": lambda f: f"Teks untuk {f['label']} sudah ada.",
    "not_public": "Diklat ini belum terbit, jadi belum dapat dibagikan.",
    "quiet_hour": "Pukul 21.00 sampai 05.00 tidak ada pesan. Pilih jam 05.00 sampai 20.59.",
    "message_on_its_way": "Pesan ini masih dalam antrean atau sudah terkirim.",
    "proof_asked_too_often": "Hari ini sudah cukup banyak kode diminta. Coba lagi besok.",
    "channel_not_connected": "Kanal ini belum terhubung dengan akun Anda. Hubungkan dulu di Atur pesan.",
    "proof_over": "Kode sudah tidak berlaku atau terlalu sering keliru. Minta kode baru.",
    "number_pattern_invalid": "Pola nomor harus memuat {urut} dan {tahun}; yang lain: {klas}, {bulan}, {bulan_romawi}.",
    "too_many_signers": lambda f: f"Paling banyak {f['most']} penanda tangan.",
    "signer_incomplete": "Tulis jabatan setiap penanda tangan.",
    "choice_exists": "Pilihan itu sudah ada.",
    "choice_empty": "Tulis nama pilihan.",
    "email_taken": "Alamat surel ini sudah dipakai akun lain.",
    "nip_taken": "NIP ini sudah dipakai akun lain. Hubungi panitia bila itu NIP Anda.",
    "nuptk_taken": "NUPTK ini sudah dipakai akun lain. Hubungi panitia bila itu NUPTK Anda.",
    "nip_invalid": lambda f: NIP[f["why"]],
    "nuptk_invalid": "NUPTK terdiri atas 16 angka. Ketik dari dokumen asli.",
    "phone_invalid": "Tulis nomor WhatsApp 10–13 angka, mis. 0812 3456 7890.",
    "password_weak": lambda f: PASSWORD[f["why"]].format(**f),
    "password_is_personal": "Kata sandi tidak boleh sama dengan NIP.",
    "erasure_needs_reason": "Tulis alasan atau dasar penghapusannya.",
    "erased_already": "Data orang ini sudah dihapus.",
    "erasure_of_staff": "Cabut dulu peran panitia, Korwilcam, pimpinan, atau adminnya.",
    "still_on_duty": "Orang ini masih bertugas sebagai narasumber. Ganti narasumbernya lebih dulu.",
    "wrong_password": "Surel atau kata sandi keliru. Coba lagi, atau minta tautan lewat Lupa kata sandi.",
    "wrong_current_password": "Kata sandi sekarang keliru.",
    "email_unconfirmed": "Surel belum dikonfirmasi. Buka tautan yang kami kirim ke surel Anda.",
    "link_invalid": "Tautan ini sudah tidak berlaku. Minta tautan baru.",
    "second_factor_on": "Verifikasi dua langkah sudah aktif.",
    "second_code_wrong": "Kode keliru atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu coba lagi.",
    "no_second_factor": "Verifikasi dua langkah belum aktif.",
    "second_factor_needed": "Verifikasi dua langkah diwajibkan untuk panitia, jadi tidak dapat dimatikan.",
    "too_many_second_codes": "Terlalu banyak kode keliru. Tunggu lima menit, lalu coba lagi.",
    "last_admin": "Ini admin terakhir. Angkat admin lain lebih dulu.",
    "own_roles": "Peran dan akun sendiri tidak dapat diubah sendiri. Minta admin lain.",
    "school_unknown": "Sekolah tidak dikenal. Cari lalu pilih dari daftar.",
    "npsn_invalid": "NPSN terdiri atas 8 angka, atau P dan 7 angka.",
    "npsn_taken": "NPSN ini sudah dipakai sekolah lain.",
    "table_unreadable": lambda f: TABLES[f["why"]].format(columns=formats.joined(f.get("missing", []))),
    "kecamatan_unknown": "Pilih kecamatan dari daftar.",
    "diklat_final": "Diklat ini sudah selesai atau dibatalkan, jadi tidak dapat diubah.",
    "not_ready": lambda f: "Belum dapat diteruskan. Lengkapi dulu: "
    + formats.joined([MISSING.get(m, m) for m in f["missing"]]) + ".",
    "not_over": "Masih ada sesi yang belum selesai. Tutup diklat sesudah sesi terakhir.",
    "window_reversed": "Penutupan pendaftaran harus sesudah pembukaannya.",
    "session_times_invalid": lambda f: TIMES[f["why"]],
    "session_over": "Sesi ini sudah selesai atau dibatalkan, jadwalnya tidak dapat diubah.",
    "room_link_invalid": "Tautan ruang harus diawali https://",
    "row_in_use": "Materi ini punya sesi. Pindahkan atau hapus sesinya dulu.",
    "reason_missing": "Tulis alasannya.",
    "speaker_clash": _clash,
    "not_a_volunteer": "Orang ini belum disetujui sebagai narasumber.",
    "slot_closed": "Jadwal ini sudah tidak mencari narasumber.",
    "slot_taken": "Terima kasih, tetapi jadwal ini baru saja terisi narasumber lain.",
    "account_clash": _account_clash,
    "account_unknown": "Akun rapat ini tidak ada lagi. Pilih yang lain.",
    "account_taken": "Nama akun rapat ini sudah ada.",
    "override_not_allowed": "Bentrok hanya dapat diterima oleh panitia.",
    "already_asked": lambda f: f"{f['name']} sudah diundang atau sudah tercatat pada sesi ini.",
    "too_many_invitations": lambda f: f"{f['name']} sudah diundang {f['most']} kali dalam sehari. Pilih relawan lain, "
    "atau coba lagi besok.",
    "invitation_expired": "Waktu menjawab undangan ini sudah lewat. Tidak ada yang berubah.",
    "invitation_replaced": "Tautan ini sudah diganti undangan yang lebih baru. Buka surel terakhir dari kami.",
    "invitation_answered": "Undangan ini sudah dijawab. Untuk mengubahnya, hubungi panitia.",
    "check_in_too_early": lambda f: f"Lapor hadir dibuka mulai {formats.moment(f['opens_at'])}.",
    "not_your_session": "Bapak/Ibu tidak tercatat pada sesi ini.",
    "photo_unreadable": lambda f: PHOTOS[f["why"]],
    "link_not_allowed": "Tautan harus diawali https:// dan paling banyak tiga baris.",
    "already_volunteer": "Keputusan ini sudah tercatat.",
    "enrolment_closed": lambda f: f"Pendaftaran ditutup {formats.moment(f['closed_at'])}."
    if f.get("closed_at")
    else CLOSED[f["why"]]
    + (f" Dibuka {formats.moment(f['opens_at'])}." if f.get("opens_at") else ""),
    "not_eligible": _eligible,
    "profile_incomplete": "Lengkapi profil dulu: jabatan, status, dan sekolah.",
    "schedule_overlap": lambda f: "Jadwalnya bertepatan dengan " + formats.joined([f"“{t}”" for t in f["titles"]]) + ".",
    "not_enrolled": "Anda tidak terdaftar pada diklat ini.",
    "no_seat_left": lambda f: f"Kursi kosong tinggal {f['free']}. Naikkan kuota atau batalkan peserta lain lebih dulu.",
    "removal_needs_reason": "Tulis alasannya; alasan ini dikirim ke surel mereka.",
    "too_late_to_leave": "Diklat sudah selesai, pendaftaran tidak dapat dibatalkan.",
    "check_in_not_open": lambda f: CHECK_IN[f["why"]],
    "code_wrong": "Kode tidak cocok. Periksa keenam angkanya, lalu coba lagi.",
    "code_late": "Kode ini sudah ditutup. Isian Bapak/Ibu tercatat dan akan diperiksa panitia.",
    "codes_too_many": "Terlalu banyak percobaan. Tunggu lima menit, lalu coba lagi.",
    "key_in_use": "Permintaan dengan Idempotency-Key ini sedang dikerjakan. Ulangi sebentar lagi.",
    "key_reused": "Idempotency-Key ini sudah dipakai untuk permintaan lain.",
    "key_invalid": "Idempotency-Key terdiri atas 1 sampai 100 huruf ASCII.",
    "mark_needs_reason": "Tulis alasan penandaan.",
    "not_a_participant": "Ada nama yang bukan peserta diklat ini.",
    "attendance_final": "Diklat sudah ditutup; kehadiran tidak dapat diubah lagi.",
    "diklat_still_open": "Tutup diklat dulu, lalu sertifikat diterbitkan.",
    "mistake_unnamed": "Tulis apa yang keliru; hanya panitia yang membacanya.",
    "reason_needed": "Tulis alasannya; alasan ini ditampilkan kepada umum.",
    "not_valid_any_more": "Sertifikat ini sudah dicabut atau diganti.",
    "not_issued": "Sertifikat ini belum terbit.",
    **SERVICE_SENTENCES,
    **DESIGN_SENTENCES,
    **REPORT_SENTENCES,
    "already_asked_for": "Sertifikatnya sudah diminta, jadi hanya dapat dicabut.",
    "range_taken": lambda f: f"Sebagian nomor itu sudah terpakai atau dicadangkan. Mulai sesudah nomor {f['last']}.",
    "not_voidable": "Hanya nomor yang sertifikatnya gagal dibuat yang dapat dibatalkan. Yang sudah terbit dicabut.",
    "correction_too_late": "Masa koreksi sertifikat ini sudah berakhir. Hubungi panitia.",
    "nothing_to_correct": "Nama dan unit kerja pada sertifikat sudah sama dengan profil. Betulkan profilnya dulu.",
    "correction_open": "Permintaan koreksi sertifikat ini sudah menunggu panitia.",
    "correction_decided": "Permintaan koreksi ini sudah dijawab.",
    "correction_outdated": "Nama di profilnya berubah lagi sesudah meminta koreksi. Minta pemilik mengajukan ulang.",
    "signed_file_unknown": "Tidak ada sertifikat yang menunggu tanda tangan dengan kode di berkas ini.",
    "signed_file_unsigned": "Berkas ini belum ditandatangani, atau tanda tangannya rusak.",
    "signed_file_other": "Isi berkas ini berbeda dengan berkas yang diunduh untuk ditandatangani.",
}  # fmt: skip


def sentence(error: DomainError) -> str:
    found = SENTENCES[error.code]
    return found(error.facts) if callable(found) else found
