"""Forms of busy times."""

from __future__ import annotations

from wtforms import StringField

from calakan.web.forms import AtMost, Form, LocalDateTimeField, Required


class BusyForm(Form):
    starts_at = LocalDateTimeField("Mulai", [Required()])
    ends_at = LocalDateTimeField("Sampai", [Required()])
    note = StringField("Keterangan", [AtMost(120)], description="Hanya terlihat oleh Bapak/Ibu dan panitia.")


class CalendarForm(Form):
    url = StringField(
        "Alamat kalender (.ics)",
        [Required(), AtMost(500)],
        description="Diawali https://. Di Google Kalender: Setelan, lalu Alamat rahasia dalam format iCal.",
    )
