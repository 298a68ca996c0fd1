"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.kernel.wording import Words
from calakan.office import errors
from calakan.office.models import ChoiceKind, Emblem

WORDS = Words(
    sentences={
        errors.NumberPatternInvalid: "Pola nomor harus memuat {urut} dan {tahun}; yang lain: {klas}, {bulan}, {bulan_romawi}.",
        errors.LetterPatternInvalid: "Pola nomor harus memuat {urut} dan {tahun}; yang lain: {klas}, {bulan}, {bulan_romawi}.",
        errors.StatementPatternInvalid: "Pola nomor harus memuat {urut} dan {tahun}; yang lain: {klas}, {bulan}, {bulan_romawi}.",
        errors.PatternsAlike: "Pola ini sama dengan pola nomor sertifikat; nomornya akan kembar.",
        errors.ChoiceExists: "Pilihan itu sudah ada.",
        errors.ChoiceEmpty: "Tulis nama pilihan.",
        errors.TooManySigners: lambda f: f"Paling banyak {f['most']} penanda tangan.",
        errors.TooManyLines: lambda f: f"Kop paling banyak {f['most']} baris.",
        errors.SignerIncomplete: "Tulis jabatan setiap penanda tangan.",
        errors.SignerGone: "Penanda tangan ini sudah berubah atau belum bernama. Muat ulang halaman, lalu coba lagi.",
        errors.HolidayExists: lambda f: f"Tanggal itu sudah ada dalam daftar: {f['name']}.",
    },
    members={
        Emblem: {Emblem.LOGO: "Logo", Emblem.LETTERHEAD: "Gambar kop"},
        ChoiceKind: {
            ChoiceKind.JABATAN: "Jabatan",
            ChoiceKind.STATUS: "Status kepegawaian",
            ChoiceKind.TOPIC: "Topik",
        },
    },
    acts_are_of="Pengaturan",
    acts={
        "office.add_choice": "menambah pilihan",
        "office.add_holiday": "menambah hari libur",
        "office.change_settings": "mengubah pengaturan",
        "office.remove_holiday": "menghapus hari libur",
        "office.switch_choice": "mengubah pilihan",
    },
)
