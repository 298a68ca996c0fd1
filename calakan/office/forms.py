"""The form of the office's settings."""

from __future__ import annotations

from wtforms import StringField

from calakan.web.forms import AtMost, Form, Required, WholeNumberField


class SettingsForm(Form):
    organiser = StringField("Penyelenggara", [Required(), AtMost(120)])
    programme_name = StringField("Nama program", [Required(), AtMost(60)])
    programme_tagline = StringField("Keterangan program", [AtMost(120)])
    place_of_issue = StringField("Tempat penerbitan", [Required(), AtMost(60)])
    signer_post = StringField("Jabatan penanda tangan", [Required(), AtMost(80)])
    signer_name = StringField("Nama penanda tangan", [AtMost(80)])
    signer_rank = StringField("Pangkat penanda tangan", [AtMost(60)])
    signer_nip = StringField("NIP penanda tangan", [AtMost(18)])
    number_pattern = StringField(
        "Pola nomor sertifikat",
        [Required(), AtMost(80)],
        description="Token: {klas} {urut:04} {bulan_romawi} {bulan} {tahun}",
    )
    classification = StringField("Kode klasifikasi", [Required(), AtMost(20)])
    yearly_jp_target = WholeNumberField("Target JP setahun", low=1, high=500)
    minutes_per_jp = WholeNumberField("Menit per JP", low=30, high=60)
    min_attendance_percent = WholeNumberField("Kehadiran minimum bawaan (%)", low=1, high=100)
    room_opens_minutes = WholeNumberField("Tautan ruang terbuka sebelum sesi (menit)", low=0, high=1440)
    contact = StringField("Kontak penyelenggara", [Required(), AtMost(160)])
    privacy_contact = StringField("Kontak privasi", [Required(), AtMost(160)])
