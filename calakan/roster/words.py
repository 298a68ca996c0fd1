"""What the room calls its refusals, the members of its lists, its acts, and why a line of a list waits."""

from __future__ import annotations

from typing import Any

from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.office.house import house
from calakan.people import nip, phones
from calakan.roster import errors
from calakan.roster.models import Stage, Verdict
from calakan.roster.reading import Why

WORDS = Words(
    sentences={
        errors.ListNotReady: "Daftar ini sedang dikerjakan atau sudah ditutup. Muat ulang halamannya, lalu lihat lagi.",
        errors.ListForgotten: "Isi daftar ini sudah dihapus sesuai masa simpan, jadi tidak dapat ditarik kembali lagi.",
        errors.DateAhead: "Tanggal daftar belum tiba. Tulis hari ini atau hari yang sudah lewat.",
        errors.AccountsAreAdmins: "Akun dari sebuah daftar dibuat oleh admin.",
        errors.RowHeld: "Orang ini sudah punya baris pada data induk. Lepas dulu yang lama bila keliru.",
        errors.ClaimOver: "Permintaan ini sudah diputuskan atau dibatalkan. Muat ulang halamannya.",
        errors.NumberOfAnother: (
            "NIP atau NUPTK baris ini sudah dipakai akun lain. Periksa dulu akun itu pada halaman Orang."
        ),
        errors.TooManySchools: lambda f: (
            f"Sudah banyak sekolah dibuka hari ini. Coba lagi besok, atau hubungi panitia: {house().contact}."
        ),
    },
    members={
        Stage: {
            Stage.READING: "Sedang dibaca",
            Stage.REFUSED: "Tidak terbaca",
            Stage.PREVIEW: "Belum diterapkan",
            Stage.APPLYING: "Sedang diterapkan",
            Stage.APPLIED: "Diterapkan",
            Stage.UNDOING: "Sedang ditarik kembali",
            Stage.UNDONE: "Ditarik kembali",
        },
        Verdict: {
            Verdict.NEW: "Baru",
            Verdict.CHANGED: "Berubah",
            Verdict.SAME: "Sama",
            Verdict.LEFT: "Keluar",
            Verdict.WAITS: "Menunggu",
        },
    },
    acts_are_of="Data induk",
    acts={
        "roster.ask": "menyebut barisnya pada data induk",
        "roster.confirm": "mengesahkan pemilik baris data induk",
        "roster.decline": "menolak pemilik baris data induk",
        "roster.look": "melihat daftar nama satu sekolah",
        "roster.undo_claim": "melepas pemilik baris data induk",
        "roster.apply": "menerapkan daftar data induk",
        "roster.end_post": "mengakhiri tugas kepala sekolah menurut data induk",
        "roster.give_post": "memberi tugas kepala sekolah menurut data induk",
        "roster.fill": "melengkapi profil dari sebuah daftar",
        "roster.unfill": "menarik kembali isian profil dari sebuah daftar",
        "roster.unmake": "menghapus akun yang dibuat sebuah daftar dan belum dipakai",
        "roster.forget": "mengosongkan daftar data induk sesuai masa simpan",
        "roster.read": "membaca daftar data induk",
        "roster.undo": "menarik kembali daftar data induk",
    },
)
COLUMNS = {
    "nama": "nama", "gelar_depan": "gelar depan", "gelar_belakang": "gelar belakang", "jenis_kelamin": "jenis kelamin",
    "nip": "NIP", "nuptk": "NUPTK", "surel": "email", "hp": "HP", "jabatan": "jabatan", "mapel": "mapel",
    "status": "status", "npsn": "NPSN", "sekolah": "sekolah", "jenjang": "jenjang", "kecamatan": "kecamatan",
    "kabupaten": "kabupaten",
}  # fmt: skip
FIELDS = {
    "title_before": "Gelar depan", "name": "Nama", "title_after": "Gelar belakang", "sex": "Jenis kelamin", "nip": "NIP",
    "nuptk": "NUPTK", "email": "Email", "phone": "HP", "jabatan": "Jabatan", "subject_taught": "Mapel",
    "employment": "Status", "school_id": "Sekolah", "left_on": "Keluar", "jenjang": "Jenjang",
    "school_elsewhere": "Sekolah", "kabupaten_elsewhere": "Kabupaten", "kecamatan_code": "Kecamatan",
}  # fmt: skip
_WHY = {
    Why.MARKS: "Kolom {column} memuat tanda yang tidak terbaca: {said}.",
    Why.NO_NAME: "Namanya kosong.",
    Why.NO_PERSON: "Ini bukan nama orang: {said}.",
    Why.AFTER_COMMA: "Yang ditulis sesudah koma bukan gelar: {said}. Tulis nama tanpa dibalik.",
    Why.LONG: "Kolom {column} terlalu panjang.",
    Why.SITE: "Nama memuat alamat situs: {said}. Tulis dengan spasi sesudah titik.",
    Why.UNDRAWABLE: "Nama memuat huruf yang tidak dapat dicetak: {said}.",
    Why.DAMAGED: (
        "Kolom {column} rusak oleh Excel: {said}. Ubah kolomnya menjadi teks, lalu tulis lagi angkanya dari dokumen asli."
    ),
    Why.NUMBER: "Kolom {column} tidak benar: {said}. NIP 18 angka dan diawali tanggal lahir; NUPTK 16 angka.",
    Why.EMAIL: "Alamat email tidak lengkap: {said}.",
    Why.PHONE: "Nomor HP tidak terbaca: {said}. Tulis satu nomor, mis. 0812 3456 7890.",
    Why.WORD: "Isi kolom {column} tidak dikenal: {said}.",
    Why.NO_SCHOOL: "Sekolahnya tidak disebut. Isi kolom npsn, atau pilih sekolah sebelum mengunggah.",
    Why.SCHOOL: "Sekolah tidak dikenal: {said}. Tulis NPSN-nya.",
    Why.SCHOOLS: "Beberapa sekolah bernama {said}. Tulis NPSN-nya.",
    Why.AGAIN: "Sama dengan baris {other}.",
    Why.CLASH: "{column} yang sama ada pada baris {other}, tetapi isinya lain. Pastikan milik siapa.",
    Why.ALIKE: "Nama dan sekolah sama dengan baris {other}. Isi NIP atau NUPTK supaya keduanya dapat dibedakan.",
    Why.SAME_ROW: "Baris {other} menyebut orang yang sama. Sisakan satu.",
    Why.OTHER_NAME: "NIP atau NUPTK ini tercatat atas nama lain pada data induk. Pastikan milik siapa.",
    Why.TWO_ROWS: "NIP dan NUPTK ini tercatat pada dua orang pada data induk. Pastikan milik siapa.",
    Why.MANY: "Beberapa orang di sekolah ini bernama sama. Isi NIP atau NUPTK.",
    Why.OLDER: "Data induk sudah memuat keterangan yang lebih baru tentang orang ini.",
    Why.SHARED: "Alamat email sama dengan baris {other}, jadi tidak menjadi bukti milik siapa pun.",
    Why.NAMESAKE: "Orang lain bernama sama sudah ada di sekolah ini, dengan nomor yang berbeda.",
    Why.MAIL: "Alamat email ini sudah ada pada baris {other}. Dua orang tidak memakai satu akun.",
    Why.MEANT: "Alamat emailnya diterima apa adanya; mungkin maksudnya {said}.",
    Why.HELD: "{column} ini sudah dipakai akun lain. Periksa dulu akun itu pada halaman Orang.",
    Why.SHUT: "Akun dengan email ini sudah ditutup. Bila digabung, tulis email akun yang masih dipakai.",
    Why.USED: "Akunnya tetap, sebab sudah dibuka pemiliknya, disebut daftar lain, atau tercatat pada sebuah diklat.",
    Why.STAYS: "Tidak ditarik kembali, sebab daftar lain atau sebuah akun sudah memakainya.",
}


def why(reason: str, *, column: str = "", said: str = "", other: int | None = None) -> str:
    """Why a line waits, or what is to be minded of it."""
    told = _WHY[Why(reason)].format(column=COLUMNS.get(column, column), said=said, other=other)
    return told[:1].upper() + told[1:]


def change(field: str, value: Any, *, schools: dict[int, str], label: dict[str, str]) -> str:
    """One side of a difference, as it may be shown: numbers of identity masked."""
    if value in (None, ""):
        return "kosong"
    if field in ("nip", "nuptk"):
        return nip.masked(value)
    if field == "phone":
        return phones.shown(value)
    if field == "school_id":
        return schools.get(value, "?")
    return label.get(value, str(value))


def total(counts: dict[str, int]) -> str:
    """`12 baru, 3 berubah`: what a list holds, without what it does not."""
    told = [
        f"{formats.number(counts[verdict.value])} {WORDS.members[Verdict][verdict].lower()}"
        for verdict in Verdict
        if counts[verdict.value]
    ]
    return ", ".join(told) or "tidak ada baris"
