"""Why a table is not read, in a sentence each."""

from __future__ import annotations

from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.tables.errors import TableUnreadable

TABLES = {
    "format": "Berkas tidak terbaca. Simpan sebagai CSV atau XLSX, lalu coba lagi.",
    "encrypted": "Berkas memakai kata sandi atau format lama. Simpan sebagai XLSX tanpa kata sandi.",
    "large": "Berkas terlalu besar. Bagi menjadi beberapa berkas, lalu coba lagi.",
    "heavy": "Berkas terlalu rumit untuk dibaca. Salin isinya saja ke lembar baru, simpan sebagai CSV, lalu coba lagi.",
    "busy": "Berkas lain sedang dibaca. Tunggu sebentar, lalu coba lagi.",
    "empty": "Berkas masih kosong. Pilih berkas CSV atau XLSX yang berisi.",
    "columns": "Kolom {columns} tidak ditemukan{sheet}. Judul kolom dicari pada 40 baris pertama.",
    "sheets": (
        "Lembar {sheets} sama-sama berisi baris yang dapat dibaca. Sembunyikan lembar yang tidak dimaksud, atau simpan "
        "tiap lembar sebagai berkas sendiri, lalu coba lagi."
    ),
    "quote": "Tanda kutip yang dibuka pada baris {line} tidak ditutup. Perbaiki baris itu, lalu coba lagi.",
    "encoding": "Baris {line} tersimpan dengan sandi huruf yang lain. Simpan berkas sebagai CSV UTF-8, lalu coba lagi.",
}

WORDS = Words(
    sentences={
        TableUnreadable: lambda f: TABLES[f["why"]].format(
            columns=formats.joined(f.get("missing", [])),
            line=f.get("line"),
            sheets=formats.joined([f"“{name}”" for name in f.get("sheets", [])]),
            sheet=f" pada lembar “{f['sheet']}”" if f.get("sheet") else "",
        ),
    },
)
