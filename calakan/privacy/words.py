"""What the room calls its refusals, its acts and its letters."""

from __future__ import annotations

from calakan.kernel.wording import Words
from calakan.privacy import errors
from calakan.privacy.retention import Kept

WORDS = Words(
    phrases={
        "privacy.erased": "Data pribadi dihapus",
    },
    sentences={
        errors.ErasureNeedsReason: "Tulis alasan atau dasar penghapusannya.",
        errors.ErasureOfStaff: "Cabut dulu peran panitia, Korwilcam, pimpinan, atau adminnya.",
        errors.BreachNotYet: "Waktunya belum lewat. Tulis kapan kejadiannya diketahui.",
        errors.BreachNotTold: "Beri tahu dulu yang terkena dan lembaga yang berwenang.",
        errors.BreachClosed: "Catatan ini sudah ditutup.",
        errors.StillOnDuty: "Orang ini masih bertugas sebagai narasumber. Ganti narasumbernya lebih dulu.",
    },
    members={
        Kept: {
            Kept.ATTENDANCE: "Rincian kehadiran dan penugasan",
            Kept.WORK: "Jawaban tes dan tugas",
            Kept.LISTS: "Isi daftar hadir yang diunggah",
            Kept.TRACES: "Kode yang keliru dan keterangan surat kembali",
            Kept.MESSAGES: "Isi pesan",
            Kept.CALENDAR: "Waktu sibuk narasumber",
            Kept.EXPORTS: "Berkas ekspor",
        },
    },
    acts={
        "privacy.note_breach": "mencatat kegagalan pelindungan data",
        "privacy.amend_breach": "melengkapi catatan kegagalan pelindungan data",
        "privacy.answer_breach": "menindaklanjuti kegagalan pelindungan data",
        "privacy.forget": "menghapus data yang habis masa simpannya",
        "people.ask_erasure": "meminta penghapusan data",
        "people.erase": "menghapus data pribadi",
    },
    letters={
        "reports.erasure_asked": "Permintaan hapus data",
    },
)
