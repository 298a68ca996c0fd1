"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

import re

from calakan.certificates import errors
from calakan.certificates.models import CertificateRole, PastState, RegisterKind, Status
from calakan.certificates.outside.models import OutsideState, Proof
from calakan.certificates.past.reading import Row, Why
from calakan.certificates.review import Flaw
from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.office.house import house

# What keeps a paper from being issued; the workers' own words are English.
FAILURES = {
    "a certificate needs a name": ("Namanya kosong.", "person"),
    "at most three people sign a certificate": ("Penanda tangan lebih dari tiga.", "settings"),
    "the head of a certificate has at most three lines": (
        "Nama program atau keterangannya terlalu panjang.",
        "settings",
    ),
}
HINDRANCES = {
    "SourceError": "Kunci tanda tangan sedang tidak dapat dipakai",
    "TimeStampError": "Layanan cap waktu sedang tidak menjawab",
}

PHRASES = {
    "certificates.number_borne": "Nomor yang sama sudah terbit menurut pola lain",
    "certificates.number_later": "diberikan saat terbit",
    "certificates.corrected": "Perbaikan penulisan atas permintaan pemilik.",
    "certificates.mended": "JP disesuaikan dengan yang diselenggarakan dan diikuti.",
    # Open Badges: what had to be done for it.
    "certificates.criteria.peserta": "Hadir dan menuntaskan struktur program sebesar {jp} JP.",
    "certificates.criteria.narasumber": "Menjadi narasumber.",
    "certificates.criteria.moderator": "Menjadi moderator.",
    "certificates.criteria.panitia": "Menjadi panitia.",
    "certificates.criteria.hadir": "Hadir {jp} JP tanpa menuntaskan seluruh program.",
    # What a paper says; issued ones are never drawn anew from other words.
    "certificates.sentence.peserta": "telah tuntas mengikuti {kind} sebagai",
    "certificates.sentence.narasumber": "atas perannya dalam {kind} sebagai",
    "certificates.sentence.moderator": "atas perannya dalam {kind} sebagai",
    "certificates.sentence.panitia": "atas perannya dalam {kind} sebagai",
    "certificates.sentence.hadir": "telah mengikuti sebagian {kind} sebagai",
    "certificates.kind.komunitas": "komunitas belajar",
    "certificates.mode.daring": "secara daring",
    "certificates.mode.luring": "secara luring",
    "certificates.mode.hibrida": "secara hibrida",
    "certificates.held_in": "di {place}",
    "certificates.load_taught": "dengan bobot diklat",  # who taught or organised bore no load of learning
    "certificates.attended.present": "Hadir",
    "certificates.attended.absent": "Tidak hadir",
    "certificates.attended.missed": "Tidak diikuti",
    "certificates.attended.done": "Tuntas",
    "certificates.attended.partly": "Hadir {some} dari {of} sesi",
    "certificates.note.jp": "1 JP setara {minutes} menit. Kehadiran dicatat per sesi.",
    "certificates.note.own": "Jumlah JP adalah yang diikuti oleh pemegang lembar ini.",
    # The paper over a year.
    "certificates.year.heading": "REKAP TAHUNAN",
    "certificates.year.title": "Rekap Jam Pelajaran Tahun {year}",
    "certificates.year.held": "{count} diklat yang dituntaskan",
    "certificates.year.sentence": "atas jam pelajaran yang diperoleh sebagai",
    "certificates.year.table": "Sertifikat yang direkap",
    "certificates.year.group": "Diklat yang dituntaskan",
    "certificates.year.outside": "Di luar Dinas, disahkan tetapi tidak dihitung",
    "certificates.year.outside_listed": "Disahkan",
    "certificates.year.column_title": "Diklat",
    "certificates.year.column_number": "Nomor sertifikat",
    "certificates.year.details": "Daftar sertifikatnya",
    "certificates.year.listed": "Berlaku",
    "certificates.year.borne": "{title} (sertifikat atas nama {name})",
    "certificates.year.note": "Yang direkap: sertifikat peserta yang terbit pada tahun {year} dan berlaku pada {day}.",
    # The things on a design.
    "certificates.place.organisation": "Nama program",
    "certificates.place.tagline": "Keterangan program",
    "certificates.place.heading": "Judul lembar",
    "certificates.place.number": "Nomor",
    "certificates.place.given": "Tulisan sebelum nama",
    "certificates.place.name": "Nama penerima",
    "certificates.place.line": "Garis di bawah nama",
    "certificates.place.unit": "Unit kerja",
    "certificates.place.role": "Keterangan peran",
    "certificates.place.title": "Judul diklat",
    "certificates.place.held": "Pelaksanaan dan beban",
    "certificates.place.dates": "Tanggal pelaksanaan",
    "certificates.place.jp": "Jumlah JP",
    "certificates.place.seal": "Segel JP",
    "certificates.place.organiser": "Penyelenggara",
    "certificates.place.issued": "Tempat dan tanggal terbit",
    "certificates.place.signer1": "Penanda tangan 1",
    "certificates.place.signer2": "Penanda tangan 2",
    "certificates.place.signer3": "Penanda tangan 3",
    "certificates.place.qr": "Kode QR",
    "certificates.place.foot": "Keterangan pemeriksaan",
    "certificates.place.text1": "Tulisan bebas 1",
    "certificates.place.text2": "Tulisan bebas 2",
    "certificates.place.text3": "Tulisan bebas 3",
    "certificates.place.text4": "Tulisan bebas 4",
}

