"""Why data are erased."""

from __future__ import annotations

from calakan.web.forms import AtMost, Form, Required, TextAreaField


class EraseForm(Form):
    reason = TextAreaField(
        "Alasan atau dasar",
        description="Tersimpan pada jejak audit, mis. “permintaan yang bersangkutan”. Jangan tulis data pribadi.",
        validators=[Required("Tulis alasan atau dasar penghapusannya."), AtMost(300)],
    )
