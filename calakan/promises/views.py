"""The promises as a page: every rule, kept or broken, looked at when the page is opened."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template

from calakan.kernel import clock
from calakan.promises import curves, invariants, samples

blueprint = Blueprint("promises", __name__, template_folder="templates")
RULES = {
    "oversold": "Peserta terdaftar tidak melebihi kuota.",
    "share-oversold": "Tidak ada kelompok yang mendapat kursi melebihi bagiannya.",
    "seat-left": "Tidak ada yang menunggu selama masih ada kursi kosong yang boleh didapatnya.",
    "number-gap": "Nomor sertifikat tidak berlubang.",
    "number-double": "Satu nomor sertifikat milik satu orang pada satu diklat.",
    "paper-without-file": "Setiap sertifikat terbit punya sidik berkas.",
    "paper-without-evidence": "Setiap sertifikat peserta punya pendaftaran dan kehadiran yang cukup.",
    "speaker-without-session": "Setiap sertifikat narasumber punya sesi yang dibawakan.",
    "late-reminder": "Tidak ada pengingat yang terkirim sesudah sesinya mulai.",
    "diklat-jp": "JP diklat sama dengan jumlah struktur programnya.",
    "jp-above-minutes": "JP materi tidak melebihi menit sesi yang dijadwalkan.",
    "jp-above-held": "JP pada sertifikat tidak melebihi yang diselenggarakan.",
    "row-without-evidence": "Setiap materi yang tercetak diikuti atau dituntaskan pemegangnya.",
    "paper-above-minutes": "JP tercetak tidak melebihi menit sesinya.",
    "paper-on-cancelled-session": "Tidak ada sesi batal yang tercetak.",
    "serial-differs": "Nomor urut pada register sama dengan nomor tercetak.",
    "counts-differ": "Hitungan pada laporan, berkas, dan tabel asal sama.",
    "roll-differs": "Daftar peserta yang tersimpan untuk hitungan cepat sama dengan tabel asal.",
    invariants.TRAIL: "Jejak audit tidak diubah dan tidak berkurang.",
    invariants.LOST_FILE: "Berkas setiap sertifikat ada di penyimpanan.",
}
CURVES = {
    "requests": ("Permintaan", "dalam 5 menit"),
    "errors": ("Jawaban galat peladen (5xx)", "dalam 5 menit"),
    "slow": ("Waktu jawaban, 95 dari 100 di bawah", "detik"),
    "letters": ("Surat yang menunggu", "surat"),
    "oldest": ("Pekerjaan yang paling lama tertunda", "menit"),
    "tasks_failed": ("Tugas latar yang gagal", "dalam 5 menit"),
    "database": ("Ukuran basis data", "MB"),
    "free": ("Ruang kosong pada disk", "GB"),
}
MOST_SHOWN = 20


@blueprint.get("/kelola/pemeriksaan")
def page() -> str:
    found = invariants.by_name(invariants.broken(current_app.extensions["calakan.files"]))
    now = clock.now()
    day = curves.drawn(samples.of_a_day(now), now)
    return render_template(
        "promises/page.html",
        rules=RULES,
        found=found,
        most=MOST_SHOWN,
        at=now,
        curves=day,
        names=CURVES,
        slots=curves.SLOTS,
        height=curves.HEIGHT,
    )
