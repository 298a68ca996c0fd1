"""What the room calls its refusals, the signs of a pair, its acts, and the tables of which something moves."""

from __future__ import annotations

from calakan.duplicates import errors
from calakan.duplicates.models import Sign
from calakan.kernel import formats
from calakan.kernel.wording import Words

WORDS = Words(
    sentences={
        errors.SameAccount: "Itu akun yang sama. Pilih dua akun yang berbeda.",
        errors.AccountGone: "Salah satu akun sudah ditutup atau datanya sudah dihapus, jadi tidak dapat digabung.",
        errors.MergeOfStaff: "Salah satu akun punya peran petugas, jadi hanya admin yang dapat menggabungnya.",
        errors.TwoPapers: lambda f: (
            f"Keduanya punya sertifikat yang berlaku untuk {formats.joined(f['titles'])}. Cabut dulu salah satunya."
        ),
        errors.SpeaksThere: "Akun yang akan ditutup punya profil narasumber. Tukar: pertahankan akun itu.",
        errors.MergeOver: "Penggabungan ini sudah dibatalkan, atau sudah lewat 30 hari.",
        errors.MergedSince: "Akun ini sesudahnya digabung lagi. Batalkan dulu penggabungan yang terakhir.",
        errors.SameSchool: "Itu sekolah yang sama. Tulis NPSN sekolah yang lain.",
        errors.SchoolGone: "Sekolah yang dipertahankan harus masih beroperasi, dan keduanya belum digabung ke sekolah lain.",
    },
    members={
        Sign: {
            Sign.NAME: "Nama sama",
            Sign.ALIKE: "Nama mirip",
            Sign.PHONE: "Nomor HP sama",
            Sign.BIRTH: "Tanggal lahir di NIP sama",
            Sign.EMAIL: "Nama email sama",
            Sign.SCHOOL: "Sekolah sama",
        },
    },
    acts_are_of="Akun ganda",
    acts={
        "duplicates.apart": "menyatakan dua akun milik dua orang",
        "duplicates.merge": "menggabung akun lain ke akun ini",
        "duplicates.merged": "menutup akun ini karena digabung ke akun lain",
        "duplicates.undo": "melepas lagi akun yang digabung ke akun ini",
        "duplicates.merge_school": "menggabung sekolah lain ke sekolah ini",
        "duplicates.merged_school": "menutup sekolah ini karena digabung ke sekolah lain",
        "duplicates.undo_school": "melepas lagi sekolah yang digabung ke sekolah ini",
        "duplicates.undone_school": "membuka lagi sekolah ini dari penggabungan",
        "duplicates.undone": "membuka lagi akun ini dari penggabungan",
    },
    phrases={"duplicates.one_seat": "Digabung dengan pendaftaran akun lain milik orang yang sama."},
)
TABLES = {
    "enrolment": "Pendaftaran", "evidence": "Bukti kehadiran", "certificate": "Sertifikat dan surat keterangan",
    "committee_member": "Kepanitiaan", "year_paper": "Rekap JP setahun", "outside_jp": "JP dari luar Dinas", "appeal": "Pengajuan kehadiran",
    "submission": "Tugas", "attempt": "Tes", "passing_exception": "Pengecualian kelulusan",
    "assignment": "Tugas narasumber", "assignment_letter": "Surat tugas", "message": "Pesan", "person_role": "Peran",
    "person_scope": "Wilayah binaan", "roster_row": "Baris data induk", "diklat": "Diklat yang dipimpin",
}  # fmt: skip
"""Those that are named; the others are told together."""
SCHOOL_TABLES = {
    "person": "Orang", "person_scope": "Wilayah binaan", "roster_row": "Baris data induk", "roster_list": "Daftar data induk",
    "headcount": "Jumlah GTK", "school_alias": "Nama lain", "school": "Sekolah yang pernah digabung",
}  # fmt: skip
FIELDS = {
    "title_before": "gelar depan", "title_after": "gelar belakang", "sex": "jenis kelamin", "phone": "nomor WhatsApp",
    "jabatan": "jabatan", "subject_taught": "mata pelajaran", "jenjang": "jenjang", "employment": "status kepegawaian",
    "nip": "NIP", "nuptk": "NUPTK", "school_id": "sekolah", "school_elsewhere": "tempat kerja",
    "kabupaten_elsewhere": "kabupaten", "kecamatan_code": "kecamatan",
    "number": "nomor WhatsApp untuk masuk",
}  # fmt: skip
