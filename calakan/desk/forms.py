"""What each act on many people asks for, once."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, StringField

from calakan.certificates.models import CertificateRole
from calakan.enrolment.many import Act
from calakan.notifications import ways
from calakan.notifications.ways import Way
from calakan.web.forms import AtMost, ChoiceField, Form, RadioField, Required, SelectMultipleField, TextAreaField
from calakan.web.messages import picks

TOLD = "Dikirim ke email mereka dan tersimpan pada jejak audit."


class ManyForm(Form):
    """`dipilih` are codes of people with dots between; `kunci` is new on each sheet, so that a second tap is known."""

    kunci = HiddenField(validators=[AtMost(40)])


class MessageForm(ManyForm):
    subject = StringField("Judul", [Required(), AtMost(120)])
    body = TextAreaField(
        "Isi",
        [Required(), AtMost(4000)],
        description="Boleh memakai {nama}, {sekolah}, {kecamatan}, {diklat}, dan {tautan}.",
    )
    channels = SelectMultipleField("Kirim lewat", validators=[Required("Pilih paling sedikit satu kanal.")])

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


class MarkForm(ManyForm):
    sesi = ChoiceField("Sesi")
    hadir = RadioField("Catat sebagai", choices=[("y", "Hadir"), ("t", "Tidak hadir")], default="y")
    reason = StringField(
        "Alasan", [Required("Tulis alasannya."), AtMost(300)], description="Tersimpan pada jejak audit."
    )


class LetPassForm(ManyForm):
    reason = StringField(
        "Alasan meluluskan", [Required("Tulis alasannya."), AtMost(300)], description="Terbaca oleh peserta."
    )


class MoveForm(ManyForm):
    ke = ChoiceField("Pindahkan ke")
    reason = TextAreaField("Alasan", [Required("Tulis alasannya."), AtMost(200)], description=TOLD)


class PapersForm(ManyForm):
    jenis = RadioField(
        "Yang diterbitkan",
        choices=[
            (CertificateRole.PARTICIPANT.value, "Sertifikat, bagi yang memenuhi syarat"),
            (CertificateRole.ATTENDEE.value, "Surat keterangan, bagi yang hadir sebagian"),
        ],
        default=CertificateRole.PARTICIPANT.value,
    )


class RemoveForm(ManyForm):
    reason = TextAreaField("Alasan", [Required("Tulis alasannya."), AtMost(300)], description=TOLD)


FORMS: dict[Act, type[ManyForm]] = {
    Act.MESSAGE: MessageForm,
    Act.MARK: MarkForm,
    Act.EXCEPT: LetPassForm,
    Act.MOVE: MoveForm,
    Act.PAPERS: PapersForm,
    Act.SEAT: ManyForm,
    Act.REMOVE: RemoveForm,
}