REGISTERS = {RegisterKind.CERTIFICATE: "Register sertifikat", RegisterKind.STATEMENT: "Register surat keterangan"}

WORDS = Words(
    phrases=PHRASES,
    sentences={
        errors.DiklatStillOpen: "Tutup diklat dulu, lalu sertifikat diterbitkan.",
        errors.ReasonNeeded: "Tulis alasannya; alasan ini ditampilkan kepada umum.",
        errors.MistakeUnnamed: "Tulis apa yang keliru; hanya panitia yang membacanya.",
        errors.NotValidAnyMore: "Sertifikat ini sudah dicabut atau diganti.",
        errors.RangeTaken: lambda f: (
            f"Sebagian nomor itu sudah terpakai atau dicadangkan. Mulai sesudah nomor {f['last']}."
        ),
        errors.NotVoidable: "Hanya nomor yang sertifikatnya gagal dibuat yang dapat dibatalkan. Yang sudah terbit dicabut.",
        errors.AlreadyAskedFor: "Sertifikatnya sudah diminta, jadi hanya dapat dicabut.",
        errors.NotIssued: "Sertifikat ini belum terbit.",
        errors.SignedFileUnknown: "Tidak ada sertifikat yang menunggu tanda tangan dengan kode di berkas ini.",
        errors.SignedFileUnsigned: "Berkas ini belum ditandatangani, atau tanda tangannya rusak.",
        errors.SignedFileOther: "Isi berkas ini berbeda dengan berkas yang diunduh untuk ditandatangani.",
        errors.OutsideAhead: "Kegiatannya belum selesai. Tulis hari ini atau hari yang sudah lewat.",
        errors.OutsideUndrawable: lambda f: (
            f"Huruf {' '.join(f['letters'])} tidak dapat dicetak pada rekap. Tulis tanpa huruf itu."
        ),
        errors.OutsideOurs: "Sertifikat ini terbit di sini, jadi tidak perlu dikirim.",
        errors.IssuerKeys: "Isinya bukan daftar kunci. Salin seluruh isi halaman /periksa/kunci.json dari situs penerbit itu.",
        errors.IssuerIsUs: "Itu kunci situs ini sendiri. Salin kunci dari situs penerbit lain.",
        errors.IssuerTwice: "Kunci itu sudah disimpan dengan nama {name}. Pakai nama itu, atau hapus dulu yang lama.",
        errors.IssuersMany: "Paling banyak {most} penerbit. Hapus yang tidak dipakai dulu.",
        errors.OutsideFile: "Berkasnya harus PDF atau foto.",
        errors.OutsideMany: "{most} kiriman masih menunggu diperiksa. Tunggu keputusannya dulu.",
        errors.OutsideDecided: "Kiriman ini sudah diputuskan. Muat ulang halamannya.",
        errors.NothingThatYear: "Belum ada sertifikat peserta yang terbit pada tahun itu, jadi belum ada yang direkap.",
        errors.YearUndrawable: lambda f: (
            f"Huruf {f['letters']} pada nama atau unit kerja tidak dapat dicetak. Betulkan profilnya, lalu coba lagi."
        ),
        errors.YearUnsigned: "Rekap belum dapat dibuat karena tanda tangan elektronik sedang terganggu. Coba lagi nanti.",
        errors.YearFileGone: lambda f: f"Berkas rekapnya hilang dari penyimpanan. Hubungi panitia: {house().contact}.",
        errors.CorrectionTooLate: lambda f: (
            f"Masa koreksi sertifikat ini sudah berakhir. Hubungi panitia: {house().contact}."
        ),
        errors.NothingToCorrect: "Nama dan unit kerja pada sertifikat sudah sama dengan profil. Betulkan profilnya dulu.",
        errors.CorrectionOpen: "Permintaan koreksi sertifikat ini sudah menunggu panitia.",
        errors.CorrectionDecided: "Permintaan koreksi ini sudah dijawab.",
        errors.CorrectionOutdated: "Nama di profilnya berubah lagi sesudah meminta koreksi. Minta pemilik mengajukan ulang.",
        errors.DesignNameTaken: "Sudah ada templat dengan nama itu.",
        errors.DesignChangedMeanwhile: "Templat ini baru saja diubah orang lain. Muat ulang halaman untuk melihatnya.",
        errors.DesignNotUsable: "Templat itu belum diterbitkan atau sudah diarsipkan.",
        errors.NothingNewToPublish: "Tidak ada yang berubah sejak versi terakhir.",
        errors.PlaceNeeded: lambda f: f"Wajib ada pada sertifikat: {formats.joined(f['labels'])}.",
        errors.ListCertified: lambda f: (
            f"Impor ini tidak dapat dibatalkan: sertifikat sudah terbit untuk {formats.joined(f['names'])}"
            + (f" dan {f['more']} orang lain" if f["more"] else "")
            + ". Cabut dulu sertifikatnya."
        ),
        errors.DatesTurned: "Hari terakhir mendahului hari pertama. Tukar keduanya.",
        errors.PastNotOver: "Diklat ini belum selesai. Riwayat hanya memuat diklat yang sudah lewat.",
        errors.BackgroundMissing: "Pilih berkas latarnya dulu.",
    },
    members={
        Flaw: {
            Flaw.ABOVE_HELD: "JP melebihi yang diselenggarakan",
            Flaw.WITHOUT_EVIDENCE: "ada materi tanpa bukti",
            Flaw.ABOVE_MINUTES: "JP melebihi menit sesi",
            Flaw.CALLED_OFF: "memuat sesi yang dibatalkan",
            Flaw.SERIAL: "nomor urut berbeda dari nomor tercetak",
        },
        PastState: {
            PastState.PREVIEW: "Belum didaftarkan",
            PastState.KEPT: "Terdaftar",
            PastState.UNDONE: "Ditarik kembali",
        },
        Status: {
            Status.VALID: "Berlaku",
            Status.REPLACED: "Diganti",
            Status.REVOKED: "Dicabut",
        },
        Proof: {
            Proof.PROVEN: "cocok untuk nama, JP, dan tanggalnya",
            Proof.SENT_BEFORE: "cocok, tetapi berkas ini sudah pernah dikirim",
            Proof.SUMMARY: "untuk rekap setahun, bukan sertifikat satu kegiatan",
            Proof.UNKNOWN_KEY: "kuncinya belum dikenal di sini",
            Proof.CHANGED: "tidak cocok, berkasnya berubah sesudah ditandatangani",
            Proof.DISTRUSTED: "memakai kunci yang sudah ditarik penerbitnya",
            Proof.SPECIMEN: "hanya untuk contoh, tidak berlaku",
            Proof.OTHER_NAME: "untuk nama lain",
            Proof.OTHER_ROLE: "bukan sebagai peserta",
            Proof.OTHER_JP: "untuk jumlah JP yang lain",
            Proof.OTHER_DAY: "untuk tanggal yang lain",
        },
        OutsideState: {
            OutsideState.ASKED: "Menunggu diperiksa",
            OutsideState.CONFIRMED: "Disahkan",
            OutsideState.REFUSED: "Ditolak",
        },
        CertificateRole: {
            CertificateRole.PARTICIPANT: "Peserta",
            CertificateRole.SPEAKER: "Narasumber",
            CertificateRole.MODERATOR: "Moderator",
            CertificateRole.COMMITTEE: "Panitia",
            CertificateRole.ATTENDEE: "Hadir sebagian",
        },
    },
    acts_are_of="Sertifikat",
    acts={
        "certificates.keep_past": "mendaftarkan riwayat diklat",
        "certificates.read_past": "membaca daftar riwayat diklat",
        "certificates.undo_past": "menarik kembali riwayat diklat",
        "certificates.accept_signed": "menerima sertifikat bertanda tangan",
        "certificates.add_committee_member": "mencatat panitia diklat",
        "certificates.archive_design": "mengarsipkan templat sertifikat",
        "certificates.ask_correction": "mengajukan pembetulan nama",
        "certificates.change_design": "mengubah templat sertifikat",
        "certificates.choose_design": "memilih templat sertifikat diklat",
        "certificates.default_design": "memilih templat sertifikat bawaan",
        "certificates.make_design": "membuat templat sertifikat",
        "certificates.pause": "menjeda penerbitan sertifikat",
        "certificates.publish_design": "menerbitkan versi templat sertifikat",
        "certificates.refuse_correction": "menolak pembetulan nama",
        "certificates.reissue": "mengganti sertifikat",
        "certificates.remove_committee_member": "menghapus panitia diklat",
        "certificates.request": "meminta penerbitan sertifikat",
        "certificates.reserve_numbers": "mencadangkan nomor sertifikat",
        "certificates.restore_design": "memakai lagi templat sertifikat",
        "certificates.resume": "melanjutkan penerbitan sertifikat",
        "certificates.retry_failed": "mencoba lagi sertifikat gagal",
        "certificates.revoke": "mencabut sertifikat",
        "certificates.rotate_key": "mengganti kunci tanda tangan",
        "certificates.trust_issuer": "memercayai tanda tangan penerbit lain",
        "certificates.distrust_issuer": "tidak lagi memercayai tanda tangan penerbit lain",
        "certificates.send_outside": "mengirim JP dari luar Dinas",
        "certificates.withdraw_outside": "menarik kembali JP dari luar Dinas",
        "certificates.annul_outside": "membatalkan pengesahan JP dari luar Dinas",
        "certificates.confirm_outside": "mengesahkan JP dari luar Dinas",
        "certificates.refuse_outside": "menolak JP dari luar Dinas",
        "certificates.sum_up_year": "membuat rekap JP setahun",
        "certificates.void": "membatalkan nomor sertifikat",
    },
    letters={
        "certificates.correction_refused": "Koreksi sertifikat ditolak",
        "certificates.issued": "Sertifikat terbit",
    },
)


