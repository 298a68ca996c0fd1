"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from typing import Any

from calakan.enrolment import errors
from calakan.enrolment.broadcasts import Unreached
from calakan.enrolment.many import Act
from calakan.enrolment.models import BroadcastState, EnrolmentState
from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.people.models import Jenjang
from calakan.web.messages import word

CLOSED = {
    "not_open": "Pendaftaran belum dibuka.",
    "over": "Pendaftaran sudah ditutup.",
    "ended": "Semua sesinya sudah lewat.",
    "late": "Kursi habis dan sesi pertama sudah mulai, jadi antrean ditutup.",
    "draft": "Diklat ini belum terbit.",
    "proposed": "Diklat ini belum terbit.",
    "closed": "Diklat ini sudah selesai.",
    "cancelled": "Diklat ini dibatalkan.",
}

MISSING = {"jabatan": "jabatan", "school_words": "sekolah atau tempat kerja", "accept_notice": "persetujuan data"}


def _eligible(f: dict[str, Any]) -> str:
    if f.get("levels"):
        return f"Diklat ini untuk jenjang {formats.joined([word(Jenjang(x)) for x in f['levels']])}."
    return "Diklat ini untuk jabatan lain. Lihat sasaran peserta pada halaman diklat."


def _not_free(f: dict[str, Any]) -> str:
    whose = word(f["by"]).lower()
    if f["why"] == "unknown":
        return f"Kursi dibagi menurut {whose}, dan {whose}nya belum tercatat pada profil."
    return f"Kursi untuk {whose}nya sudah terisi ({f['taken']} dari {f['most']})."


