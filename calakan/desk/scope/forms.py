"""Whom an official sends to which diklat."""

from __future__ import annotations

from wtforms import TextAreaField

from calakan.web.forms import AtMost, ChoiceField, Form, Required


class SendForm(Form):
    diklat = ChoiceField("Diklat", validators=[Required("Pilih diklatnya.")])
    text = TextAreaField(
        "Tempel daftar",
        [AtMost(20_000)],
        description="Satu orang satu baris: email, NIP, NUPTK, atau nama. Boleh disalin dari Excel, paling banyak 300 baris.",
    )
