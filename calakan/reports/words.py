"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from typing import Any

from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.reports import errors

STATISTICS_DEFINITION = (
    "Pendaftaran yang dikonfirmasi pada diklat terbit atau selesai yang sudah mulai; kali ikut menghitung tiap orang "
    "pada tiap diklat, peserta unik menghitung tiap orang satu kali. Kelompok di bawah lima orang tidak ditampilkan, dan "
    "bersamanya kelompok lain yang dapat membukanya."
)


def _headcounts(f: dict[str, Any]) -> str:
    shown = formats.joined([f"baris {number} ({column})" for number, column in f["lines"][:6]])
    more = f" Seluruhnya {formats.number(len(f['lines']))} baris." if len(f["lines"]) > 6 else ""
    return f"Tidak ada yang disimpan. Betulkan {shown}.{more}"


WORDS = Words(
    sentences={
        errors.TooManySaved: lambda f: f"Paling banyak {f['most']} laporan tersimpan. Hapus salah satunya dulu.",
        errors.DiklatNeeded: "Daftar hadir dibuat untuk satu diklat. Pilih diklatnya.",
        errors.TooManyExports: lambda f: (
            f"Masih ada {f['most']} berkas yang sedang dibuat. Tunggu atau batalkan salah satunya."
        ),
        errors.ExportOver: "Berkas ini sudah selesai atau sudah dihentikan.",
        errors.TooLongToPrint: lambda f: (
            f"Lebih dari {formats.number(f.get('most', 10_000))} baris tidak dicetak. "
            "Persempit saringannya, atau pilih Excel."
        ),
        errors.TooLongForSheet: lambda f: (
            f"Excel memuat paling banyak {formats.number(f.get('most', 1_048_575))} baris. "
            "Persempit saringannya, atau pilih CSV."
        ),
        errors.StorageFull: "Penyimpanan penuh. Pembuatan dicoba lagi sendiri; hubungi admin bila tidak kunjung selesai.",
        errors.ExportNotMade: (
            "Berkas ini tidak berhasil dibuat walau sudah dicoba beberapa kali. Sebabnya tercatat; hubungi admin."
        ),
        errors.NoLongerAllowed: "Peminta tidak lagi berhak atas daftar ini.",
        errors.KindNotAllowed: "Daftar ini memuat nama orang. Hanya panitia dan admin yang dapat mengekspornya.",
        errors.HeadcountsWrong: _headcounts,
        errors.FormatNotOffered: "Bentuk itu tidak tersedia: laporan bukti sebagai PDF atau Excel, rekap JP sebagai ZIP.",
        errors.OneYearNeeded: "Rekap JP dibuat untuk satu tahun. Pilih dua tanggal pada tahun yang sama.",
        errors.TooManyInBundle: "Rekapnya terlalu banyak untuk satu berkas (paling banyak 10.000). Saring per kecamatan.",
        errors.ColumnsUnknown: "Kolom itu tidak ada pada daftar ini. Pilih lagi kolomnya.",
        errors.AlreadyScheduled: "Orang ini sudah menerima berkas itu tiap bulan.",
    },
    acts_are_of="Laporan",
    acts={
        "reports.ask_export": "meminta ekspor",
        "reports.download": "mengunduh ekspor",
        "reports.export": "mengunduh laporan",
        "reports.import_headcounts": "mengimpor sasaran",
        "reports.remove_export": "menghapus ekspor",
        "reports.roster": "mengunduh daftar peserta",
        "reports.save_cost": "mencatat biaya program",
        "reports.schedule": "memesan laporan bulanan",
        "reports.stop_export": "menghentikan ekspor",
        "reports.unschedule": "menghentikan laporan bulanan",
    },
    phrases={
        "reports.participation": "Laporan partisipasi",
        "reports.participants": "Daftar peserta",
        "reports.attendance": "Daftar hadir",
        "reports.register": "Register sertifikat",
        "reports.register_sertifikat": "Register sertifikat",
        "reports.register_keterangan": "Register surat keterangan",
        "reports.history": "Riwayat kursus untuk SIASN",
        "reports.hours": "Jam narasumber",
        "reports.evidence": "Laporan bukti",
        "reports.transcripts": "Rekap JP setahun",
        "reports.mode_daring": "Daring",
        "reports.mode_hibrida": "Hibrida",
        "reports.mode_luring": "Luring",
        "reports.not_filled": "Belum diisi",
        "reports.no_kecamatan": "Luar kabupaten atau belum diisi",
        "reports.no_school": "Tanpa sekolah dalam daftar",
        "reports.no_topic": "Tanpa bidang",
        "reports.unscheduled": "Belum terjadwal",
        "reports.quarter": "Triwulan {third} {year}",
        "reports.sex_L": "Laki-laki",
        "reports.sex_P": "Perempuan",
        "reports.province": "Provinsi {name}",
        "reports.kemenag": "Kementerian Agama",
        "reports.twice": "dua kali",
    },
    letters={
        "reports.file_ready": "Laporan bulanan siap",
    },
)
