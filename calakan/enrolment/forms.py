"""Forms of joining and leaving, and of what the panitia do to many at once."""

from __future__ import annotations

from wtforms import BooleanField, SelectMultipleField

from calakan.web.forms import AtMost, ChoiceField, Form, Required, TextAreaField


class JoinForm(Form):
    """What programs may say when they join; the page asks for it with a button of its own."""

    accept_overlap = BooleanField("Tetap daftar walau jadwalnya bertepatan dengan diklat lain")


class LeaveForm(Form):
    reason = TextAreaField(
        "Alasan",
        description="Boleh dikosongkan. Hanya panitia yang membacanya.",
        validators=[AtMost(300)],
    )


class BulkForm(Form):
    """`orang` are codes of people; the view turns them into participants."""

    tindakan = ChoiceField("Tindakan", choices=[("batal", "Batalkan pendaftaran"), ("kursi", "Beri kursi")])
    reason = TextAreaField(
        "Alasan", description="Dikirim ke surel mereka dan tersimpan pada jejak audit.", validators=[AtMost(300)]
    )
    orang = SelectMultipleField("Peserta", validate_choice=False, validators=[Required("Pilih peserta lebih dulu.")])
