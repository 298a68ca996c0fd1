"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.diklat import errors
from calakan.diklat.models import DiklatState, Group, JpRule, Kind, Mode, PresenceRule
from calakan.kernel import formats
from calakan.kernel.wording import Words

TIMES = {
    "reversed": "Waktu selesai harus sesudah waktu mulai.",
    "long": "Satu sesi paling lama 12 jam. Periksa waktu selesainya.",
    "past": "Waktu mulai sudah lewat. Pilih waktu yang akan datang.",
}
MISSING = {"session": "sesi", "programme": "struktur program", "published": "penerbitan"}

WORDS = Words(
    sentences={
        errors.DiklatFinal: "Diklat ini sudah selesai atau dibatalkan, jadi tidak dapat diubah.",
        errors.NotReady: lambda f: (
            "Belum dapat diteruskan. Lengkapi dulu: " + formats.joined([MISSING.get(m, m) for m in f["missing"]]) + "."
        ),
        errors.NotOver: "Masih ada sesi yang belum selesai. Tutup diklat sesudah sesi terakhir.",
        errors.WindowReversed: "Penutupan pendaftaran harus sesudah pembukaannya.",
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
