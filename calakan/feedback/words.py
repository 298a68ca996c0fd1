"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.feedback import errors
from calakan.kernel.wording import Words

ANSWER = {
    "early": "Angket terbuka sesudah sesi selesai.",
    "late": "Waktu mengisi angket sesi ini sudah lewat.",
    "cancelled": "Sesi ini dibatalkan, jadi tidak ada angketnya.",
}

# What the questionnaire asks for a mark of.
ITEM_WORDS = {
    "mastery": "Penguasaan materi",
    "delivery": "Cara menyampaikan",
    "interaction": "Interaksi dengan peserta",
    "timing": "Pengaturan waktu",
}

# The nine elements of Peraturan Menteri PANRB 14/2017 in its order, as a teacher meets them in a diklat.
ELEMENT_WORDS = {
    "u1": ("Persyaratan", "Syarat mengikuti diklat ini mudah dipenuhi"),
    "u2": ("Sistem, mekanisme, dan prosedur", "Cara mendaftar dan mengikuti diklat mudah"),
    "u3": ("Waktu penyelesaian", "Jadwal dan lamanya sesuai janji"),
    "u4": ("Biaya/tarif", "Biayanya sesuai yang diumumkan (diklat ini gratis)"),
    "u5": ("Produk spesifikasi jenis pelayanan", "Isi dan hasil diklat sesuai yang dijanjikan"),
    "u6": ("Kompetensi pelaksana", "Panitia dan narasumber menguasai tugasnya"),
    "u7": ("Perilaku pelaksana", "Panitia dan narasumber sopan dan ramah"),
    "u8": ("Penanganan pengaduan, saran, dan masukan", "Pertanyaan dan keluhan ditangani dengan baik"),
    "u9": ("Sarana dan prasarana", "Ruang, aplikasi, dan bahan mendukung belajar"),
}
QUALITY = {"A": "Sangat baik", "B": "Baik", "C": "Kurang baik", "D": "Tidak baik"}

WORDS = Words(
    sentences={
        errors.AlreadyAnswered: "Angket sesi ini sudah Bapak/Ibu isi. Terima kasih.",
        errors.NotPresent: "Angket diisi oleh peserta yang tercatat hadir pada sesi ini.",
        errors.AnswerNotOpen: lambda f: ANSWER[f["why"]],
        errors.QuoteEmpty: "Tulis dulu pesan yang boleh dikutip, atau pilih “Jangan dimuat”.",
        errors.QuotesFull: lambda f: (
            f"Sudah ada {f['most']} kutipan dari tahun {f['year']}. Keluarkan salah satunya lebih dulu."
        ),
        errors.QuotePlaceTaken: "Panitia lain baru saja memilih kutipan. Coba lagi.",
        errors.MarksInvalid: "Pilih satu nilai untuk tiap pertanyaan.",
        errors.SurveyFixed: "Angket diklat tidak dapat diubah lagi begitu terbuka, dan tidak dapat ditarik begitu ada jawaban.",
        errors.OwnQuestionsInvalid: lambda f: (
            f"Paling banyak {f['most']} pertanyaan sendiri, masing-masing paling panjang {f['longest']} huruf."
        ),
        errors.SurveyNotOpen: "Angket diklat ini tidak sedang terbuka.",
        errors.NotInDiklat: "Angket diklat diisi oleh peserta yang hadir pada salah satu sesinya.",
        errors.SurveyAnswered: "Angket diklat ini sudah Bapak/Ibu isi. Terima kasih.",
    },
    acts_are_of="Angket",
    acts={
        "feedback.answer": "mengisi angket",
        "feedback.answer_survey": "mengisi angket diklat",
        "feedback.choose_quote": "memilih kutipan untuk laporan",
        "feedback.drop_quote": "mengeluarkan kutipan dari laporan",
        "feedback.drop_survey": "tidak lagi meminta angket diklat",
        "feedback.set_survey": "menyiapkan angket diklat",
        "feedback.withdraw_quote": "menarik izin kutipan",
    },
    letters={
        "feedback.digest": "Ringkasan umpan balik",
        "feedback.last_call": "Angket segera ditutup",
        "feedback.reminder": "Angket belum diisi",
    },
)
