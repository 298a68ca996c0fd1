"""What each act on many people asks for, once."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from calakan.certificates.models import CertificateRole
from calakan.enrolment.forms import ByChannels
from calakan.enrolment.many import Act
from calakan.web.forms import AtMost, ChoiceField, Form, RadioField, Required, SelectMultipleField, TextAreaField

TOLD = "Dikirim ke email mereka dan tersimpan pada jejak audit."


class ManyForm(Form):
    """`dipilih` are codes of people with dots between; `kunci` is new on each sheet, so that a second tap is known."""

    kunci = HiddenField(validators=[AtMost(40)])


class MessageForm(ManyForm, ByChannels):
    subject = StringField("Judul", [Required(), AtMost(120)])
    body = TextAreaField(
        "Isi",
        [Required(), AtMost(4000)],
        description="Boleh memakai {nama}, {sekolah}, {kecamatan}, {diklat}, dan {tautan}.",
    )
    channels = SelectMultipleField("Kirim lewat", validators=[Required("Pilih paling sedikit satu kanal.")])


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
