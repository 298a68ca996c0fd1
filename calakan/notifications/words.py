"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from calakan.kernel.wording import Words
from calakan.notifications import errors
from calakan.notifications.models import Why
from calakan.notifications.ways import Way

WORDS = Words(
    phrases={
        "notifications.unsubscribe": "Tidak ingin surat seperti ini lagi: {address}",
        "notifications.contact": "Hubungi panitia: {contact}",
    },
    sentences={
        errors.MessageOnItsWay: "Pesan ini masih dalam antrean atau sudah terkirim.",
        errors.ProofAskedTooOften: "Hari ini sudah cukup banyak kode diminta. Coba lagi besok.",
        errors.ProofOver: "Kode sudah tidak berlaku atau terlalu sering keliru. Minta kode baru.",
        errors.ChannelNotConnected: "Kanal ini belum terhubung dengan akun Bapak/Ibu. Hubungkan dulu di Atur pesan.",
        errors.DeviceInvalid: "Browser ini memakai layanan notifikasi yang tidak dikenal. Pesan tetap sampai lewat email.",
    },
    members={
        Why: {
            Why.NO_LONGER_WANTED: "Tidak berlaku lagi saat akan dikirim",
            Why.EXPIRED: "Waktunya lewat",
            Why.MUTED: "Penerima memilih tidak menerima",
            Why.OTHER_CHANNEL: "Dikirim lewat kanal lain",
            Why.WITHDRAWN: "Kanalnya sudah diputuskan penerima",
            Why.REFUSING: "Ditahan: alamat ini mengembalikan surat kami",
            Why.ERASED: "Data orangnya dihapus",
            Why.CUT_SHORT: "Terputus saat diserahkan; mungkin sudah sampai",
        },
        Way: {
            Way.MAIL: "Email",
            Way.WHATSAPP: "WhatsApp",
            Way.TELEGRAM: "Telegram",
            Way.PUSH: "Notifikasi",
        },
    },
    acts_are_of="Pesan",
    acts={
        "notifications.add_device": "mengaktifkan notifikasi di perangkat",
        "notifications.ask_channel": "meminta kanal pesan",
        "notifications.bounce": "mencatat surat yang kembali",
        "notifications.choose_topics": "memilih pesan",
        "notifications.confirm_channel": "menghubungkan kanal pesan",
        "notifications.remove_device": "menghentikan notifikasi di perangkat",
        "notifications.resend": "mengirim ulang pesan",
        "notifications.resend_failed": "mengirim ulang semua yang gagal",
        "notifications.trust_address": "mencoba lagi alamat email",
        "notifications.try_channel": "menguji kanal pesan",
        "notifications.withdraw_channel": "memutuskan kanal pesan",
    },
    letters={
        "notifications.proof": "Kode konfirmasi",
        "notifications.trial": "Pesan uji",
    },
)
