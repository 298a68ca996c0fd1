"""The forms of the office's settings and of those who sign certificates."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FieldList, FormField, StringField
from wtforms.validators import ValidationError

from calakan.certificates.paper import undrawable
from calakan.kernel import clock
from calakan.office.queries import Signer
from calakan.office.services import MOST_SIGNERS
from calakan.people.errors import NipInvalid
from calakan.people.nip import check_nip
from calakan.web.forms import AtMost, ChoiceField, Form, Required, WholeNumberField
from calakan.web.messages import sentence


def printable(form: Any, field: Any) -> None:
    """Validator: what goes onto a certificate must be drawable."""
    letters = undrawable(field.data or "")
    if letters:
        raise ValidationError(f"Huruf {' '.join(letters)} tidak dapat dicetak pada sertifikat.")


class SettingsForm(Form):
    organiser = StringField("Penyelenggara", [Required(), AtMost(120), printable])
    programme_name = StringField("Nama program", [Required(), AtMost(60), printable])
    programme_tagline = StringField("Keterangan program", [AtMost(120), printable])
    contact = StringField("Kontak penyelenggara", [Required(), AtMost(160)])
    privacy_contact = StringField("Kontak privasi", [Required(), AtMost(160)])
    number_pattern = StringField(
        "Pola nomor sertifikat",
        [Required(), AtMost(80), printable],
        description="Isian otomatis: {klas} {urut:04} {bulan_romawi} {bulan} {tahun}",
    )
    classification = StringField(
        "Kode klasifikasi", [Required(), AtMost(20), printable], description="Mengisi {klas}, mis. 400.3.4."
    )
    letter_pattern = StringField(
        "Pola nomor surat tugas",
        [Required(), AtMost(80), printable],
        description="Isian otomatis yang sama; nomornya dihitung sendiri.",
    )
    place_of_issue = StringField("Tempat penerbitan", [Required(), AtMost(60), printable])
    event_level = StringField("Tingkat kegiatan", [Required(), AtMost(40)], description="Mis. kabupaten.")
    correction_days = WholeNumberField("Masa koreksi sertifikat (hari)", low=0, high=365)
    approve_titles = BooleanField("Perubahan gelar saja disetujui tanpa panitia")
    yearly_jp_target = WholeNumberField("Target JP setahun", low=1, high=500)
    minutes_per_jp = WholeNumberField("Menit per JP", low=30, high=60)
    min_attendance_percent = WholeNumberField("Kehadiran minimum bawaan (%)", low=1, high=100)
    room_opens_minutes = WholeNumberField("Tautan ruang terbuka sebelum sesi (menit)", low=0, high=1440)
    export_days = WholeNumberField("Berkas ekspor disimpan (hari)", low=1, high=365)
    clash_buffer_minutes = WholeNumberField(
        "Jeda antartugas narasumber dan akun rapat (menit)",
        low=0,
        high=240,
        description="Dua sesi yang lebih rapat daripada ini dianggap bentrok.",
    )
    mail_per_second = WholeNumberField("Surel per detik", low=0, high=1000, description="0 berarti tanpa batas.")
    mail_per_minute = WholeNumberField("Surel per menit", low=0, high=60_000)
    mail_per_hour = WholeNumberField("Surel per jam", low=0, high=1_000_000)
    mail_per_day = WholeNumberField("Surel per hari", low=0, high=10_000_000)


class SignerForm(Form):
    """One block; left empty it is nobody."""

    post = StringField("Jabatan", [AtMost(80), printable], description="Mis. Kepala Dinas Pendidikan.")
    name = StringField("Nama dengan gelar", [AtMost(80), printable])
    rank = StringField("Pangkat", [AtMost(60), printable], description="Mis. Pembina Tingkat I.")
    nip = StringField("NIP", [AtMost(40)], render_kw={"inputmode": "numeric", "autocomplete": "off"})
    place = ChoiceField("Urutan dari kiri", choices=[(str(n), str(n)) for n in range(1, MOST_SIGNERS + 1)], default="1")
    gone = BooleanField("Hapus penanda tangan ini")

    @property
    def empty(self) -> bool:
        return bool(self.gone.data) or not any((self.post.data, self.name.data, self.rank.data, self.nip.data))

    def validate_post(self, field: StringField) -> None:
        if not self.empty and not field.data:
            raise ValidationError("Tulis jabatannya, atau kosongkan seluruh isiannya.")

    def validate_nip(self, field: StringField) -> None:
        if field.data and not self.gone.data:
            try:
                field.data = check_nip(field.data, today=clock.today())
            except NipInvalid as error:
                raise ValidationError(sentence(error)) from None


class SignersForm(Form):
    orang = FieldList(FormField(SignerForm), min_entries=MOST_SIGNERS, max_entries=MOST_SIGNERS)

    @property
    def signers(self) -> list[Signer]:
        """Only of a valid form; in the order asked for, ties as they stand on the page."""
        kept = sorted((block.form for block in self.orang if not block.form.empty), key=lambda f: int(f.place.data))
        return [
            Signer(post=f.post.data, name=f.name.data or "", rank=f.rank.data or "", nip=f.nip.data or "") for f in kept
        ]
