"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.assessment import errors
from calakan.assessment.items import Difficulty, Power
from calakan.assessment.models import ExamKind
from calakan.kernel import formats
from calakan.kernel.wording import Words

QUESTION = {
    "options": "Tulis dua sampai lima pilihan yang berbeda.",
    "spellings": "Tulis satu sampai delapan jawaban yang berbeda, masing-masing paling panjang 200 huruf.",
    "steps": "Tulis dua sampai delapan langkah yang berbeda, urut dari yang pertama.",
    "same_steps": "Urutkan langkah yang sudah ada; jangan mengubah tulisannya.",
    "true_false": "Tulis Benar atau Salah saja sebagai jawabannya.",
    "alt": "Tulis apa yang terlihat pada gambar, bagi yang tidak dapat melihatnya.",
    "answer": "Pilih jawaban yang benar di antara pilihan yang terisi.",
    "text": "Tulis soalnya.",
    "long": "Ada tulisan yang terlalu panjang. Ringkas, atau tulis soalnya di halaman ini.",
    "key": "Kunci harus huruf atau tulisan salah satu pilihan yang terisi, mis. B.",
    "short_key": "Untuk isian singkat isi kolom kunci saja, atau semua ejaan yang diterima di kolom A dan seterusnya.",
    "order_key": "Untuk soal mengurutkan tulis langkahnya berurutan di kolom A dan seterusnya, dengan kunci kosong.",
    "date": "Excel mengubahnya menjadi tanggal. Ketik ulang sebagai teks, lalu impor lagi.",
    "marks": "Ada tanda yang tidak terbaca. Ketik ulang tanpa menyalin dari berkas lain.",
    "kind": "Jenis soal ini belum didukung. Yang diterima: pilihan ganda, benar/salah, isian singkat, dan mengurutkan.",
    "several": "Ada lebih dari satu jawaban benar. Sisakan satu kunci, atau isi kolom Jenis dengan “beberapa jawaban”.",
    "weight": "Pilihannya memakai bobot atau pengurangan nilai. Di sini tiap soal bernilai sama.",
    "star": "Tanda bintang berarti jawaban apa saja. Tulis ejaan yang diterima satu per satu.",
    "case": "Soal ini membedakan huruf besar dan kecil, di sini tidak. Tulis soalnya di halaman ini.",
    "number": "Isian angka belum didukung. Ubah menjadi pilihan ganda.",
    "match": "Soal menjodohkan belum didukung. Ubah menjadi pilihan ganda.",
    "order": "Urutan langkahnya tidak terbaca. Unduh dari Moodle sebagai Moodle XML, atau tulis soalnya di halaman ini.",
    "essay": "Soal uraian dinilai orang. Pasang sebagai tugas.",
    "keyless": "Tidak ada pilihan yang ditandai benar.",
    "unanswered": "Kunci jawabannya tidak ada.",
    "picture": "Soal ini memakai gambar, tabel, atau rumus yang tidak ikut terbaca. Tulis soalnya di halaman ini, lalu tambahkan gambarnya.",
    "pictures": "Satu berkas membawa paling banyak 30 gambar baru. Pindahkan soal ini ke berkas lain, lalu impor lagi.",
    "twice": "Soal ini sudah ada dengan kunci lain. Pastikan kunci yang benar, lalu sisakan satu.",
    "bank": "Soal ini tidak terbaca. Periksa tanda kurung, huruf pilihan, dan urutannya.",
    "xml": "Berkas Moodle XML rusak atau terpotong di sini. Unduh lagi dari Moodle.",
    "doctype": "Berkas XML membawa DOCTYPE, yang tidak dibaca. Unduh lagi dari Moodle sebagai Moodle XML.",
    "foreign": "Berkas XML ini bukan bank soal Moodle.",
}
PICTURE = {
    "large": "Gambarnya terlalu besar. Kecilkan, lalu coba lagi.",
    "pixels": "Gambarnya terlalu lebar atau terlalu tinggi. Kecilkan, lalu coba lagi.",
    "kind": "Gambarnya tidak terbaca. Pakai JPG, PNG, atau WebP.",
    "busy": "Gambar lain sedang dibaca. Tunggu sebentar, lalu coba lagi.",
}
EXAM_CLOSED = {
    "late": "Waktu mengerjakan tes ini sudah lewat.",
    "over": "Diklat ini sudah selesai, jadi tesnya ditutup.",
    "empty": "Tes ini belum punya soal.",
}

