"""Forms of joining and leaving."""

from __future__ import annotations

from wtforms import BooleanField

from calakan.web.forms import AtMost, Form, TextAreaField


class JoinForm(Form):
    """What programs may say when they join; the page asks for it with a button of its own."""

    accept_overlap = BooleanField("Tetap daftar walau jadwalnya bertepatan dengan diklat lain")


class LeaveForm(Form):
    reason = TextAreaField(
        "Alasan",
        description="Boleh dikosongkan. Hanya panitia yang membacanya.",
        validators=[AtMost(300)],
    )
