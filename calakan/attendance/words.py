"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.attendance import errors
from calakan.attendance.checking_in import Answer
from calakan.attendance.lists import Unclear
from calakan.attendance.matching import By, Lane, Verdict, Why
from calakan.attendance.models import AppealState, BatchState, Kind, Part, State
from calakan.attendance.rules import Reason
from calakan.attendance.sheets import Doubt, Mark, Only
from calakan.diklat.models import PresenceRule
from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.office.house import house

CHECK_IN = {
    "cancelled": "Sesi ini dibatalkan.",
    "early": "Kehadiran baru dapat dicatat mulai 15 menit sebelum sesi.",
    "door": "Kehadiran di pintu ruang dapat dicatat mulai satu jam sebelum sesi.",
    "ahead": "Sesi ini belum mulai, jadi kehadirannya belum dapat ditandai.",
    "over": "Waktu mencatat kehadiran sesi ini sudah lewat.",
}

WHYS = {
    Reason.MARKED_PRESENT: "Ditandai hadir oleh panitia.",
    Reason.MARKED_ABSENT: "Ditandai tidak hadir oleh panitia.",
    Reason.CODE: "Kode hadir diisi pada waktunya.",
    Reason.CODE_AND_ROOM: "Kode hadir diisi dan masuk ruang tercatat.",
    Reason.STREAM: "Masuk siaran tercatat dan kode hadir diisi; menit di ruang tidak diminta.",
    Reason.MINUTES: "Menit di ruang mencukupi.",
    Reason.LISTED: "Tercantum pada daftar hadir.",
    Reason.TEST: "Mengerjakan tes di dalam sesi selama menit yang diminta.",
    Reason.SCANNED: "Dicatat panitia di pintu ruang.",
    Reason.SHORT: "Menit di ruang belum mencukupi.",
    Reason.PARTLY: "Berapa lama di dalam sesi tidak dapat dipastikan dari daftar.",
    Reason.OUTSIDE: "Waktu pada daftar di luar jam sesi.",
    Reason.LISTED_ABSENT: "Tercatat tidak hadir pada daftar.",
    Reason.CONTRADICTED: "Ada tanda mengikuti sesi, tetapi sebuah daftar mencatatnya tidak hadir.",
    Reason.NO_CODE: "Terlihat mengikuti sesi, tetapi kode hadir belum diisi.",
    Reason.NO_START_CODE: "Kode awal belum diisi.",
    Reason.NO_MIDDLE_CODE: "Kode tengah belum diisi.",
    Reason.NO_END_CODE: "Kode akhir belum diisi.",
    Reason.NO_ROOM: "Kode hadir diisi, tetapi masuk ruang belum tercatat.",
    Reason.NO_LIST: "Ada tanda mengikuti sesi; menit di ruang menunggu daftar dari panitia.",
    Reason.NO_MINUTES: "Tercantum pada daftar yang tidak memuat menit.",
    Reason.ONLY_JOINED: "Baru masuk ruang; kode hadir belum diisi.",
    Reason.ONLY_STREAM: "Baru masuk siaran; kode hadir belum diisi.",
    Reason.NOTHING: "Belum ada yang tercatat.",
}

# What is asked of whoever was sent to the stream because the room was full.
STREAM_SEAT = {
    PresenceRule.CODE: "Kehadiran Bapak/Ibu dihitung dari kode hadir, seperti peserta di ruang.",
    PresenceRule.CODE_AND_ROOM: "Masuk siaran dihitung sama dengan masuk ruang; isi juga kode hadir.",
    PresenceRule.MINUTES: "Menit di ruang tidak diminta: masuk siaran yang tercatat ini dan kode hadir menggantikannya.",
    PresenceRule.CODE_OR_MINUTES: "Kehadiran Bapak/Ibu dihitung dari kode hadir.",
}

