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
    },
    acts_are_of="Angket",
    acts={
        "feedback.answer": "mengisi angket",
        "feedback.choose_quote": "memilih kutipan untuk laporan",
        "feedback.drop_quote": "mengeluarkan kutipan dari laporan",
        "feedback.withdraw_quote": "menarik izin kutipan",
    },
    letters={
        "feedback.digest": "Ringkasan umpan balik",
        "feedback.last_call": "Angket segera ditutup",
        "feedback.reminder": "Angket belum diisi",
    },
)
