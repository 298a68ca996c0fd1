"""The lists as they stand on the first start (domain guide 1.3). `calakan.office.services.ensure_choices` writes them."""

from __future__ import annotations

from datetime import date

from calakan.office.models import ChoiceKind

CHOICES: dict[ChoiceKind, list[tuple[str, str]]] = {
    ChoiceKind.STATUS: [
        ("pns", "PNS"),
        ("pppk", "PPPK"),
        ("pppk_paruh_waktu", "PPPK paruh waktu"),
        ("gty", "GTY"),
        ("gtt", "GTT"),
        ("honorer", "Honorer"),
        ("lainnya", "Lainnya"),
    ],
    ChoiceKind.JABATAN: [
        ("guru_kelas", "Guru kelas"),
        ("guru_mapel", "Guru mapel"),
        ("guru_bk", "Guru BK"),
        ("guru_paud", "Guru PAUD/TK"),
        ("guru_pendamping_khusus", "Guru pendamping khusus"),
        ("tutor", "Tutor"),
        ("kepala_sekolah", "Kepala sekolah"),
        ("wakil_kepala_sekolah", "Wakil kepala sekolah"),
        ("pengawas_sekolah", "Pengawas sekolah"),
        ("pendamping_satuan_pendidikan", "Pendamping satuan pendidikan"),
        ("penilik", "Penilik"),
        ("pamong_belajar", "Pamong belajar"),
        ("tenaga_kependidikan", "Tenaga kependidikan"),
        ("pegawai_dinas", "Pegawai dinas"),
        ("lainnya", "Lainnya"),
    ],
    ChoiceKind.TOPIC: [
        ("numerasi", "Numerasi"),
        ("literasi", "Literasi"),
        ("asesmen", "Asesmen"),
        ("kurikulum", "Kurikulum"),
        ("teknologi", "Teknologi pembelajaran"),
        ("kecerdasan_artifisial", "Kecerdasan artifisial"),
        ("koding", "Koding"),
        ("inklusi", "Pendidikan inklusif"),
        ("sekolah_aman", "Sekolah aman"),
        ("kepemimpinan", "Kepemimpinan sekolah"),
        ("administrasi", "Administrasi sekolah"),
        ("paud", "Pendidikan anak usia dini"),
    ],
}

# Holidays with a fixed date (Keppres 24/1953, 18/1961, 8/2013 and 24/2016); the moving ones are typed each year from
# the joint decree of the ministers. The year is only a place to stand: these return yearly.
HOLIDAYS: list[tuple[date, str]] = [
    (date(2000, 1, 1), "Tahun Baru Masehi"),
    (date(2000, 5, 1), "Hari Buruh Internasional"),
    (date(2000, 6, 1), "Hari Lahir Pancasila"),
    (date(2000, 8, 17), "Hari Kemerdekaan RI"),
    (date(2000, 12, 25), "Hari Raya Natal"),
]
