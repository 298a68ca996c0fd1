"""What the kernel's own refusals, roles and states of work are called."""

from __future__ import annotations

from calakan.kernel import errors, formats
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.kernel.tabular import TableUnreadable
from calakan.kernel.wording import Words

TABLES = {
    "format": "Berkas tidak terbaca. Simpan sebagai CSV atau XLSX, lalu coba lagi.",
    "encrypted": "Berkas memakai kata sandi atau format lama. Simpan sebagai XLSX tanpa kata sandi.",
    "large": "Berkas terlalu besar. Bagi menjadi beberapa berkas, lalu coba lagi.",
    "empty": "Berkas masih kosong. Pilih berkas CSV atau XLSX yang berisi.",
    "columns": "Kolom {columns} tidak ada pada baris pertama berkas.",
}

WORDS = Words(
    sentences={
        errors.NotFound: "Yang dicari tidak ditemukan.",
        TableUnreadable: lambda f: TABLES[f["why"]].format(columns=formats.joined(f.get("missing", []))),
    },
    members={
        WorkState: {
            WorkState.PENDING: "Menunggu",
            WorkState.CLAIMED: "Dikerjakan",
            WorkState.PAUSED: "Dijeda",
            WorkState.SIGNING: "Menunggu tanda tangan",
            WorkState.HANDING: "Dikirim",
            WorkState.DONE: "Selesai",
            WorkState.FAILED: "Gagal",
            WorkState.UNCERTAIN: "Meragukan",
            WorkState.DROPPED: "Tidak jadi",
        },
        Role: {
            Role.PESERTA: "Peserta",
            Role.NARASUMBER: "Narasumber",
            Role.PANITIA: "Panitia",
            Role.KORWILCAM: "Korwilcam",
            Role.PIMPINAN: "Pimpinan",
            Role.ADMIN: "Admin",
        },
    },
)
