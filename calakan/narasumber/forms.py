"""Forms of volunteers and of the panitia's answer to them."""

from __future__ import annotations

from wtforms import BooleanField, StringField

from calakan.web.forms import AtMost, ChoiceField, Form, Required, SelectMultipleField, TextAreaField


class OfferForm(Form):
    headline = StringField(
        "Keahlian dalam satu baris",
        description="Mis. Guru SD di Sokaraja, penggerak asesmen formatif.",
        validators=[Required(), AtMost(120)],
    )
    bio = TextAreaField(
        "Tentang Bapak/Ibu",
        description="Pengalaman mengajar dan topik yang dikuasai. Dua atau tiga kalimat cukup.",
        validators=[AtMost(2000)],
    )
    topics = SelectMultipleField("Bidang", description="Jadwal yang cocok ditampilkan lebih dulu.", choices=[])
    public = BooleanField(
        "Tampilkan profil saya kepada umum",
        description="Nama, keahlian, dan diklat yang diisi dapat dibuka siapa saja. Dapat dicabut kapan saja.",
    )


class DecideForm(Form):
    putusan = ChoiceField("Putusan", choices=[("setuju", "Setujui"), ("tolak", "Tolak")])
    catatan = StringField("Catatan untuk calon narasumber", validators=[AtMost(300)])
