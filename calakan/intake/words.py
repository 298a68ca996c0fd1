"""Why a file is not taken, in a sentence each."""

from __future__ import annotations

from calakan.intake import errors
from calakan.kernel.wording import Words

ARTWORK = {
    "empty": "Berkas kosong, atau tidak ada gambar di dalamnya. Pilih berkas lain.",
    "large": "Berkas paling besar {most} MB. Perkecil dulu, lalu unggah lagi.",
    "kind": "Jenis berkas ini tidak diterima. Kirim PDF, SVG, PNG, JPG, atau WebP.",
    "broken": "Berkas rusak atau tidak utuh. Simpan ulang, lalu coba lagi.",
    "heavy": "Berkas terlalu rumit untuk dibaca. Sederhanakan, atau simpan sebagai PNG.",
    "busy": "Berkas lain sedang dibaca. Tunggu sebentar, lalu unggah lagi.",
    "pixels": "Gambar terlalu besar, paling banyak {most} juta piksel. Perkecil dulu, lalu unggah lagi.",
    "coarse": "Gambar terlalu kecil untuk dicetak. Lebarnya paling sedikit {least} piksel.",
    "shape": "Ukuran latar harus A4 mendatar (297 × 210 mm). Ubah ukuran halamannya, lalu simpan ulang.",
    "emblem": "Jenis berkas ini tidak diterima. Kirim PNG, JPG, WebP, atau SVG.",
    "square": "Logo harus kira-kira persegi: sisi yang satu paling panjang satu setengah kali yang lain.",
    "strip": "Kop harus memanjang: lebarnya paling sedikit dua setengah kali tingginya.",
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

WORDS = Words(
    sentences={
        errors.ArtworkUnfit: lambda f: ARTWORK[f["why"]].format(**f),
    },
)
