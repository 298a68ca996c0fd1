"""What the room calls its refusals, the members of its lists, its acts and its letters."""

from __future__ import annotations

from typing import Any

from calakan.kernel import formats
from calakan.kernel.wording import Words
from calakan.narasumber import errors
from calakan.narasumber.models import AssignmentState, Duty, NoteKind, VolunteerState
from calakan.office.house import house


def _clash(f: dict[str, Any]) -> str:
    when = formats.span(f["starts_at"], f["ends_at"])
    if f["own"]:
        return f"{f['name']} tidak bisa di “{f['title']}”: pada {when} menandai diri sibuk."
    return (
        f"{f['name']} tidak bisa di “{f['title']}” ({f['place']}): pada {when} sudah bertugas di "
        f"“{f['other_title']}” ({f['other_place']})."
    )


def _account_clash(f: dict[str, Any]) -> str:
    when = formats.span(f["starts_at"], f["ends_at"])
    return f"{f['name']} sudah dipakai “{f['other_title']}” pada {when}. Satu akun rapat hanya untuk satu sesi."


PHOTOS = {
    "kind": "Foto harus JPG, PNG, atau WebP yang utuh.",
    "large": "Foto paling besar 5 MB.",
    "pixels": "Ukuran gambar terlalu besar. Perkecil dulu, lalu unggah lagi.",
    "busy": "Foto lain sedang dibaca. Tunggu sebentar, lalu unggah lagi.",
}

WORDS = Words(
    phrases={
        "narasumber.busy": "waktu sibuk",
    },
    sentences={
        errors.SpeakerClash: _clash,
        errors.AccountClash: _account_clash,
        errors.OverrideNotAllowed: "Bentrok hanya dapat diterima oleh panitia.",
        errors.AccountUnknown: "Akun rapat ini tidak ada lagi. Pilih yang lain.",
        errors.AccountTaken: "Nama akun rapat ini sudah ada.",
        errors.NotAVolunteer: "Orang ini belum disetujui sebagai narasumber.",
        errors.OutsiderClosed: "Akun dengan alamat email ini sudah ditutup, jadi tidak dapat diundang.",
        errors.SlotClosed: "Jadwal ini sudah tidak mencari narasumber.",
        errors.SlotTaken: "Terima kasih, tetapi jadwal ini baru saja terisi narasumber lain.",
        errors.AlreadyAsked: lambda f: f"{f['name']} sudah diundang atau sudah tercatat pada sesi ini.",
        errors.TooManyInvitations: lambda f: (
            f"{f['name']} sudah diundang {f['most']} kali dalam sehari. Pilih relawan lain, atau coba lagi besok."
        ),
        errors.InvitationExpired: "Waktu menjawab undangan ini sudah lewat. Tidak ada yang berubah.",
        errors.InvitationReplaced: "Tautan ini sudah diganti undangan yang lebih baru. Buka email terakhir dari kami.",
        errors.InvitationAnswered: lambda f: (
            f"Undangan ini sudah dijawab. Untuk mengubahnya, hubungi panitia: {house().contact}."
        ),
        errors.CheckInTooEarly: lambda f: f"Lapor hadir dibuka mulai {formats.moment(f['opens_at'])}.",
        errors.NotYourSession: "Bapak/Ibu tidak tercatat pada sesi ini.",
        errors.AlreadyVolunteer: "Keputusan ini sudah tercatat.",
        errors.PhotoUnreadable: lambda f: PHOTOS[f["why"]],
        errors.LinkNotAllowed: "Tautan harus diawali https:// dan paling banyak tiga baris.",
    },
    members={
        VolunteerState: {
            VolunteerState.APPLIED: "Menunggu",
            VolunteerState.APPROVED: "Disetujui",
            VolunteerState.DECLINED: "Ditolak",
        },
        Duty: {
            Duty.SPEAKER: "Narasumber",
            Duty.MODERATOR: "Moderator",
        },
        AssignmentState: {
            AssignmentState.OFFERED: "Menawarkan diri",
            AssignmentState.INVITED: "Diundang",
            AssignmentState.CONFIRMED: "Terdaftar",
            AssignmentState.DECLINED: "Ditolak",
            AssignmentState.RELEASED: "Dilepas",
            AssignmentState.LAPSED: "Tidak menjawab",
            AssignmentState.MISSED: "Tidak hadir",
        },
        NoteKind: {
            NoteKind.SUBSTITUTED: "Menjadi pengganti",
            NoteKind.MISSED: "Tidak hadir",
            NoteKind.UNANSWERED: "Tidak menjawab",
            NoteKind.STEPPED_BACK: "Berhalangan",
            NoteKind.REMARK: "Catatan",
        },
    },
    acts_are_of="Narasumber",
    acts={
        "narasumber.accept_clash": "menerima bentrok",
        "narasumber.add_account": "menambah akun rapat",
        "narasumber.agree": "menjawab bisa",
        "narasumber.ask_substitute": "meminta pengganti",
        "narasumber.bring_in": "mengundang orang dari luar sebagai narasumber",
        "narasumber.check_in": "lapor hadir di ruang",
        "narasumber.confirm": "menetapkan narasumber",
        "narasumber.decide": "memutuskan calon narasumber",
        "narasumber.decline": "menjawab tidak bisa",
        "narasumber.decline_offer": "menolak tawaran",
        "narasumber.doubt": "menanyakan lagi yang belum pasti",
        "narasumber.invite": "mengundang narasumber",
        "narasumber.lapse": "melewatkan undangan yang tidak dijawab",
        "narasumber.offer_to_speak": "mendaftar sebagai narasumber",
        "narasumber.show_page": "menyetujui halaman narasumber dilihat umum",
        "narasumber.hide_page": "menarik persetujuan halaman narasumber",
        "narasumber.relay_dry": "kehabisan relawan untuk ditawari",
        "narasumber.release": "melepas narasumber",
        "narasumber.remark": "mencatat tentang narasumber",
        "narasumber.resume_relay": "mencari narasumber secara otomatis lagi",
        "narasumber.step_back": "melepas jadwal karena berhalangan",
        "narasumber.stop_relay": "menghentikan pencarian narasumber otomatis",
        "narasumber.switch_account": "mengubah akun rapat",
        "narasumber.volunteer_for": "mengambil jadwal",
        "narasumber.withdraw": "mengundurkan diri dari jadwal",
    },
    letters={
        "narasumber.confirmed": "Penetapan narasumber",
        "narasumber.decided": "Putusan calon narasumber",
        "narasumber.diklat_cancelled": "Diklat narasumber batal",
        "narasumber.invited": "Undangan narasumber",
        "narasumber.needs_panitia": "Sesi perlu panitia",
        "narasumber.reminder": "Pengingat narasumber",
        "narasumber.released": "Narasumber dilepas",
        "narasumber.session_cancelled": "Sesi narasumber batal",
        "narasumber.session_moved": "Jadwal narasumber berubah",
    },
)
