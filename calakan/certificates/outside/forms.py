"""The forms of JP from elsewhere."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import HiddenField, StringField, TextAreaField

from calakan.certificates.outside.services import MOST_JP, Said
from calakan.materials.contents import MOST_BYTES
from calakan.web.forms import AtMost, DayField, Form, Required, WholeNumberField

MOST_KEY_LETTERS = 100_000


class OutsideForm(Form):
    title = StringField("Nama kegiatan", [Required("Tulis nama kegiatannya."), AtMost(200)])
    organiser = StringField("Penyelenggara", [Required("Tulis penyelenggaranya."), AtMost(160)])
    held_on = DayField("Tanggal selesai", [Required("Pilih tanggalnya.")])
    jp = WholeNumberField("JP", low=1, high=MOST_JP, validators=[Required("Tulis jumlah JP pada sertifikatnya.")])
    file = FileField(
        "Sertifikat (PDF atau foto)",
        [Required("Pilih berkasnya dulu.")],
        description=f"Paling besar {MOST_BYTES // 1024 // 1024} MB.",
    )

    def said(self) -> Said:
        """What a valid form holds."""
        held_on, jp = self.held_on.data, self.jp.data
        assert held_on is not None
        assert jp is not None
        return Said(title=self.title.data or "", organiser=self.organiser.data or "", held_on=held_on, jp=jp)


class IssuerForm(Form):
    name = StringField("Nama penerbit", [Required("Tulis nama penerbitnya."), AtMost(160)])
    keys = TextAreaField(
        "Kunci umum",
        [Required("Tempel daftar kuncinya."), AtMost(MOST_KEY_LETTERS)],
        description="Seluruh isi halaman /periksa/kunci.json dari situs penerbit. Minta langsung kepada pengelolanya.",
    )


class DecideForm(Form):
    """`verdict` is the button that was pressed."""

    reason = StringField("Alasan", [AtMost(300)], description="Wajib bila ditolak atau dibatalkan.")
    verdict = HiddenField()
