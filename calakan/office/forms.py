"""The forms of the office's settings and of those who sign certificates."""

from __future__ import annotations

from itertools import product
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, Field, FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from calakan.kernel import clock
from calakan.notifications import ways
from calakan.notifications.budget import SPANS
from calakan.notifications.ways import Way
from calakan.notifications.words import WORDS as CHANNELS
from calakan.office.models import Emblem
from calakan.office.queries import Signer
from calakan.office.services import MOST_SIGNERS
from calakan.paper import undrawable
from calakan.people.errors import NipInvalid
from calakan.people.nip import check_nip
from calakan.web.forms import AtMost, ChoiceField, Form, Required, WholeNumberField
from calakan.web.messages import sentence, word


def sent_file(field: FileField) -> bytes | None:
    if not field.data or not getattr(field.data, "filename", ""):
        return None
    content: bytes = field.data.read()
    return content


def printable(form: Any, field: Any) -> None:
    """Validator: what goes onto a certificate must be drawable."""
    letters = undrawable(field.data or "")
    if letters:
        raise ValidationError(f"Huruf {' '.join(letters)} tidak dapat dicetak pada sertifikat.")


EMBLEM_HINTS = {
    Emblem.LOGO: "Kira-kira persegi, mis. lambang daerah. PNG, JPG, WebP, atau SVG.",
    Emblem.LETTERHEAD: "Memanjang selebar halaman, tercetak sebagai ganti teks kop. PNG, JPG, WebP, atau SVG.",
}
_MOST = {"second": 1000, "minute": 60_000, "hour": 1_000_000, "day": 10_000_000}
_SPAN_WORDS = {"second": "detik", "minute": "menit", "hour": "jam", "day": "hari"}


def _cap(way: Way, span: str) -> WholeNumberField:
    hint = "" if span != "second" else "0 berarti tanpa batas." if way is Way.MAIL else "0 berarti batas penyedia."
    return WholeNumberField(
        f"{CHANNELS.members[Way][way]} per {_SPAN_WORDS[span]}", low=0, high=_MOST[span], description=hint
    )


PARTS = (
    (
        "Penyelenggara", "Nama, wilayah, zona waktu, kontak, teks kop",
        "organiser", "programme_name", "programme_tagline", "short_name", "region", "province", "zone", "contact",
        "privacy_contact", "letterhead_text",
    ),
    (
        "Nomor dan isi sertifikat", "Pola nomor, klasifikasi, surat keterangan, surat tugas, tempat, koreksi",
        "number_pattern", "classification", "statement_pattern", "letter_pattern", "place_of_issue", "event_level",
        "correction_days", "approve_titles",
    ),
    (
        "JP dan kehadiran", "Target setahun, menit per JP, kehadiran minimum, kode hadir",
        "yearly_jp_target", "pppk_jp_target", "minutes_per_jp", "min_attendance_percent", "code_opens_minutes",
    ),
    (
        "Sesi dan ruang", "Tautan ruang, kuota data, jeda antartugas",
        "room_opens_minutes", "room_mb_per_hour", "clash_buffer_minutes",
    ),
    (
        "Kursi dan pendaftaran", "Antrean, batas membatalkan, pendaftaran oleh pembina",
        "promote_late", "leave_days", "official_sends_per_day",
    ),
    (
        "Panitia dan keamanan", "Siapa melihat diklat mana, verifikasi dua langkah",
        "limit_committee", "second_factor_required",
    ),
)  # fmt: skip


