"""The forms of the roster."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, StringField
from wtforms.validators import Optional, ValidationError

from calakan.roster.models import Makes
from calakan.web.forms import AtMost, DayField, Form, Required


class RosterFileForm(Form):
    """A staff list, from whom and of which day."""

    source = StringField(
        "Sumber daftar", [Required(), AtMost(120)], description="Mis. Dapodik SDN 1 Karangjati, BKPSDM."
    )
    as_of = DayField("Berlaku per tanggal", [Required("Tulis tanggalnya.")])
    npsn = StringField("NPSN sekolah", [Optional(), AtMost(8)], description="Bila berkasnya tidak menyebut sekolah.")
    whole = BooleanField("Daftar ini lengkap: yang tidak tercantum sudah keluar dari sekolahnya")
    accounts = BooleanField("Buat akun dari daftar ini: tiap baris menyebut email pemiliknya")
    file = FileField(
        "Daftar guru dan pegawai (XLSX atau CSV)",
        [Required("Pilih berkasnya dulu.")],
        description="Unduhan Dapodik dapat langsung dipakai; paling besar 5 MB.",
    )

    def validate_whole(self, field: BooleanField) -> None:
        if field.data and self.accounts.data:
            raise ValidationError("Hanya untuk data induk: akun tidak ditandai keluar oleh sebuah daftar.")

    @property
    def makes(self) -> Makes:
        return Makes.ACCOUNTS if self.accounts.data else Makes.ROWS


class UndoListForm(Form):
    reason = StringField("Alasan menarik kembali", [Required("Tulis alasannya."), AtMost(300)])
