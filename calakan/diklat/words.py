"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from typing import Any

from calakan.diklat import errors
from calakan.diklat.models import DiklatState, Group, JpRule, Kind, Mode, PresenceRule, SeatBy
from calakan.kernel import formats
from calakan.kernel.wording import Words

TIMES = {
    "reversed": "Waktu selesai harus sesudah waktu mulai.",
    "long": "Satu sesi paling lama 12 jam. Periksa waktu selesainya.",
    "past": "Waktu mulai sudah lewat. Pilih waktu yang akan datang.",
}
MISSING = {"session": "sesi", "programme": "struktur program", "published": "penerbitan"}

LIMITS = {
    "empty": "Tulis berapa kursi paling banyak, mis. 2.",
    "part": "“{part}” tidak terbaca. Tulis satu angka, mis. 2, atau bagian masing-masing, mis. SD 30, SMP 20.",
    "figure": "Pada “{part}”, tulis angka 1 sampai {most}.",
    "unknown": "“{part}” tidak dikenal.",
    "twice": "“{part}” menyebut yang sudah ada. Tulis masing-masing satu kali.",
    "mixed": "Pilih salah satu: satu angka untuk semua, atau bagian masing-masing.",
    "many": "Paling banyak {most} bagian.",
}
MOST_NAMES = 6


def _limit(f: dict[str, Any]) -> str:
    """What may be written stands in it, where that is a few."""
    text = LIMITS[f["why"]].format(**f)
    if "known" not in f:
        return text
    if not f["known"]:
        return f"{text} Untuk sekolah, tulis satu angka saja."
    known = f["known"] if len(f["known"]) <= 2 * MOST_NAMES else [*f["known"][:MOST_NAMES], "lainnya pada daftar"]
    return f"{text} Yang dapat ditulis: {formats.joined(known)}."


WORDS = Words(
    sentences={
        errors.DiklatFinal: "Diklat ini sudah selesai atau dibatalkan, jadi tidak dapat diubah.",
        errors.NotReady: lambda f: (
            "Belum dapat diteruskan. Lengkapi dulu: " + formats.joined([MISSING.get(m, m) for m in f["missing"]]) + "."
        ),
        errors.NotOver: "Masih ada sesi yang belum selesai. Tutup diklat sesudah sesi terakhir.",
        errors.WindowReversed: "Penutupan pendaftaran harus sesudah pembukaannya.",
        errors.SeatLimitUnclear: _limit,
        errors.SharesAboveQuota: lambda f: (
            f"Jumlahnya {f['total']} kursi, lebih dari kuota {f['quota']}. Kurangi bagiannya atau naikkan kuota."
        ),
        errors.SessionTimesInvalid: lambda f: TIMES[f["why"]],
        errors.SessionOver: "Sesi ini sudah selesai atau dibatalkan, jadwalnya tidak dapat diubah.",
        errors.RoomLinkInvalid: "Tautan ruang harus diawali https://",
        errors.StreamLinkInvalid: "Tautan siaran harus diawali https://",
        errors.RowInUse: "Materi ini punya sesi. Pindahkan atau hapus sesinya dulu.",
        errors.ReasonMissing: "Tulis alasannya.",
        errors.JpLengthFixed: "Menit per JP tidak berubah lagi sesudah diklat terbit.",
        errors.JpAboveMinutes: lambda f: (
            f"{f['jp']} JP terlalu banyak: {f['minutes']} menit memuat paling banyak {f['allowed']} JP "
            f"(1 JP = {f['per_jp']} menit). Perpanjang sesinya atau kurangi JP-nya."
        ),
    },
    members={
        PresenceRule: {
            PresenceRule.CODE: "Kode",
            PresenceRule.CODE_AND_ROOM: "Kode dan masuk ruang",
            PresenceRule.MINUTES: "Menit di ruang",
            PresenceRule.CODE_OR_MINUTES: "Kode atau menit di ruang",
        },
        JpRule: {JpRule.HELD: "JP yang diselenggarakan", JpRule.OWN: "JP yang diikuti peserta"},
        Kind: {
            Kind.DIKLAT: "Diklat",
            Kind.BIMTEK: "Bimtek",
            Kind.WORKSHOP: "Workshop",
            Kind.WEBINAR: "Webinar",
            Kind.SOSIALISASI: "Sosialisasi",
            Kind.PENDAMPINGAN: "Pendampingan",
            Kind.KOMUNITAS: "Komunitas belajar",
        },
        Mode: {
            Mode.ONLINE: "Daring",
            Mode.ON_SITE: "Luring",
            Mode.HYBRID: "Hibrida",
        },
        SeatBy: {
            SeatBy.SCHOOL: "Sekolah",
            SeatBy.KECAMATAN: "Kecamatan",
            SeatBy.JENJANG: "Jenjang",
            SeatBy.POST: "Jabatan",
        },
        DiklatState: {
            DiklatState.DRAFT: "Draf",
            DiklatState.PROPOSED: "Menunggu panitia",
            DiklatState.PUBLISHED: "Terbit",
            DiklatState.CLOSED: "Selesai",
            DiklatState.CANCELLED: "Dibatalkan",
        },
        Group: {
            Group.GENERAL: "Umum",
            Group.CORE: "Pokok",
            Group.SUPPORT: "Penunjang",
        },
    },
    acts_are_of="Diklat",
    acts={
        "diklat.add_row": "menambah materi",
        "diklat.add_session": "menambah sesi",
        "diklat.cancel": "membatalkan diklat",
        "diklat.cancel_session": "membatalkan sesi",
        "diklat.change": "mengubah diklat",
        "diklat.change_row": "mengubah materi",
        "diklat.change_session": "mengubah sesi",
        "diklat.close": "menutup diklat",
        "diklat.create": "membuat diklat",
        "diklat.move_row": "memindah materi",
        "diklat.propose": "mengusulkan diklat",
        "diklat.publish": "menerbitkan diklat",
        "diklat.remove_row": "menghapus materi",
        "diklat.send_back": "mengembalikan usulan",
        "diklat.set_lead": "menetapkan penanggung jawab",
    },
)
