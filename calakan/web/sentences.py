"""Sentences about busy times, materials, planning, questionnaires and tasks. `messages` shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calakan.kernel import formats

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

FILES = {
    "empty": "Berkas kosong. Pilih berkas lain.",
    "large": "Berkas terlalu besar, paling besar 20 MB. Perkecil, atau bagikan sebagai tautan.",
    "kind": "Jenis berkas ini tidak diterima. Kirim PDF, gambar, PPTX, DOCX, XLSX, atau ODF.",
    "old": "Berkas Office lama tidak diterima. Simpan ulang sebagai PPTX, DOCX, XLSX, atau PDF.",
    "macros": "Berkas memuat makro, jadi tidak diterima. Simpan ulang tanpa makro, atau sebagai PDF.",
    "broken": "Berkas rusak atau tidak utuh. Simpan ulang, lalu coba lagi.",
}
ANSWER = {
    "early": "Angket terbuka sesudah sesi selesai.",
    "late": "Waktu mengisi angket sesi ini sudah lewat.",
    "cancelled": "Sesi ini dibatalkan, jadi tidak ada angketnya.",
}
QUESTION = {
    "options": "Tulis dua sampai lima pilihan yang berbeda.",
    "answer": "Pilih jawaban yang benar di antara pilihan yang terisi.",
    "text": "Tulis soalnya.",
    "long": "Ada tulisan yang terlalu panjang. Ringkas, atau tulis soalnya di halaman ini.",
    "key": "Kolom kunci harus huruf salah satu pilihan yang terisi, mis. B.",
}
EXAM_CLOSED = {
    "late": "Waktu mengerjakan tes ini sudah lewat.",
    "over": "Diklat ini sudah selesai, jadi tesnya ditutup.",
    "empty": "Tes ini belum punya soal.",
}
SERIES = {
    "past": "Tanggal paling awal sudah lewat.",
    "far": "Tanggal paling awal lebih dari setahun lagi.",
    "times": "Pilih hari, dan 1 sampai 20 pertemuan.",
    "minutes": "Satu pertemuan 30 menit sampai 8 jam.",
    "none": "Tidak cukup tanggal bebas dalam setahun dengan pola ini. Coba hari atau jam lain.",
}

SERVICE_SENTENCES: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "file_refused": lambda f: FILES[f["why"]],
    "material_link_invalid": "Tautan harus diawali https:// dan lengkap dengan nama situsnya.",
    "device_invalid": "Peramban ini memakai layanan notifikasi yang tidak dikenal. Pesan tetap sampai lewat surel.",
    "nothing_given": "Pilih satu berkas, atau isi satu tautan.",
    "too_early_for_recording": "Rekaman dibagikan untuk sesi yang sudah selesai. Pilih sesinya.",
    "diklat_called_off": "Diklat ini dibatalkan, jadi tidak membagikan materi.",
    "already_answered": "Angket sesi ini sudah Bapak/Ibu isi. Terima kasih.",
    "quote_empty": "Tulis dulu pesan yang boleh dikutip, atau pilih “Jangan dimuat”.",
    "quotes_full": lambda f: (
        f"Sudah ada {f['most']} kutipan dari tahun {f['year']}. Keluarkan salah satunya lebih dulu."
    ),
    "quote_place_taken": "Panitia lain baru saja memilih kutipan. Coba lagi.",
    "not_present": "Angket diisi oleh peserta yang tercatat hadir pada sesi ini.",
    "answer_not_open": lambda f: ANSWER[f["why"]],
    "marks_invalid": "Pilih satu nilai untuk tiap pertanyaan.",
    "statement_pattern_invalid": "Pola nomor harus memuat {urut} dan {tahun}; yang lain: {klas}, {bulan}, {bulan_romawi}.",
    "patterns_alike": "Pola ini sama dengan pola nomor sertifikat; nomornya akan kembar.",
    "answer_kind_missing": "Pilih paling sedikit satu cara menjawab.",
    "due_in_the_past": "Batas waktunya sudah lewat. Pilih waktu yang akan datang.",
    "nothing_handed_in": "Isi jawabannya dulu.",
    "hand_in_closed": lambda f: (
        f"Batas waktu tugas ini sudah lewat, {formats.moment(f['due_at'])}."
        if f["why"] == "late"
        else "Diklat ini sudah selesai, jadi tugas tidak dapat dikumpulkan lagi."
    ),
    "already_accepted": "Tugas ini sudah diterima, jadi tidak perlu diganti.",
    "remark_missing": "Tulis apa yang perlu diperbaiki.",
    "reviewed_already": "Jawaban ini sudah diperiksa atau baru saja diganti peserta. Lihat lagi sebelum memutuskan.",
    "exam_of_this_kind_exists": "Diklat ini sudah punya tes itu. Ubah yang ada, atau tarik lebih dulu.",
    "exam_times_invalid": "Tes harus ditutup sesudah dibuka, dan belum lewat.",
    "question_invalid": lambda f: (f"Baris {f['line']}: " if f["line"] else "") + QUESTION[f["why"]],
    "questions_in_use": "Sudah ada peserta yang mengerjakan, jadi soalnya tidak dapat diubah lagi.",
    "too_many_questions": lambda f: f"Paling banyak {f['most']} soal.",
    "exam_not_open": lambda f: (
        f"Tes ini dibuka {formats.moment(f['opens_at'])}." if f["why"] == "early" else EXAM_CLOSED[f["why"]]
    ),
    "attempts_used_up": "Kesempatan mengerjakan tes ini sudah habis.",
    "attempt_over": "Waktunya habis atau jawaban sudah terkirim. Yang sudah tersimpan tetap dihitung.",
    "score_invalid": "Nilai harus 0 sampai 100.",
    "letter_pattern_invalid": "Pola nomor harus memuat {urut} dan {tahun}; yang lain: {klas}, {bulan}, {bulan_romawi}.",
    "series_invalid": lambda f: SERIES[f["why"]],
    "schedule_changed": "Tanggal yang bebas baru saja berubah. Periksa jadwal di bawah, lalu ajukan lagi.",
    "note_empty": "Tulis catatannya.",
    "holiday_exists": lambda f: f"Tanggal itu sudah ada dalam daftar: {f['name']}.",
    "busy_times_invalid": lambda f: BUSY[f["why"]],
    "calendar_address_invalid": lambda f: CALENDAR_ADDRESS[f["why"]],
}
