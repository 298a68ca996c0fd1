"""Forms of volunteers, of their answers, and of the panitia's side."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, StringField

from calakan.diklat.models import Mode
from calakan.narasumber.models import Volunteer
from calakan.narasumber.services import Offer
from calakan.narasumber.services.volunteers import MOST_LINKS
from calakan.office.house import house
from calakan.people.forms import EmailAddress
from calakan.people.models import Jenjang
from calakan.web.forms import AtMost, ChoiceField, Form, PickManyField, Required, SelectMultipleField, TextAreaField
from calakan.web.messages import picks

LANGUAGES = [
    ("id", "Indonesia"),
    ("jv", "Jawa"),
    ("en", "Inggris"),
    ("ar", "Arab"),
    ("bisindo", "Isyarat (Bisindo/SIBI)"),
]


def _modes() -> list[tuple[str, str]]:
    return [(Mode.ONLINE.value, "Daring"), (Mode.ON_SITE.value, f"Tatap muka di {house().place}")]


class OfferForm(Form):
    headline = StringField(
        "Keahlian dalam satu baris",
        description="Mis. Guru SD penggerak asesmen formatif, atau Bidan dan konselor laktasi.",
        validators=[Required(), AtMost(120)],
    )
    profession = StringField(
        "Pekerjaan dan lembaga",
        description="Guru maupun profesi lain dipersilakan. Mis. Perawat, rumah sakit daerah.",
        validators=[Required(), AtMost(120)],
    )
    bio = TextAreaField(
        "Tentang Bapak/Ibu",
        description="Pengalaman dan hal yang dikuasai. Dua atau tiga kalimat cukup.",
        validators=[AtMost(2000)],
    )
    topics = PickManyField("Bidang", choices=[], none="Belum dipilih")
    levels = PickManyField("Jenjang yang dikuasai", choices=picks(Jenjang), none="Semua jenjang")
    modes = SelectMultipleField("Bersedia mengisi secara", choices=_modes, description="Kosongkan bila keduanya.")
    languages = SelectMultipleField("Bahasa", choices=LANGUAGES)
    links = TextAreaField(
        "Tautan",
        description=f"Satu alamat https:// pada satu baris, paling banyak {MOST_LINKS}. Mis. laman karya atau LinkedIn.",
        validators=[AtMost(700)],
    )
    photo = FileField("Foto", description="JPG, PNG, atau WebP, paling besar 5 MB. Dipotong persegi dan diperkecil.")
    drop_photo = BooleanField("Hapus foto yang ada")
    public = BooleanField(
        "Tampilkan profil saya kepada umum",
        description="Nama, foto, keahlian, dan diklat yang diisi dapat dibuka siapa saja. Dapat dicabut kapan saja.",
    )

    def offer(self, photo_sha256: str | None) -> Offer:
        return Offer(
            headline=self.headline.data or "",
            profession=self.profession.data or "",
            bio=self.bio.data or "",
            topics=list(self.topics.data or []),
            levels=[Jenjang(value) for value in self.levels.data or []],
            modes=list(self.modes.data or []),
            languages=list(self.languages.data or []),
            links=[line for line in (part.strip() for part in (self.links.data or "").splitlines()) if line],
            photo_sha256=photo_sha256,
            drop_photo=bool(self.drop_photo.data),
            public=bool(self.public.data),
        )


def values_of(volunteer: Volunteer) -> dict[str, Any]:
    """What the form of a volunteer starts with."""
    return {
        "headline": volunteer.headline,
        "profession": volunteer.profession,
        "bio": volunteer.bio,
        "topics": [row.topic for row in volunteer.topics],
        "levels": [level.value for level in volunteer.jenjang],
        "modes": volunteer.modes,
        "languages": volunteer.languages,
        "links": "\n".join(volunteer.links),
        "public": volunteer.public,
    }


class DecideForm(Form):
    putusan = ChoiceField("Putusan", choices=[("setuju", "Setujui"), ("tolak", "Tolak")])
    catatan = StringField("Catatan untuk calon narasumber", validators=[AtMost(300)])


class AnswerForm(Form):
    """Two buttons of one name; the reason is for those who cannot."""

    jawab = StringField()
    alasan = StringField("Alasan", validators=[AtMost(300)])


class ReasonForm(Form):
    alasan = StringField("Alasan", validators=[Required("Tulis alasannya."), AtMost(300)])


class OutsideForm(Form):
    """Who has no account: nothing but a name and an address is known."""

    nama = StringField("Nama", validators=[Required("Tulis namanya."), AtMost(100)])
    email = EmailField("Email", validators=[EmailAddress(), AtMost(254)])


class AppointForm(Form):
    """`pasti`: they have spoken already. `bentrok`: the reason for which a clash is accepted."""

    pasti = BooleanField("Sudah menyatakan bisa")
    bentrok = StringField("Alasan menerima bentrok", validators=[AtMost(300)])


class RemarkForm(Form):
    catatan = StringField("Catatan panitia", validators=[Required(), AtMost(300)])


class AccountForm(Form):
    name = StringField("Nama akun", description="Mis. Zoom Dinas 1.", validators=[Required(), AtMost(80)])
    room_url = StringField("Tautan ruang tetap", description="Diawali https://.", validators=[AtMost(500)])
