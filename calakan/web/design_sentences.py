"""Sentences about the templates of certificates. `messages` shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calakan.kernel import formats

ARTWORK = {
    "empty": "Berkas kosong, atau tidak ada gambar di dalamnya. Pilih berkas lain.",
    "large": "Berkas paling besar {most} MB. Perkecil dulu, lalu unggah lagi.",
    "kind": "Jenis berkas ini tidak diterima. Kirim PDF, SVG, PNG, JPG, atau WebP.",
    "broken": "Berkas rusak atau tidak utuh. Simpan ulang, lalu coba lagi.",
    "heavy": "Berkas terlalu rumit untuk dibaca. Sederhanakan, atau simpan sebagai PNG.",
    "pixels": "Gambar terlalu besar, paling banyak {most} juta piksel. Perkecil dulu, lalu unggah lagi.",
    "coarse": "Gambar terlalu kecil untuk dicetak. Lebarnya paling sedikit {least} piksel.",
    "shape": "Ukuran latar harus A4 mendatar (297 × 210 mm). Ubah ukuran halamannya, lalu simpan ulang.",
    "size": "SVG ini tidak menyebut ukurannya. Simpan ulang dengan lebar dan tinggi halaman.",
    "encrypted": "PDF ini memakai kata sandi atau penguncian. Simpan ulang tanpa pengamanan.",
    "active": "Berkas memuat skrip, animasi, atau tindakan otomatis, jadi tidak diterima. Simpan ulang tanpa itu.",
    "attachment": "PDF ini membawa berkas lampiran, jadi tidak diterima. Simpan ulang tanpa lampiran.",
    "external": "Berkas mengambil gambar atau gaya dari tempat lain. Sematkan semuanya ke dalam berkas.",
    "entity": "SVG ini memuat entitas XML, jadi tidak diterima. Simpan ulang sebagai SVG biasa.",
    "text": "SVG memuat tulisan yang hurufnya tidak ikut tersimpan. Ubah tulisan menjadi garis (path), lalu simpan ulang.",
    "element": "Unsur <{name}> pada SVG ini tidak didukung. Simpan sebagai PDF atau PNG.",
    "font": "Huruf “{name}” tidak ikut tersimpan di dalam PDF. Simpan ulang dengan huruf tertanam.",
}
DESIGN_SENTENCES: dict[str, str | Callable[[dict[str, Any]], str]] = {
    "artwork_unfit": lambda f: ARTWORK[f["why"]].format(**f),
    "signer_gone": "Penanda tangan ini sudah berubah atau belum bernama. Muat ulang halaman, lalu coba lagi.",
    "design_name_taken": "Sudah ada templat dengan nama itu.",
    "design_changed_meanwhile": "Templat ini baru saja diubah orang lain. Muat ulang halaman untuk melihatnya.",
    "design_not_usable": "Templat itu belum diterbitkan atau sudah diarsipkan.",
    "nothing_new_to_publish": "Tidak ada yang berubah sejak versi terakhir.",
    "place_needed": lambda f: f"Wajib ada pada sertifikat: {formats.joined(f['labels'])}.",
    "background_missing": "Pilih berkas latarnya dulu.",
}
