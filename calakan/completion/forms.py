"""The forms of this room."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, StringField

from calakan.completion.standing import Lack
from calakan.web.forms import AtMost, ChoiceField, Form, Required


class CloseForm(Form):
    """The button, and whether those who were there in part get a surat keterangan with it."""

    keterangan = BooleanField("Sekalian terbitkan surat keterangan")


class RemindForm(Form):
    kurang = ChoiceField("Yang kurang", choices=[(lack.value, lack.value) for lack in Lack])


class ExceptionsForm(RemindForm):
    reason = StringField("Alasan meluluskan", [Required("Tulis alasannya."), AtMost(300)])


class ExceptionForm(Form):
    orang = HiddenField()
    reason = StringField(
        "Alasan meluluskan", [Required("Tulis alasannya."), AtMost(300)], description="Terbaca oleh peserta."
    )
