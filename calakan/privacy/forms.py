"""Why data are erased, and for how long they are kept."""

from __future__ import annotations

from wtforms import StringField

from calakan.office.house import house
from calakan.privacy.retention import LEAST, MOST, Kept
from calakan.privacy.words import WORDS
from calakan.web.forms import AtMost, Form, Required, TextAreaField, WholeNumberField

AFTER = {
    Kept.ATTENDANCE: "Sejak sesi atau diklatnya selesai. Sesudahnya tersisa hadir atau tidak hadir, dan dari tanda apa.",
    Kept.WORK: "Sejak dikerjakan. Sesudahnya tersisa nilai dan statusnya.",
    Kept.LISTS: "Sejak diunggah. Sesudahnya nama dan email pada barisnya dihapus; kehadirannya tetap.",
    Kept.TRACES: "Sejak tercatat. Sesudahnya dihapus.",
    Kept.MESSAGES: "Sejak dibuat. Sesudahnya tersisa jenis pesan dan waktunya.",
    Kept.CALENDAR: "Sejak waktunya lewat. Sesudahnya dihapus.",
    Kept.EXPORTS: "Sejak dibuat. Sesudahnya berkasnya dihapus.",
}
"""From when on it counts, and what is left then."""

NEWS = {
    1: "Pemberitahuan yang pertama.",
    2: "Masa simpan tiap jenis data, dasar hukum yang dipisahkan dari persetujuan, catatan siapa yang melihat, dan lembaga pengaduan.",
}
"""What each version of the notice said anew."""


def photo_consent() -> str:
    """A change of these words is a new agreement: each person's row keeps those that were agreed to."""
    return (
        f"Saya setuju {house().name} menyimpan dan memuat foto serta rekaman kegiatan yang memperlihatkan saya. "
        "Persetujuan ini dapat saya tarik kapan saja di halaman ini."
    )


def _days(kind: Kept) -> WholeNumberField:
    label = WORDS.members[Kept][kind]
    return WholeNumberField(f"{label} (hari)", low=LEAST[kind], high=MOST[kind], description=AFTER[kind])


class KeepingForm(Form):
    attendance_days = _days(Kept.ATTENDANCE)
    work_days = _days(Kept.WORK)
    list_days = _days(Kept.LISTS)
    trace_days = _days(Kept.TRACES)
    message_days = _days(Kept.MESSAGES)
    calendar_days = _days(Kept.CALENDAR)
    export_days = _days(Kept.EXPORTS)
    complaint_authority = StringField(
        "Lembaga pengaduan",
        [AtMost(160)],
        description="Tempat peserta mengadu di luar dinas, dengan alamatnya. Kosong: lembaga menurut Pasal 58 UU 27/2022.",
    )


class EraseForm(Form):
    reason = TextAreaField(
        "Alasan atau dasar",
        description="Tersimpan pada jejak audit, mis. “permintaan yang bersangkutan”. Jangan tulis data pribadi.",
        validators=[Required("Tulis alasan atau dasar penghapusannya."), AtMost(300)],
    )
