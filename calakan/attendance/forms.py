"""Forms of check-in and marking by hand."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import ValidationError

from calakan.web.forms import (
    AtMost,
    ChoiceField,
    Form,
    Required,
    SelectMultipleField,
    TextAreaField,
    WholeNumberField,
)


class CodeForm(Form):
    kode = StringField(
        "Kode hadir",
        description="Enam angka yang ditampilkan narasumber saat sesi berjalan.",
        validators=[Required("Tulis enam angka kode hadir."), AtMost(20)],
    )


class CheckInForm(Form):
    """The same for programs."""

    code = StringField("Kode hadir", [Required("Tulis enam angka kode hadir."), AtMost(20)])


class OpenForm(Form):
    menit = ChoiceField(
        "Kode berlaku selama",
        choices=[("15", "15 menit"), ("30", "30 menit"), ("60", "1 jam"), ("180", "3 jam")],
        default="30",
    )


class ListForm(Form):
    """A file with the people of a session."""

    sesi = ChoiceField("Sesi")
    file = FileField("Berkas CSV atau XLSX", description="Paling besar 5 MB.")
    menit = WholeNumberField(
        "Paling sedikit berapa menit",
        low=0,
        high=720,
        description="Kosongkan: 80% dari lama sesi. Hanya berlaku bila berkas memuat waktu.",
    )

    def __init__(self, sessions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sesi.choices = sessions

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError("Pilih berkasnya dulu.")


class SaveListForm(Form):
    """What the preview carries over; who is ticked is read by the view."""

    sesi = ChoiceField("Sesi")
    sumber = StringField("Berkas", [AtMost(80)])

    def __init__(self, sessions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sesi.choices = sessions


class MarkForm(Form):
    """`orang` are codes of people; the view turns them into participants."""

    sesi = ChoiceField("Sesi")
    status = ChoiceField("Tandai sebagai", choices=[("hadir", "Hadir"), ("tidak", "Tidak hadir")], default="hadir")
    alasan = TextAreaField(
        "Alasan",
        description="Tersimpan pada catatan, mis. “terlihat di daftar ruang Zoom”.",
        validators=[Required("Tulis alasan penandaan."), AtMost(300)],
    )
    orang = SelectMultipleField("Peserta", validate_choice=False, validators=[Required("Pilih peserta lebih dulu.")])

    def __init__(self, sessions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sesi.choices = sessions
