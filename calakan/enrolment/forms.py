"""Forms of joining and leaving, and of what the panitia do to many at once."""

from __future__ import annotations

from datetime import time
from typing import Any

from wtforms import BooleanField, StringField
from wtforms.validators import Optional

from calakan.enrolment import plans
from calakan.kernel.actor import Role
from calakan.notifications import ways
from calakan.notifications.ways import Way
from calakan.people.models import Jenjang
from calakan.web.forms import (
    AtMost,
    ChoiceField,
    Form,
    LocalDateTimeField,
    Required,
    SelectMultipleField,
    TextAreaField,
)
from calakan.web.messages import picks


class JoinForm(Form):
    """What programs may say when they join; the page asks for it with a button of its own."""

    accept_overlap = BooleanField("Tetap daftar walau jadwalnya bertepatan dengan diklat lain")


_LEVELS = picks(Jenjang, none="Semua")


class WishForm(Form):
    """A search that found nothing, as its page sends it."""

    q = StringField("Kata", [AtMost(80)])
    jenjang = ChoiceField("Jenjang", choices=lambda: [*_LEVELS(), ("umum", "Lintas jenjang")], default="")


class LeaveForm(Form):
    reason = TextAreaField(
        "Alasan",
        description="Boleh dikosongkan. Hanya panitia yang membacanya.",
        validators=[AtMost(300)],
    )


class PasteForm(Form):
    text = TextAreaField(
        "Daftar",
        [Required("Tempelkan daftarnya."), AtMost(20_000)],
        description="Satu orang satu baris: email, NIP, NUPTK, atau nama. Boleh disalin dari Excel, paling banyak 300 baris.",
    )


MOMENTS = [
    *((f"d{n}", f"{n} hari sebelum, pagi") for n in (14, 7, 5, 3, 2)),
    ("d1", "Sehari sebelum, pagi"),
    (plans.SAME_DAY, "Pagi hari itu, satu surat untuk semua sesinya"),
    (plans.HOUR, "Satu jam sebelum, dengan tautan ruang"),
    (plans.TEN, "Sepuluh menit sebelum, hanya lewat WhatsApp, Telegram, atau notifikasi"),
    (plans.CODE, "Kode hadir hampir ditutup dan belum diisi"),
    (plans.SURVEY, "Sesudah sesi: angket yang belum diisi"),
    (plans.DEADLINE, "Sehari sebelum batas waktu yang belum dipenuhi, pagi"),
]


class PlanForm(Form):
    """The reminder plan of one diklat."""

    remind = BooleanField("Kirim pengingat untuk diklat ini")
    moments = SelectMultipleField("Kapan diingatkan", choices=MOMENTS)
    morning = ChoiceField(
        "Jam pengingat pagi",
        choices=[(f"{h:02}:{m:02}", f"{h:02}.{m:02}") for h in range(5, 21) for m in (0, 30)],
    )
    note = TextAreaField(
        "Catatan dari panitia",
        description="Ikut tertulis pada pengingat pagi, mis. “Siapkan modul ajar masing-masing.”",
        validators=[AtMost(300)],
    )
    spare_mail = BooleanField(
        "Tanpa email bagi yang menerimanya lewat WhatsApp, Telegram, atau notifikasi",
        description="Menghemat batas server email. Pembatalan dan perubahan jadwal tetap dikirim lewat email juga.",
    )
    anyway = BooleanField("Simpan walau tidak semua terjangkau")

    def plan(self) -> plans.Plan:
        hour, _, minute = (self.morning.data or "").partition(":")
        spare = bool(self.spare_mail.data)
        return plans.Plan(tuple(self.moments.data or ()), time(int(hour), int(minute)), self.note.data or "", spare)


STAGES = [("confirmed", "Terdaftar"), ("waiting", "Daftar tunggu"), ("cancelled", "Batal")]


class ByChannels(Form):
    """A message that leaves by the ticked ones of `channels`."""

    channels: SelectMultipleField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With mail alone there is nothing to choose."""
        super().__init__(*args, **kwargs)
        if ways.others():
            self.channels.choices = picks(ways.configured())()
        else:
            del self.channels

    @property
    def chosen(self) -> list[Way]:
        return [Way(value) for value in self.channels.data or ()] if "channels" in self else [Way.MAIL]


class BroadcastForm(ByChannels):
    """A message to many: who, and what."""

    diklat = ChoiceField("Diklat")
    stage = ChoiceField("Tahap pada diklat itu", choices=STAGES)
    jenjang = ChoiceField("Jenjang", choices=picks(Jenjang, none="Semua"))
    kecamatan = ChoiceField("Kecamatan")
    npsn = StringField("NPSN sekolah", description="Kosongkan untuk semua sekolah.", validators=[AtMost(8)])
    role = ChoiceField("Peran", choices=picks(Role, none="Semua"))
    subject = StringField("Judul", validators=[Required(), AtMost(120)])
    body = TextAreaField(
        "Isi",
        description="Boleh memakai {nama}, {sekolah}, {kecamatan}; bila diklat dipilih juga {diklat} dan {tautan}.",
        validators=[Required(), AtMost(4000)],
    )
    channels = SelectMultipleField("Kirim lewat", validators=[Required("Pilih paling sedikit satu kanal.")])


class SendForm(Form):
    at = LocalDateTimeField("Kirim pada", description="Kosongkan untuk mengirim sekarang.", validators=[Optional()])


class ShareForm(Form):
    group = ChoiceField(
        "Jenis grup",
        choices=[
            ("kkg", "KKG"),
            ("mgmp", "MGMP"),
            ("sekolah", "Sekolah"),
            ("kecamatan", "Kecamatan"),
            ("lain", "Lainnya"),
        ],
    )
    label = StringField("Nama grup", description="Mis. KKG Gugus 3.", validators=[Required(), AtMost(80)])
