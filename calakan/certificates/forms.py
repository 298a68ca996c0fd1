"""Forms of the panitia's work on certificates."""

from __future__ import annotations

import re

from flask_wtf.file import FileField, MultipleFileField
from wtforms import PasswordField, StringField
from wtforms.validators import Length, Optional, ValidationError

from calakan.web.forms import AtMost, DayField, Form, Required, WholeNumberField


class SignedFilesForm(Form):
    files = MultipleFileField(
        "Berkas yang sudah ditandatangani",
        description="Beberapa PDF sekaligus, atau satu ZIP; paling banyak 6 MB sekali unggah.",
    )


def _nik(form: Form, field: StringField) -> None:
    if not re.fullmatch(r"\d{16}", field.data or ""):
        raise ValidationError("NIK terdiri atas 16 angka.")


class ReserveForm(Form):
    first = WholeNumberField("Dari nomor urut", [Required()], low=1, high=999_999)
    last = WholeNumberField("Sampai nomor urut", [Required()], low=1, high=999_999)
    purpose = StringField("Untuk apa", [Required(), Length(max=200, message="Terlalu panjang.")])


class EsignForm(Form):
    """Typed by the official each time; nothing of it is kept."""

    nik = StringField(
        "NIK penanda tangan", [Required(), _nik], render_kw={"inputmode": "numeric", "autocomplete": "off"}
    )
    passphrase = PasswordField(
        "Passphrase",
        [Required(), Length(max=200, message="Terlalu panjang.")],
        description="Hanya diteruskan ke layanan BSrE, tidak disimpan.",
        render_kw={"autocomplete": "off"},
    )


class ReasonForm(Form):
    """The reason of a withdrawn or renewed paper."""

    reason = StringField(
        "Alasan",
        [Required("Tulis alasannya; alasan ini ditampilkan kepada umum."), AtMost(300)],
        description="Ditampilkan kepada umum.",
    )


class PastForm(Form):
    """A diklat of the past, and the list of whom it certified."""

    title = StringField("Judul diklat", [Required(), AtMost(120)])
    since = DayField("Hari pertama", [Required("Tulis tanggalnya.")])
    until = DayField("Hari terakhir", [Required("Tulis tanggalnya.")])
    jp = WholeNumberField(
        "Jumlah JP", [Optional()], low=1, high=999, description="Dipakai bila daftarnya tidak memuat kolom JP."
    )
    file = FileField(
        "Daftar (XLSX atau CSV)",
        [Required("Pilih berkasnya dulu.")],
        description="Kolom nama wajib ada; nomor sertifikat, unit kerja, JP, dan peran dibaca bila ada.",
    )


class UndoPastForm(Form):
    reason = StringField("Alasan menarik kembali", [Required("Tulis alasannya."), AtMost(300)])