def why_failed(error: str) -> tuple[str, str]:
    """What stopped a paper, and whose page mends it (`person` or `settings`)."""
    letters = [chr(int(code, 16)) for code in re.findall(r"U\+([0-9A-F]{4,6})", error)]
    if letters:
        return f"Huruf {formats.joined(letters)} tidak dapat dicetak. Betulkan nama atau unit kerjanya.", "person"
    return FAILURES.get(error, ("Lembarnya tidak dapat dibuat; coba lagi, atau periksa data orangnya.", "person"))


def why_waiting(error: str) -> str:
    """What a paper waits for; `error` begins with the name of its class."""
    return HINDRANCES.get(error.partition(":")[0], "Penyimpanan di server sedang bermasalah")


_LEFT = {
    Why.MARKS: "Memuat tanda yang tidak terbaca pada kolom {said}.",
    Why.NO_NAME: "Namanya kosong.",
    Why.NO_PERSON: "Ini bukan nama orang: {said}.",
    Why.LONG: "Nama, nomor, atau unit kerjanya terlalu panjang.",
    Why.DAMAGED: "Nomornya rusak oleh Excel ({said}). Ubah kolomnya menjadi teks, lalu tulis lagi nomornya.",
    Why.JP: "JP tidak terbaca: {said}. Tulis angka 1 sampai 999.",
    Why.ROLE: "Peran tidak dikenal: {said}. Tulis peserta, narasumber, moderator, atau panitia.",
    Why.AGAIN: "Sama dengan baris {other}.",
    Why.CLASH: "Nomor yang sama dengan baris {other}, tetapi namanya lain.",
    Why.ALIKE: "Nama dan unit kerja sama dengan baris {other}. Bila orangnya lain, bedakan unit kerjanya.",
    Why.KNOWN: "Sudah terdaftar dari daftar lain.",
    Why.TAKEN: "Nomor ini sudah dipakai sertifikat lain.",
}


def why_left(row: Row) -> str:
    """Why a line of an old list was not kept."""
    return _LEFT[Why(row.why)].format(said=row.said, other=row.other)