WORDS = Words(
    phrases={
        "enrolment.moved": "Dipindahkan ke diklat “{title}”.",
        "enrolment.share_title": "*Diklat gratis: {title}*",
        "enrolment.share_start": "Mulai {span}",
        "enrolment.share_how": "{jp} JP, bersertifikat. Daftar lewat HP:",
    },
    sentences={
        errors.EnrolmentClosed: lambda f: (
            f"Pendaftaran ditutup {formats.moment(f['closed_at'])}."
            if f.get("closed_at")
            else CLOSED[f["why"]] + (f" Dibuka {formats.moment(f['opens_at'])}." if f.get("opens_at") else "")
        ),
        errors.NotEligible: _eligible,
        errors.ProfileIncomplete: lambda f: (
            f"Lengkapi profil dulu: {formats.joined([MISSING[x] for x in f['missing']])}."
        ),
        errors.ScheduleOverlap: lambda f: (
            "Jadwalnya bertepatan dengan " + formats.joined([f"“{t}”" for t in f["titles"]]) + "."
        ),
        errors.QuotaBelowSeated: lambda f: (
            f"Sudah {f['taken']} peserta mendapat kursi. Tulis kuota paling sedikit {f['taken']}, batalkan dulu sebagian, "
            "atau centang “Tetap simpan”: tidak ada yang digeser."
        ),
        errors.SharesBelowSeated: lambda f: (
            f"Pada {f['shares']} kelompok sudah lebih banyak yang mendapat kursi daripada batas ini. Naikkan batasnya, "
            "atau centang “Tetap simpan”: tidak ada yang digeser."
        ),
        errors.WishEmpty: "Cari dulu dengan sebuah kata atau jenjang.",
        errors.TooManyWishes: lambda f: (
            f"Paling banyak {f['most']} pencarian yang dikabari. Batalkan salah satunya lebih dulu."
        ),
        errors.AccountClosed: "Akun ini sudah ditutup, jadi tidak dapat didaftarkan.",
        errors.LeaveDeadlineOver: lambda f: (
            f"Batas membatalkan sendiri sudah lewat ({formats.moment(f['until'])}). Hubungi panitia: {f['contact']}."
        ),
        errors.SeatNotFree: _not_free,
        errors.NotEnrolled: "Bapak/Ibu tidak terdaftar pada diklat ini.",
        errors.TooLateToLeave: "Diklat sudah selesai, pendaftaran tidak dapat dibatalkan.",
        errors.NobodyChosen: "Centang peserta lebih dulu.",
        errors.TooManyChosen: lambda f: (
            f"Paling banyak {formats.number(f['most'])} orang sekaligus. Untuk semuanya, centang “Semua yang cocok”."
        ),
        errors.NotNow: "Tindakan ini tidak dapat dilakukan sekarang. Muat ulang halaman peserta.",
        errors.NothingToMove: "Pindahkan ke diklat lain, bukan ke diklat yang sama.",
        errors.NoSeatThere: lambda f: f"Kursi pada {f['title']} sudah penuh.",
        errors.NoSeatLeft: lambda f: (
            f"Kursi kosong tinggal {f['free']}. Naikkan kuota atau batalkan peserta lain lebih dulu."
        ),
        errors.RemovalNeedsReason: "Tulis alasannya; alasan ini dikirim ke email mereka.",
        errors.QuietHour: "Pukul 21.00 sampai 05.00 tidak ada pesan. Pilih jam 05.00 sampai 20.59.",
        errors.BroadcastSent: "Siaran ini sudah dikirim atau dihentikan. Tulis siaran baru.",
        errors.BroadcastEmpty: "Tidak ada penerima dengan saringan dan kanal ini.",
        errors.PlaceholderUnknown: lambda f: (
            f"{f['name']} tidak dikenal. Yang dapat dipakai: {formats.joined(['{' + x + '}' for x in f['known']])}."
        ),
        errors.PlaceholderWithoutValue: lambda f: (
            f"{{{f['name']}}} kosong pada {f['people']} penerima. Hapus dari teks atau persempit saringan."
            if f["people"]
            else f"{{{f['name']}}} hanya dapat dipakai bila diklatnya dipilih."
        ),
        errors.GroupExists: lambda f: f"Teks untuk {f['label']} sudah ada.",
        errors.NotPublic: "Diklat ini belum terbit, jadi belum dapat dibagikan.",
    },
    members={
        EnrolmentState: {
            EnrolmentState.CONFIRMED: "Terdaftar",
            EnrolmentState.WAITING: "Daftar tunggu",
            EnrolmentState.CANCELLED: "Dibatalkan",
        },
        Act: {
            Act.MESSAGE: "Kirim pesan",
            Act.MARK: "Catat kehadiran",
            Act.EXCEPT: "Luluskan dengan alasan",
            Act.MOVE: "Pindahkan ke diklat lain",
            Act.PAPERS: "Terbitkan sertifikat",
            Act.SEAT: "Beri kursi",
            Act.REMOVE: "Batalkan pendaftaran",
        },
        Unreached: {
            Unreached.CLOSED: "Akunnya ditutup.",
            Unreached.UNPROVEN: "Emailnya belum dipastikan.",
            Unreached.MOVED_ON: "Statusnya pada diklat ini sudah berubah.",
        },
        BroadcastState: {
            BroadcastState.DRAFT: "Draf",
            BroadcastState.SENT: "Dikirim",
            BroadcastState.STOPPED: "Dihentikan",
        },
    },
    acts_are_of="Pendaftaran",
    acts={
        "enrolment.add": "mendaftarkan peserta",
        "enrolment.add_share_link": "menyiapkan teks untuk grup",
        "enrolment.text_not_sent": "mencabut tanda teks grup sudah dikirim",
        "enrolment.text_sent": "menandai teks grup sudah dikirim",
        "enrolment.join": "mendaftar",
        "enrolment.leave": "membatalkan pendaftaran",
        "enrolment.move": "memindahkan peserta ke diklat lain",
        "enrolment.promote": "memberi kursi dari daftar tunggu",
        "enrolment.remove": "membatalkan peserta",
        "enrolment.send_broadcast": "mengirim siaran",
        "enrolment.set_plan": "mengatur pengingat",
        "enrolment.stop_broadcast": "menghentikan siaran",
        "enrolment.try_broadcast": "mencoba siaran",
        "enrolment.write_broadcast": "menulis siaran",
    },
    letters={
        "enrolment.broadcast": "Siaran panitia",
        "enrolment.broadcast_trial": "Uji siaran",
        "enrolment.cancelled": "Pendaftaran batal",
        "enrolment.confirmed": "Bukti pendaftaran",
        "enrolment.day_reminder": "Pengingat pagi",
        "enrolment.diklat_cancelled": "Diklat batal",
        "enrolment.promoted": "Naik dari daftar tunggu",
        "enrolment.reminder": "Pengingat satu jam",
        "enrolment.removed": "Dibatalkan panitia",
        "enrolment.session_cancelled": "Sesi batal",
        "enrolment.session_moved": "Jadwal berubah",
        "enrolment.soon": "Pengingat sepuluh menit",
        "enrolment.waiting": "Masuk daftar tunggu",
        "enrolment.wished": "Diklat yang pernah dicari",
    },
)
