"""Forms of joining and leaving."""

from __future__ import annotations

from calakan.web.forms import AtMost, Form, TextAreaField


class LeaveForm(Form):
    reason = TextAreaField(
        "Alasan",
        description="Boleh dikosongkan. Hanya panitia yang membacanya.",
        validators=[AtMost(300)],
    )