WORDS = Words(
    sentences={
        errors.AnswerKindMissing: "Pilih paling sedikit satu cara menjawab.",
        errors.RowsUnproven: lambda f: (
            f"Belum dapat diterbitkan: {formats.joined([f'“{row}”' for row in f['rows']])} belum punya sesi, tugas "
            "wajib, atau tes dengan nilai kelulusan. Jadwalkan, pasang tugas atau tes, atau hapus materinya."
        ),
        errors.DueInThePast: "Batas waktunya sudah lewat. Pilih waktu yang akan datang.",
        errors.NothingHandedIn: "Isi jawabannya dulu.",
        errors.TooManyFiles: lambda f: f"Paling banyak {f['most']} berkas sekali kirim.",
        errors.FilesTooLarge: lambda f: f"Berkasnya bersama-sama paling besar {f['most']} MB.",
        errors.RubricInvalid: (
            "Tulis paling banyak empat baris, masing-masing kriteria, titik dua, dan nilai tertingginya dari 1 sampai 100."
        ),
        errors.RubricInUse: "Rubrik ini sudah dipakai menilai, jadi tidak dapat diubah lagi.",
        errors.RubricUnscored: "Tugas ini dinilai dengan rubrik: isi nilai tiap barisnya, satu peserta demi satu.",
        errors.RubricChanged: "Rubrik tugas ini baru saja diubah. Periksa nilai tiap barisnya menurut rubrik yang sekarang.",
        errors.HandInClosed: lambda f: (
            f"Batas waktu tugas ini sudah lewat, {formats.moment(f['due_at'])}."
            if f["why"] == "late"
            else "Diklat ini sudah selesai, jadi tugas tidak dapat dikumpulkan lagi."
        ),
        errors.OwnExam: "Bapak/Ibu bertugas pada diklat ini, jadi tidak dapat mengerjakan tesnya.",
        errors.KeyKnown: lambda f: (
            f"{formats.joined(f['names'])} sudah melihat kunci soal ini, jadi nilainya tidak dapat dicatat."
            if f.get("names")
            else "Bapak/Ibu sudah melihat kunci soal ini, jadi tidak dapat mengerjakan tesnya. Kelulusan Bapak/Ibu "
            "diputuskan oleh panitia lain."
        ),
        errors.OwnWork: "Pekerjaan sendiri diperiksa dan dinilai oleh orang lain.",
        errors.AlreadyAccepted: "Tugas ini sudah diterima, jadi tidak perlu diganti.",
        errors.RemarkMissing: "Tulis apa yang perlu diperbaiki.",
        errors.ReviewedAlready: "Jawaban ini sudah diperiksa atau baru saja diganti peserta. Lihat lagi sebelum memutuskan.",
        errors.ExamOfThisKindExists: "Diklat ini sudah punya tes itu. Ubah yang ada, atau tarik lebih dulu.",
        errors.DrawOfShared: "Tes awal dan tes akhir memakai semua soal. Kosongkan jumlah soal yang diundi.",
        errors.ReadingMissing: "Pilih bacaan yang diperiksa. Bagikan dulu materinya bila belum ada.",
        errors.ExamTimesInvalid: "Tes harus ditutup sesudah dibuka, dan belum lewat.",
        errors.QuestionInvalid: lambda f: (f"Baris {f['line']}: " if f["line"] else "") + QUESTION[f["why"]],
        errors.PictureUnreadable: lambda f: PICTURE[f["why"]],
        errors.QuestionUnwritable: lambda f: (
            f"Soal {f['position']} memakai gambar, yang hanya ikut dalam Moodle XML. Unduh dalam bentuk itu."
            if f.get("picture")
            else f"Soal {f['position']} tidak dapat ditulis utuh dalam bentuk ini. Unduh dalam bentuk lain, mis. Moodle XML."
        ),
        errors.BankTooSmall: lambda f: (
            f"Hanya ada {f['found']} soal yang cocok di bank dan belum ada di tes ini."
            if f["found"]
            else "Tidak ada soal yang cocok di bank yang belum ada di tes ini."
        ),
        errors.QuestionsInUse: "Sudah ada peserta yang mengerjakan, jadi soalnya tidak dapat diubah lagi.",
        errors.QuestionMoved: "Soal di nomor ini sudah lain sejak halaman ini dibuka. Lihat lagi daftar soalnya.",
        errors.TooManyQuestions: lambda f: f"Paling banyak {f['most']} soal.",
        errors.ExamNotOpen: lambda f: (
            f"Tes ini dibuka {formats.moment(f['opens_at'])}." if f["why"] == "early" else EXAM_CLOSED[f["why"]]
        ),
        errors.AttemptsUsedUp: "Kesempatan mengerjakan tes ini sudah habis.",
        errors.AttemptOver: "Waktunya habis atau jawaban sudah terkirim. Yang sudah tersimpan tetap dihitung.",
        errors.ScoresOfSeveral: lambda f: (
            f"Berkas berisi nilai beberapa tes: {formats.joined(f['titles'])}. Sisakan kolom tes ini, lalu coba lagi."
        ),
        errors.ScoreInvalid: "Nilai harus 0 sampai 100.",
    },
    members={
        Difficulty: {Difficulty.EASY: "mudah", Difficulty.MEDIUM: "sedang", Difficulty.HARD: "sukar"},
        Power: {
            Power.GOOD: "baik",
            Power.FAIR: "cukup baik",
            Power.WEAK: "cukup",
            Power.POOR: "lemah",
            Power.REVERSED: "terbalik, periksa kuncinya",
        },
        ExamKind: {
            ExamKind.PRE: "Tes awal",
            ExamKind.POST: "Tes akhir",
            ExamKind.QUIZ: "Kuis",
            ExamKind.READING: "Pertanyaan bacaan",
        },
    },
    acts_are_of="Tugas dan tes",
    acts={
        "assessment.accept": "menerima tugas",
        "assessment.add_questions": "menambah soal",
        "assessment.take_questions": "mengambil soal dari bank",
        "assessment.begin": "mulai mengerjakan tes",
        "assessment.change_exam": "mengubah tes",
        "assessment.correct_key": "memperbaiki kunci soal",
        "assessment.change_question": "mengubah soal",
        "assessment.change_task": "mengubah tugas",
        "assessment.give_back": "mengembalikan tugas",
        "assessment.hand_in": "mengumpulkan tugas",
        "assessment.import_scores": "mengimpor nilai",
        "assessment.remove_question": "menghapus soal",
        "assessment.see_key": "melihat kunci soal",
        "assessment.send": "mengirim jawaban tes",
        "assessment.set_exam": "membuat tes",
        "assessment.set_task": "membuat tugas",
        "assessment.withdraw_exam": "menarik tes",
        "assessment.withdraw_task": "menarik tugas",
    },
    letters={
        "assessment.accepted": "Tugas diterima",
        "assessment.deadline": "Pengingat batas waktu",
        "assessment.returned": "Tugas perlu diperbaiki",
    },
)