# How a cell of the sheet was decided, in a word or two.
HOW = {
    Reason.MARKED_PRESENT: "manual",
    Reason.MARKED_ABSENT: "manual",
    Reason.CODE: "kode",
    Reason.CODE_AND_ROOM: "kode, ruang",
    Reason.STREAM: "kode, siaran",
    Reason.MINUTES: "daftar",
    Reason.LISTED: "daftar",
    Reason.TEST: "tes",
    Reason.SCANNED: "pintu",
    Reason.SHORT: "kurang lama",
    Reason.PARTLY: "menit belum pasti",
    Reason.OUTSIDE: "di luar jam",
    Reason.LISTED_ABSENT: "daftar",
    Reason.CONTRADICTED: "bertentangan",
    Reason.NO_CODE: "kode belum",
    Reason.NO_START_CODE: "kode awal belum",
    Reason.NO_MIDDLE_CODE: "kode tengah belum",
    Reason.NO_END_CODE: "kode akhir belum",
    Reason.NO_ROOM: "ruang belum",
    Reason.NO_LIST: "tunggu daftar",
    Reason.NO_MINUTES: "tanpa menit",
    Reason.ONLY_JOINED: "ruang saja",
    Reason.ONLY_STREAM: "siaran saja",
    Reason.NOTHING: "",
}
PHOTO = {
    "kind": "Foto ini tidak terbaca. Kirim JPG, PNG, atau WebP, atau ajukan tanpa foto.",
    "large": "Foto paling besar 10 MB. Kirim tangkapan layar, atau ajukan tanpa foto.",
    "pixels": "Foto ini terlalu besar untuk dibaca. Kirim tangkapan layar, atau ajukan tanpa foto.",
    "busy": "Foto lain sedang dibaca. Tunggu sebentar lalu kirim lagi, atau ajukan tanpa foto.",
}
DOUBTS = {Doubt.APPEAL: "ajuan", Doubt.GUESS: "kode keliru"}
FINAL = {
    "closed": "Diklat sudah ditutup; kehadiran tidak dapat diubah lagi.",
    "cancelled": "Diklat ini dibatalkan, jadi kehadirannya tidak dicatat.",
    "draft": "Diklat ini belum terbit, jadi kehadirannya belum dicatat.",
    "proposed": "Diklat ini belum terbit, jadi kehadirannya belum dicatat.",
}
NO_EVIDENCE = {
    "registered": "Ini daftar pendaftaran: memuat siapa yang mendaftar, bukan siapa yang hadir. Unggah laporan kehadirannya.",
    "invited": "Ini daftar undangan: memuat siapa yang diundang, bukan siapa yang hadir. Unggah laporan kehadirannya.",
}

# Why a typed code did not count, on the page of whoever runs the session.
MISS_WORDS = {
    Answer.WRONG: "Keliru",
    Answer.EARLY: "Terlalu awal",
    Answer.LATE: "Terlambat",
    Answer.NOT_ENROLLED: "Belum terdaftar",
    Answer.WAITING: "Masih antre",
}

