"""Forms of check-in and marking by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import ValidationError

from calakan.attendance.models import Part
from calakan.intake.process import LARGEST
from calakan.kernel import formats
from calakan.web.forms import (
    AtMost,
    ChoiceField,
    Form,
    Required,
    SelectMultipleField,
    TextAreaField,
    WholeNumberField,
)
from calakan.web.messages import word

MOST_FILES = 10
UNITS = [("", "Menurut berkas"), ("minutes", "Menit"), ("seconds", "Detik"), ("hours", "Jam")]


class CodeForm(Form):
    kode = StringField(
        "Kode hadir",
        description="Enam angka yang ditampilkan narasumber saat sesi berjalan.",
        validators=[Required("Tulis enam angka kode hadir."), AtMost(20)],
    )
    kunci = HiddenField(validators=[AtMost(40)])


class CheckInForm(Form):
    """The same for programs."""

    code = StringField("Kode hadir", [Required("Tulis enam angka kode hadir."), AtMost(20)])


class OpenForm(Form):
    """`bagian` holds the codes that the session asks for; it is left out where there is but one."""

    bagian = ChoiceField("Kode")
    menit = ChoiceField(
        "Kode berlaku selama",
        choices=[("15", "15 menit"), ("30", "30 menit"), ("60", "1 jam"), ("180", "3 jam")],
        default="30",
    )

    def __init__(self, asked: Sequence[Part], due: Part, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.bagian.choices = [(part.value, word(part)) for part in asked]
        if len(asked) == 1:
            del self.bagian
        elif not self.is_submitted():
            self.bagian.data = due.value


class AskedCodesForm(Form):
    jumlah = ChoiceField(
        "Kode yang diminta",
        choices=[("1", "Satu kode"), ("2", "Kode awal dan akhir"), ("3", "Kode awal, tengah, dan akhir")],
        description="Hadir dihitung bila semua kode yang diminta diisi. Sesudah sesi selesai hanya dapat dikurangi.",
    )


AUTOMATIC = ""
ZONES = [
    ("", "Waktu setempat"),
    ("Asia/Jakarta", "WIB"),
    ("Asia/Makassar", "WITA"),
    ("Asia/Jayapura", "WIT"),
    ("UTC", "UTC"),
]


class ListForm(Form):
    """Files with the people of sessions."""

    files = MultipleFileField("Berkas CSV atau XLSX", description="Boleh beberapa sekaligus, paling besar 5 MB.")
    sesi = ChoiceField(
        "Sesi",
        description="Otomatis: setiap baris mencari sesinya menurut tanggal dan jamnya.",
    )
    menit = WholeNumberField(
        "Paling sedikit berapa menit",
        low=0,
        high=720,
        description="Kosongkan: 80% dari lama sesi. Hanya berlaku bila berkas memuat waktu.",
    )
    zona = ChoiceField(
        "Jam dalam berkas",
        choices=ZONES,
        default=ZONES[0][0],
        description="Dipakai bila berkas tidak menyebut zona waktunya.",
    )
    satuan = ChoiceField(
        "Satuan lamanya",
        choices=UNITS,
        default=UNITS[0][0],
        description="Dipakai bila kolom lamanya memuat angka tanpa satuan.",
    )
    nama = BooleanField("Nama lengkap saja sudah dianggap pasti", default=True)

    def __init__(self, sessions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sesi.choices = [(AUTOMATIC, "Otomatis menurut waktunya"), *sessions]

    def validate_files(self, field: MultipleFileField) -> None:
        field.data = [file for file in field.data or [] if hasattr(file, "read") and file.filename][:MOST_FILES]
        if not field.data:
            raise ValidationError("Pilih berkasnya dulu.")


class BatchForm(Form):
    """What is ticked and chosen on a batch is read by the view."""


class GiveForm(Form):
    """A line of a batch, and the code of the person it is given to."""

    baris = WholeNumberField("Baris", low=0, high=999_999_999)
    orang = StringField("Peserta", [Required("Pilih peserta."), AtMost(10)])
    daftar = HiddenField()


class ClaimForm(Form):
    baris = WholeNumberField("Nama di ruang", low=0, high=999_999_999)


class AppealForm(Form):
    text = TextAreaField(
        "Ajukan kehadiran",
        description="Satu kalimat, mis. “Saya hadir sampai selesai, tetapi HP mati saat kode dibuka”.",
        validators=[Required("Tulis apa yang terjadi."), AtMost(500)],
    )
    photo = FileField(
        "Foto",
        description="Mis. tangkapan layar ruang. JPG, PNG, atau WebP, paling besar 10 MB. Dilihat panitia diklat ini saja.",
    )

    def sent_photo(self) -> bytes | None:
        """The bytes of the chosen file; its name counts for nothing."""
        if not getattr(self.photo.data, "filename", ""):
            return None
        content: bytes = self.photo.data.read(LARGEST + 1)
        return content


class DoorForm(Form):
    nomor = StringField(
        "Nomor pendaftaran",
        [Required("Tulis nomor pendaftarannya."), AtMost(300)],
        description="Mis. BC-7K2M9-QXA4F, di tiket peserta. Pemindai yang mengetik alamat tiket juga dapat dipakai.",
        render_kw={"autofocus": "autofocus", "autocomplete": "off", "autocapitalize": "characters"},
    )


class ReceiveForm(Form):
    sesi = HiddenField()


class AppealAnswerForm(Form):
    sesi = HiddenField()
    orang = HiddenField()
    terima = HiddenField()
    jawaban = StringField("Jawaban", [AtMost(300)])


ALL_BEGUN = ("", "Semua sesi yang sudah mulai")
MOST_MARKED = 3000


class MarkForm(Form):
    """`sel` are cells, as a person's code and the number of a session; `orang` whole rows, in the sessions of `sesi`.

    The view turns them into participants. `izin` and `sakit` are absences whose reason is said by choosing them.
    """

    status = ChoiceField(
        "Tandai sebagai",
        choices=[("hadir", "Hadir"), ("tidak", "Tidak hadir"), ("izin", "Izin"), ("sakit", "Sakit")],
        default="hadir",
    )
    alasan = TextAreaField(
        "Alasan",
        description="Sekali untuk semua yang dipilih, mis. “terlihat di daftar ruang Zoom”. Izin dan sakit boleh tanpa alasan.",
        validators=[AtMost(280)],
    )
    sesi = ChoiceField("Sesi untuk baris yang dicentang", description="Sel yang dicentang memakai sesinya sendiri.")
    orang = SelectMultipleField("Peserta", validate_choice=False)
    sel = SelectMultipleField("Sel", validate_choice=False)

    def __init__(self, sessions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sesi.choices = [ALL_BEGUN, *sessions]
        self.sesi.data = self.sesi.data or ALL_BEGUN[0]  # not asked where there is one session

    @property
    def present(self) -> bool:
        return bool(self.status.data == "hadir")

    @property
    def reason(self) -> str:
        """As it is kept: what was chosen says a part of it."""
        said = {"izin": "Izin", "sakit": "Sakit"}.get(self.status.data, "")
        return ": ".join(part for part in (said, (self.alasan.data or "").strip()) if part)

    def validate_alasan(self, field: TextAreaField) -> None:
        if not self.reason:
            raise ValidationError("Tulis alasan penandaan.")

    def validate_sel(self, field: SelectMultipleField) -> None:
        if not field.data and not self.orang.data:
            raise ValidationError("Pilih sel atau baris peserta lebih dulu.")
        if len(field.data or []) + len(self.orang.data or []) > MOST_MARKED:
            raise ValidationError(f"Paling banyak {formats.number(MOST_MARKED)} pilihan sekali tandai.")
