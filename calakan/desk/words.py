"""What the room calls the steps of a diklat, and what each has to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calakan.certificates.models import CertificateRole
from calakan.completion import reasons
from calakan.desk import errors
from calakan.desk.board import Fact, Part, Status, Step
from calakan.desk.scope.services import REMIND
from calakan.desk.scope.standing import Show
from calakan.kernel import clock, formats
from calakan.kernel.wording import Words
from calakan.office.house import house
from calakan.office.queries import office_settings
from calakan.web.messages import word


def _no_paper(f: dict[str, Any]) -> str:
    if f["role"] is CertificateRole.ATTENDEE:
        return "Memenuhi syarat sertifikat, atau tidak hadir sama sekali."
    found = reasons.lines(f["standing"], contact=office_settings().contact, now=clock.now())
    return " ".join(line.text for line in found) or "Tidak ada JP yang dapat dicetak."


WORDS = Words(
    acts_are_of="Binaan",
    acts={REMIND: "mengingatkan binaan yang JP-nya kurang"},
    letters={REMIND: "Pengingat JP dari pembina"},
    phrases={
        "desk.group_title": "*Diklat gratis untuk guru dan tenaga kependidikan*",
        "desk.offered": "*{title}*, {jp} JP",
        "desk.starts": "Mulai {at}",
        "desk.own_jp": "JP yang sudah tercatat dapat dilihat sendiri di",
        "desk.one_title": "Yth. Bapak/Ibu {name}, JP bersertifikat Bapak/Ibu tahun {year}: {jp} dari {target} JP.",
        "desk.one_offered": "Diklat gratis yang dapat diikuti sekarang:",
    },
    sentences={
        errors.MessageNotFor: lambda f: word(f["why"]),
        errors.PaperNotDue: _no_paper,
        errors.SentEnough: lambda f: (
            f"Dalam 24 jam ini Bapak/Ibu sudah mendaftarkan {formats.number(f['most'])} orang, batas bagi satu pembina. "
            f"Lanjutkan besok, atau hubungi panitia: {house().contact}."
        ),
        errors.NobodyBelow: "Tidak ada yang dapat diingatkan: targetnya sudah tercapai, atau bukan binaan Bapak/Ibu.",
        errors.RemindedAlready: "Semuanya sudah diingatkan minggu ini. Lanjutkan minggu depan, atau pakai teks WhatsApp.",
    },
    members={
        Part: {
            Part.DETAILS: "Isi",
            Part.SESSIONS: "Sesi",
            Part.SPEAKERS: "Narasumber",
            Part.PUBLISH: "Terbit",
            Part.INVITE: "Undang",
            Part.RUN: "Jalankan",
            Part.PRESENCE: "Hadir",
            Part.WORK: "Tugas & tes",
            Part.CLOSE: "Tutup",
            Part.PAPERS: "Sertifikat",
            Part.REPORT: "Laporan",
        },
        Show: {
            Show.ALL: "Semua",
            Show.BELOW: "Kurang dari target",
            Show.ABSENT: "Belum ikut diklat",
        },
        Status: {
            Status.DONE: "selesai",
            Status.TODO: "perlu dikerjakan",
            Status.LATER: "nanti",
            Status.NONE: "tidak ada",
        },
    },
)

# What the button of a step says when it is the next one.
DEEDS = {
    Fact.NO_DESCRIPTION: "Tulis uraian",
    Fact.NO_TOPIC: "Pilih topik",
    Fact.NO_SESSION: "Tambah sesi",
    Fact.UNPROVEN: "Periksa program",
    Fact.NO_ROOM: "Isi ruang",
    Fact.NO_SPEAKER: "Undang narasumber",
    Fact.NO_INVITATION: "Kirim teks undangan",
    Fact.RUNNING: "Jalankan sesi",
    Fact.DOUBTS: "Tinjau kehadiran",
    Fact.LISTS: "Lanjutkan daftar hadir",
    Fact.NOBODY: "Isi kehadiran",
    Fact.UNMARKED: "Periksa jawaban",
    Fact.NO_QUESTIONS: "Tulis soal",
    Fact.OVER: "Periksa dan tutup",
    Fact.FAILED: "Lihat sertifikat",
    Fact.SIGNING: "Tanda tangani",
}


def said(step: Step) -> str:
    """One sentence of what stands or lacks."""
    found = _SENTENCES.get((step.part, step.fact)) or _SENTENCES[(None, step.fact)]
    return found if isinstance(found, str) else found(step)


def _seats(step: Step) -> str:
    of = f" dari {formats.number(step.whole)} kursi" if step.whole is not None else ""
    return f"{formats.number(step.count)} terdaftar{of}."


def _following(step: Step) -> str:
    over = f"{step.count} dari {step.whole} sesi selesai." if step.count else ""
    coming = f"Berikutnya {formats.moment(step.at, short=True)}." if step.at else ""
    return f"{over} {coming}".strip()


_SENTENCES: dict[tuple[Part | None, Fact], str | Callable[[Step], str]] = {
    (None, Fact.NO_DESCRIPTION): "Uraian belum ditulis; guru membacanya sebelum mendaftar.",
    (None, Fact.NO_TOPIC): "Topik belum dipilih; tanpa topik, diklat sulit ditemukan.",
    (None, Fact.NO_SESSION): "Belum ada sesi. Materi dan JP ikut terisi dari sesi.",
    (None, Fact.UNPROVEN): lambda s: (
        f"{s.count} baris program belum punya sesi, tugas, atau tes; JP-nya tidak tercetak."
    ),
    (None, Fact.NO_ROOM): lambda s: f"{s.count} sesi belum punya tautan ruang atau tempat.",
    (None, Fact.NO_SPEAKER): lambda s: f"{s.count} sesi belum punya narasumber.",
    (None, Fact.ASKED_SPEAKER): lambda s: f"{s.count} sesi menunggu jawaban narasumber yang diundang.",
    (None, Fact.PUBLISHABLE): "Draf ini belum terlihat oleh umum.",
    (None, Fact.PROPOSED): "Diajukan; menunggu keputusan panitia.",
    (None, Fact.NO_INVITATION): lambda s: f"{_seats(s)} Belum ada teks undangan yang ditandai sudah dikirim.",
    (None, Fact.RUNNING): lambda s: f"Sesi {s.count} sedang berlangsung.",
    (None, Fact.NEXT_SESSION): _following,
    (None, Fact.DOUBTS): lambda s: f"{formats.number(s.count)} kode atau ajuan menunggu ditinjau.",
    (None, Fact.LISTS): lambda s: f"{s.count} daftar hadir sudah dibaca, belum diterapkan.",
    (None, Fact.NOBODY): lambda s: f"Sesi {s.count} sudah lewat, belum ada yang hadir.",
    (None, Fact.UNMARKED): lambda s: f"{formats.number(s.count)} jawaban menunggu diperiksa.",
    (None, Fact.NO_QUESTIONS): lambda s: f"Tes {s.count} belum punya soal.",
    (None, Fact.OVER): "Semua sesi sudah lewat. Periksa kehadiran, lalu tutup.",
    (None, Fact.FAILED): lambda s: f"{formats.number(s.count)} gagal dibuat.",
    (None, Fact.SIGNING): lambda s: f"{formats.number(s.count)} menunggu tanda tangan.",
    (None, Fact.MAKING): lambda s: f"{formats.number(s.count)} dari {formats.number(s.whole or 0)} terbit.",
    (Part.WORK, Fact.NOTHING): "Diklat ini tanpa tugas dan tes.",
    (Part.PRESENCE, Fact.NOTHING): "Tidak ada yang menunggu.",
    (Part.SPEAKERS, Fact.LATER): "Sesudah ada sesi.",
    (Part.PUBLISH, Fact.LATER): "Sesudah sesi dan program lengkap.",
    (Part.INVITE, Fact.LATER): "Sesudah terbit.",
    (Part.RUN, Fact.LATER): "Sesudah terbit.",
    (Part.PRESENCE, Fact.LATER): "Sesudah sesi pertama.",
    (Part.CLOSE, Fact.LATER): lambda s: (
        f"Sesudah sesi terakhir{f', {formats.moment(s.at, short=True)}' if s.at else ''}."
    ),
    (Part.PAPERS, Fact.LATER): "Sesudah ada yang memenuhi syarat.",
    (Part.REPORT, Fact.LATER): "Sesudah diklat ditutup.",
    (Part.DETAILS, Fact.FINE): "Uraian dan topik terisi.",
    (Part.SESSIONS, Fact.FINE): lambda s: f"{s.count} sesi, {s.whole} JP.",
    (Part.SPEAKERS, Fact.FINE): "Semua sesi punya narasumber.",
    (Part.PUBLISH, Fact.FINE): lambda s: f"Terbit {formats.day(s.at, short=True)}." if s.at else "Sudah terbit.",
    (Part.INVITE, Fact.FINE): _seats,
    (Part.RUN, Fact.FINE): lambda s: f"{s.count} sesi selesai.",
    (Part.PRESENCE, Fact.FINE): "Tidak ada yang menunggu.",
    (Part.WORK, Fact.FINE): "Tidak ada yang menunggu.",
    (Part.CLOSE, Fact.FINE): lambda s: f"Ditutup {formats.day(s.at, short=True)}." if s.at else "Sudah ditutup.",
    (Part.PAPERS, Fact.FINE): lambda s: f"{formats.number(s.count)} sertifikat terbit.",
    (Part.REPORT, Fact.FINE): "Daftar peserta dan angka siap diunduh.",
}
