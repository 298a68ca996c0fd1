"""What the room calls its refusals, the members of its lists and its acts."""

from __future__ import annotations

from calakan.completion import errors
from calakan.completion.standing import Lack
from calakan.kernel.wording import Words

WORDS = Words(
    sentences={
        errors.ExceptionNeedsReason: "Tulis alasan meluluskan orang ini.",
        errors.ExceptionForStranger: "Orang ini bukan peserta diklat ini.",
        errors.NothingToExcept: "Orang ini sudah memenuhi semua syarat.",
        errors.ExceptionOutOfTime: "Hanya peserta diklat yang terbit atau selesai dapat diluluskan.",
        errors.ReminderOutOfTime: "Hanya peserta diklat yang sedang berjalan dapat diingatkan.",
        errors.NobodyLacks: "Tidak ada lagi yang kurang ini.",
        errors.PapersUnderWay: "Sertifikatnya sudah diminta. Bila keliru, cabut sertifikatnya.",
    },
    members={
        Lack: {
            Lack.SCHEDULE: "Jadwal sesi belum ada",
            Lack.PRESENCE: "Kehadiran belum cukup",
            Lack.TASK: "Tugas belum diterima",
            Lack.TEST: "Nilai tes belum cukup",
            Lack.QUESTIONNAIRE: "Angket belum diisi",
        },
    },
    acts_are_of="Kelulusan",
    acts={
        "completion.give_exception": "meluluskan peserta dengan alasan",
        "completion.take_back_exception": "menarik pengecualian kelulusan",
        "completion.remind": "mengingatkan yang belum memenuhi syarat",
    },
    letters={
        "completion.questionnaire": "Angket yang menjadi syarat sertifikat",
        "completion.reminder": "Yang masih kurang untuk sertifikat",
    },
    phrases={"completion.survey": "Angket seluruh diklat"},
)