WORDS = Words(
    phrases={
        "attendance.appeal_granted": "Ajuan peserta diterima",
        "attendance.spoiled": "NIP/NUPTK-nya dirusak Excel, jadi tidak dipakai",
        "attendance.listed": "{source}, {minutes} menit",
    },
    sentences={
        errors.CheckInNotOpen: lambda f: CHECK_IN[f["why"]],
        errors.SessionAttended: lambda f: (
            f"Ada bukti hadir atau ajuan dari {formats.number(f['people'])} orang pada sesi ini, jadi sesi ini terlaksana. "
            "Bila buktinya keliru, batalkan daftar atau tandai tidak hadir dulu."
        ),
        errors.MarkNeedsReason: "Tulis alasan penandaan.",
        errors.NotAParticipant: "Ada nama yang tidak terdaftar pada diklat ini: batal, masih antre, atau belum mendaftar.",
        errors.CodeWrong: "Kode tidak cocok. Periksa keenam angkanya, lalu coba lagi.",
        errors.CodeLate: "Kode ini sudah ditutup. Isian Bapak/Ibu tercatat dan akan diperiksa panitia.",
        errors.CodeNotAsked: "Sesi ini tidak meminta kode itu. Pilih kode yang diminta, lalu coba lagi.",
        errors.CodesNotAddable: "Sesi sudah selesai, jadi kode lain tidak dapat diisi lagi. Jumlahnya hanya dapat dikurangi.",
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
        errors.RoomNotOpen: lambda f: (
            "Sesi ini sudah selesai." if f["over"] else f"Ruang terbuka {formats.moment(f['opens_at'], short=True)}."
        ),
        errors.TicketUnknown: "Nomor pendaftaran ini tidak dikenal. Periksa huruf dan angkanya, lalu coba lagi.",
        errors.TicketElsewhere: lambda f: f"{f['name']} membawa tiket “{f['title']}”, bukan tiket diklat ini.",
        errors.NoSeatAtDoor: lambda f: (
            f"{f['name']} masih dalam daftar tunggu, jadi belum dapat dicatat hadir. Beri kursi dulu di halaman Peserta."
            if f["waiting"]
            else f"Pendaftaran {f['name']} sudah dibatalkan, jadi kehadirannya tidak dapat dicatat."
        ),
        errors.PhotoUnreadable: lambda f: PHOTO[f["why"]],
        errors.AppealTooEarly: "Sesi ini belum mulai.",
        errors.AppealWithoutNeed: "Bapak/Ibu sudah tercatat hadir pada sesi ini.",
        errors.AppealMade: "Ajuan untuk sesi ini sudah terkirim sebelumnya.",
        errors.AppealAnswered: "Ajuan ini sudah dijawab.",
        errors.MarkedAbsent: lambda f: (
            f"Panitia menandai Bapak/Ibu tidak hadir di “{f['session']}”. Ajukan di halaman sesi bila keliru."
        ),
        errors.BatchUndone: "Impor ini sudah dibatalkan. Unggah lagi berkasnya bila masih diperlukan.",
        errors.LineClaimed: lambda f: (
            f"Bapak/Ibu sudah memilih satu nama untuk sesi ini. Bila keliru, hubungi panitia: {house().contact}."
        ),
        errors.LineNotClaimable: "Nama itu tidak dapat dipilih. Ajukan kehadiran dengan satu kalimat kepada panitia.",
        errors.ListOfNoSession: lambda f: (
            "Berkas ini tidak memuat jam atau tanggal, jadi sesinya tidak dapat dicari. Pilih sesinya, lalu unggah lagi."
            if f["timeless"]
            else "Waktu dalam berkas tidak cocok dengan sesi mana pun. Pilih sesinya, atau periksa berkasnya."
        ),
        errors.ListIsNoEvidence: lambda f: NO_EVIDENCE[f["why"]],
    },
    members={
        State: {State.PRESENT: "Hadir", State.ABSENT: "Belum hadir", State.REVIEW: "Perlu ditinjau"},
        Kind: {
            Kind.JOIN: "Masuk ruang",
            Kind.CODE: "Kode hadir",
            Kind.LINE: "Tercantum pada daftar ruang",
            Kind.TEST: "Mengerjakan tes",
            Kind.HAND: "Ditandai panitia",
            Kind.SCAN: "Dicatat di pintu ruang",
        },
        Part: {Part.START: "Kode awal", Part.MIDDLE: "Kode tengah", Part.END: "Kode akhir"},
        AppealState: {
            AppealState.ASKED: "Menunggu jawaban panitia",
            AppealState.GRANTED: "Diterima",
            AppealState.REFUSED: "Ditolak",
        },
        Reason: WHYS,
        Doubt: {
            Doubt.APPEAL: "Ajuan kehadirannya menunggu jawaban.",
            Doubt.GUESS: "Mengetik kode yang keliru atau terlambat.",
        },
        Mark: {
            Mark.PRESENT: "Hadir",
            Mark.ABSENT: "Tidak hadir",
            Mark.REVIEW: "Perlu ditinjau",
            Mark.OPEN: "Belum",
            Mark.LATER: "Belum mulai",
        },
        Only: {Only.ALL: "Semua", Only.OPEN: "Belum hadir", Only.REVIEW: "Perlu ditinjau"},
        By: {By.EMAIL: "email", By.NUMBER: "NIP/NUPTK", By.NAME: "nama", By.CLICK: "klik Gabung ruang"},
        Lane: {Lane.SURE: "Pasti", Lane.LIKELY: "Mungkin", Lane.UNKNOWN: "Tidak dikenal"},
        Verdict: {
            Verdict.PRESENT: "Hadir",
            Verdict.LIKELY: "Mungkin hadir",
            Verdict.ALREADY: "Sudah tercatat hadir",
            Verdict.SHORT: "Terlalu sebentar",
            Verdict.LATE: "Menjawab di luar waktu sesi",
            Verdict.ABSENT: "Tidak hadir menurut berkas",
            Verdict.REVIEW: "Perlu dipilih",
            Verdict.TAKEN_AWAY: "Kehadirannya pernah dihapus panitia",
        },
        BatchState: {
            BatchState.PREVIEW: "Belum diterapkan",
            BatchState.APPLIED: "Diterapkan",
            BatchState.UNDONE: "Dibatalkan",
        },
        Unclear: {
            Unclear.TIMES: "Jam masuk atau keluarnya tidak terbaca.",
            Unclear.MINUTES: "Lamanya tidak terbaca.",
            Unclear.STATUS: "Keterangan hadirnya tidak terbaca.",
            Unclear.STAMP: "Waktunya tidak terbaca.",
            Unclear.EMPTY: "Kolom buktinya kosong.",
            Unclear.MARKS: "Tulisannya memuat tanda yang tidak terbaca.",
            Unclear.UNIT: (
                "Satuan lamanya tidak tertulis, dan berkas tidak menunjukkan menit, detik, atau jam. Unggah lagi berkasnya "
                "dan pilih satuannya."
            ),
            Unclear.CODE: "Kode atau kata kunci di berkas kosong, atau lain dari yang ditulis kebanyakan.",
            Unclear.PARTLY: "Berapa lama di dalam sesi tidak dapat dipastikan.",
        },
        Why: {
            Why.UNKNOWN: "Tidak ada peserta dengan nama, email, atau NIP ini.",
            Why.AMBIGUOUS: "Beberapa orang bernama sama.",
            Why.NOT_ENROLLED: "Punya akun, tetapi tidak terdaftar pada diklat ini.",
            Why.CONTRADICTION: "Email, NIP, dan namanya milik orang yang berbeda.",
            Why.WAITING: "Masih di daftar tunggu, jadi bukan peserta.",
            Why.ONE_WORD: "Nama satu kata: orang lain dapat bernama sama.",
            Why.BESIDE: "Ada tulisan lain di samping namanya.",
            Why.SEVERAL: "Dua peserta ditulis pada satu baris.",
            Why.TWICE: "Nama ini ada pada baris lain juga.",
            Why.ALIKE: "Hanya mirip, atau sebagian dari namanya.",
            Why.PANELIST: "Tercatat sebagai panelis, bukan peserta.",
            Why.NAMELESS: "Baris ini tidak menyebut siapa pun.",
            Why.CLAIMED: "Diakui peserta, dan perlu diputuskan panitia.",
            Why.MARKS: "Namanya memuat tanda yang tidak terbaca.",
        },
    },
    acts_are_of="Kehadiran",
    acts={
        "attendance.ask_codes": "menentukan jumlah kode hadir",
        "attendance.appeal": "mengajukan kehadiran",
        "attendance.answer_appeal": "menjawab ajuan kehadiran",
        "attendance.check_in": "mengisi kode hadir",
        "attendance.claim_line": "mengakui satu baris daftar hadir",
        "attendance.close_check_in": "menutup kode hadir",
        "attendance.mark_by_hand": "menandai kehadiran",
        "attendance.read_list": "membaca daftar hadir",
        "attendance.forget_list": "menghapus isi baris daftar hadir yang lewat masa simpan",
        "attendance.undo_list": "membatalkan impor daftar hadir",
        "attendance.mark_from_list": "mencatat kehadiran dari daftar",
        "attendance.open_check_in": "membuka kode hadir",
        "attendance.receive": "mencatat kehadiran di pintu ruang",
    },
    letters={
        "attendance.absent": "Belum pernah hadir, kursi ditunggu",
        "attendance.code_reminder": "Kode hadir belum diisi",
        "attendance.appeal_asked": "Ajuan kehadiran",
        "attendance.appeal_answered": "Jawaban ajuan kehadiran",
    },
)
