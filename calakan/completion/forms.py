"""The forms of this room."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from calakan.web.forms import AtMost, Form, Required


class CloseForm(Form):
    """Closing asks for nothing but the button."""


class ExceptionForm(Form):
    orang = HiddenField()
    reason = StringField(
        "Alasan meluluskan", [Required("Tulis alasannya."), AtMost(300)], description="Terbaca oleh peserta."
    )