class SettingsForm(Form):
    organiser = StringField("Penyelenggara", [Required(), AtMost(120), printable])
    programme_name = StringField("Nama program", [Required(), AtMost(60), printable])
    programme_tagline = StringField("Keterangan program", [AtMost(120), printable])
    short_name = StringField(
        "Nama pendek", [Required(), AtMost(20)], description="Di bawah ikon pada layar utama ponsel."
    )
    region = StringField(
        "Kabupaten atau kota", [Required(), AtMost(60)], description="Lengkap, mis. Kabupaten … atau Kota …."
    )
    province = StringField("Provinsi", [Required(), AtMost(60)], description="Tanpa kata Provinsi.")
    zone = ChoiceField(
        "Zona waktu",
        choices=[(zone.value, zone.value) for zone in clock.Zone],
        description="Semua jam ditulis dan dibaca menurut zona ini.",
    )
    contact = StringField("Kontak penyelenggara", [Required(), AtMost(160)])
    privacy_contact = StringField("Kontak privasi", [Required(), AtMost(160)])
    letterhead_text = TextAreaField(
        "Kop surat",
        [AtMost(400)],
        description="Satu baris tiap baris, mis. pemerintah daerah, dinas, alamat, telepon. "
        "Kosong berarti penyelenggara, nama program, dan kontak.",
    )
    number_pattern = StringField(
        "Pola nomor sertifikat",
        [Required(), AtMost(80), printable],
        description="Isian otomatis: {klas} {urut:04} {bulan_romawi} {bulan} {tahun}",
    )
    classification = StringField(
        "Kode klasifikasi", [Required(), AtMost(20), printable], description="Mengisi {klas}, mis. 400.3.4."
    )
    statement_pattern = StringField(
        "Pola nomor surat keterangan",
        [Required(), AtMost(80), printable],
        description="Isian otomatis yang sama; registernya sendiri, jadi nomornya juga mulai dari 1.",
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
    yearly_jp_target = WholeNumberField(
        "Target JP setahun", low=1, high=500, description="PNS dan semua yang bukan PPPK."
    )
    pppk_jp_target = WholeNumberField("Target JP setahun, PPPK", low=1, high=500)
    minutes_per_jp = WholeNumberField("Menit per JP", low=30, high=60)
    min_attendance_percent = WholeNumberField("Kehadiran minimum bawaan (%)", low=1, high=100)
    code_opens_minutes = WholeNumberField("Kode hadir dihitung sebelum sesi (menit)", low=0, high=60)
    room_opens_minutes = WholeNumberField("Tautan ruang terbuka sebelum sesi (menit)", low=0, high=1440)
    room_mb_per_hour = WholeNumberField("Kuota data ruang rapat (MB per jam)", low=1, high=5000)
    clash_buffer_minutes = WholeNumberField(
        "Jeda antartugas narasumber dan akun rapat (menit)",
        low=0,
        high=240,
        description="Dua sesi yang lebih rapat daripada ini dianggap bentrok.",
    )
    promote_late = BooleanField(
        "Antrean tetap naik sendiri sesudah sesi pertama mulai",
        description="Tanpa ini, sesudah sesi pertama mulai kursi kosong hanya diberikan panitia.",
    )
    leave_days = WholeNumberField(
        "Batas membatalkan sendiri (hari sebelum sesi pertama)",
        low=0,
        high=60,
        description="0: sampai sesi terakhir selesai.",
    )
    official_sends_per_day = WholeNumberField(
        "Orang yang dapat didaftarkan seorang pembina dalam 24 jam", low=1, high=5000
    )
    limit_committee = BooleanField(
        "Panitia hanya melihat dan mengelola diklat tempat mereka tercatat sebagai panitia",
        description="Admin tetap melihat semuanya. Kepanitiaan dicatat pada halaman Sertifikat tiap diklat. "
        "Penanggung jawab tetap menyiapkan diklatnya; yang menerbitkan orang lain.",
    )
    second_factor_required = BooleanField(
        "Panitia dan admin wajib memakai verifikasi dua langkah",
        description="Yang belum memakainya diminta menyiapkannya begitu membuka Calakan.",
    )
    mail_per_second = _cap(Way.MAIL, "second")
    mail_per_minute = _cap(Way.MAIL, "minute")
    mail_per_hour = _cap(Way.MAIL, "hour")
    mail_per_day = _cap(Way.MAIL, "day")
    whatsapp_per_second = _cap(Way.WHATSAPP, "second")
    whatsapp_per_minute = _cap(Way.WHATSAPP, "minute")
    whatsapp_per_hour = _cap(Way.WHATSAPP, "hour")
    whatsapp_per_day = _cap(Way.WHATSAPP, "day")
    telegram_per_second = _cap(Way.TELEGRAM, "second")
    telegram_per_minute = _cap(Way.TELEGRAM, "minute")
    telegram_per_hour = _cap(Way.TELEGRAM, "hour")
    telegram_per_day = _cap(Way.TELEGRAM, "day")
    push_per_second = _cap(Way.PUSH, "second")
    push_per_minute = _cap(Way.PUSH, "minute")
    push_per_hour = _cap(Way.PUSH, "hour")
    push_per_day = _cap(Way.PUSH, "day")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Caps only of the channels that are set up."""
        super().__init__(*args, **kwargs)
        self.ways = ways.configured()
        for way, span in product(Way, SPANS):
            if way not in self.ways:
                del self[f"{way}_per_{span}"]

    def parts(self) -> list[tuple[str, str, list[Field]]]:
        """(heading, what is found there, its fields) in the order of the page; without the limits of channels."""
        return [(heading, holds, [self[name] for name in names]) for heading, holds, *names in PARTS]

    def caps_of(self, way: Way) -> list[Field]:
        return [self[f"{way}_per_{span}"] for span in SPANS]


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


class ScanForm(Form):
    """`signer` is the name that the page showed beside the file."""

    signer = HiddenField()
    file = FileField(
        "Gambar tanda tangan",
        description="PNG transparan, atau pindaian tinta gelap pada kertas putih (PNG, JPG, WebP).",
    )

    def sent_file(self) -> bytes | None:
        """The bytes of the chosen file; its name counts for nothing."""
        return sent_file(self.file)


class EmblemForm(Form):
    """Of the logo or the head of letters; both stand on one page, so each has its prefix."""

    file = FileField()

    def __init__(self, emblem: Emblem, **kwargs: Any) -> None:
        super().__init__(prefix=emblem.value, **kwargs)
        self.file.label.text, self.file.description = word(emblem), EMBLEM_HINTS[emblem]
        self.file.render_kw = {"accept": "image/png,image/jpeg,image/webp,image/svg+xml"}

    def sent_file(self) -> bytes | None:
        """The bytes of the chosen file; its name counts for nothing."""
        return sent_file(self.file)


class SignersForm(Form):
    orang = FieldList(FormField(SignerForm), min_entries=MOST_SIGNERS, max_entries=MOST_SIGNERS)

    @property
    def signers(self) -> list[Signer]:
        """Only of a valid form; in the order asked for, ties as they stand on the page."""
        kept = sorted((block.form for block in self.orang if not block.form.empty), key=lambda f: int(f.place.data))
        return [
            Signer(post=f.post.data, name=f.name.data or "", rank=f.rank.data or "", nip=f.nip.data or "") for f in kept
        ]
