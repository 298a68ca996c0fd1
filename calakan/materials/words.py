"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.kernel.wording import Words
from calakan.materials import errors

FILES = {
    "empty": "Berkas kosong. Pilih berkas lain.",
    "large": "Berkas terlalu besar, paling besar 20 MB. Perkecil, atau bagikan sebagai tautan.",
    "kind": "Jenis berkas ini tidak diterima. Kirim PDF, gambar, PPTX, DOCX, XLSX, atau ODF.",
    "old": "Berkas Office lama tidak diterima. Simpan ulang sebagai PPTX, DOCX, XLSX, atau PDF.",
    "macros": "Berkas memuat makro, jadi tidak diterima. Simpan ulang tanpa makro, atau sebagai PDF.",
    "broken": "Berkas rusak atau tidak utuh. Simpan ulang, lalu coba lagi.",
}

WORDS = Words(
    sentences={
        errors.FileRefused: lambda f: FILES[f["why"]],
        errors.MaterialLinkInvalid: "Tautan harus diawali https:// dan lengkap dengan nama situsnya.",
        errors.NothingGiven: "Pilih satu berkas, atau isi satu tautan.",
        errors.TooEarlyForRecording: "Rekaman dibagikan untuk sesi yang sudah selesai. Pilih sesinya.",
        errors.DiklatCalledOff: "Diklat ini dibatalkan, jadi tidak membagikan materi.",
    },
    acts_are_of="Materi",
    acts={
        "materials.hand_out": "membagikan materi",
        "materials.renew": "memperbarui materi bagikan",
        "materials.set_audience": "mengubah pembaca materi",
        "materials.withdraw": "menarik materi bagikan",
    },
)
