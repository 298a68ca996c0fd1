"""Why data are erased, and for how long they are kept."""

from __future__ import annotations

from wtforms import StringField

from calakan.office.house import house
from calakan.privacy.breaches import Told
from calakan.privacy.retention import LEAST, MOST, Kept
from calakan.privacy.words import WORDS
from calakan.web.forms import AtMost, Form, LocalDateTimeField, Required, TextAreaField, WholeNumberField

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


class BreachForm(Form):
    title = StringField("Kejadian dalam satu baris", [Required(), AtMost(120)])
    noticed_at = LocalDateTimeField(
        "Diketahui", [Required()], description="Sejak saat ini dihitung 3 × 24 jam (Pasal 46 UU 27/2022)."
    )
    happened = TextAreaField("Kapan dan bagaimana terjadinya", [Required(), AtMost(2000)])
    what = StringField("Data yang terkena", [Required(), AtMost(300)], description="Mis. nama, email, nomor WhatsApp.")
    affected = StringField("Siapa dan berapa orang", [Required(), AtMost(300)])
    remedy = TextAreaField("Upaya penanganan dan pemulihan", [Required(), AtMost(2000)])

    @property
    def said(self) -> Told:
        """Only of a valid form."""
        assert self.noticed_at.data is not None
        return Told(
            title=self.title.data or "",
            noticed_at=self.noticed_at.data,
            happened=self.happened.data or "",
            data=self.what.data or "",
            affected=self.affected.data or "",
            remedy=self.remedy.data or "",
        )


class EraseForm(Form):
    reason = TextAreaField(
        "Alasan atau dasar",
        description="Tersimpan pada jejak audit, mis. “permintaan yang bersangkutan”. Jangan tulis data pribadi.",
        validators=[Required("Tulis alasan atau dasar penghapusannya."), AtMost(300)],
    )
