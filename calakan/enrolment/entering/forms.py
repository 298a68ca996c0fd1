"""The five things asked of a stranger. The school gives level and kecamatan; titles, status and numbers come later."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, EmailField, HiddenField, StringField
from wtforms.validators import ValidationError

from calakan.office.house import house
from calakan.people import kabupaten, queries
from calakan.people.forms import Contact, ContactForm, PersonName
from calakan.people.models import School
from calakan.people.services.newcomers import Newcomer
from calakan.web.chrome import lists
from calakan.web.forms import AtMost, ChoiceField, Required

ELSEWHERE = "lain"


# Whoever gives a number agrees to these words, which are kept with it.
CONSENT = "Ke nomor WhatsApp juga dikirim kabar diklat; hentikan di halaman Pesan atau balas BERHENTI."


class EnterForm(ContactForm):
    said_of_number = f"Kode enam angka dikirim ke sana. {CONSENT}"
    name = StringField(
        "Nama lengkap tanpa gelar",
        [Required("Tulis nama lengkap Bapak/Ibu."), PersonName()],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        "Email",
        [Contact()],
        description="Kode enam angka dikirim ke alamat ini.",
        render_kw={"autocomplete": "email"},
    )
    school_words = StringField(
        "Sekolah atau tempat kerja",
        [Required("Tulis nama sekolah atau NPSN."), AtMost(120)],
        description="Ketik nama atau NPSN, mis. sdn 1 kedungwuluh.",
        render_kw={"autocomplete": "off"},
    )
    school_id = ChoiceField("Pilih sekolah", coerce=str, validate_choice=False)
    kabupaten = StringField("Kabupaten atau kota lain", [AtMost(80)])
    jabatan = ChoiceField("Jabatan")
    notice = BooleanField("Saya sudah membaca pemberitahuan privasi.")
    school_asked = HiddenField("Sekolah yang dicari", [AtMost(120)])

    def __init__(self) -> None:
        super().__init__()
        self.jabatan.choices = [("", "Pilih jabatan"), *lists().active("jabatan")]
        self.school_words.description += f" Di luar {house().place}: tulis juga kabupatennya."
        self.kabupaten.description = f"Hanya bila tempat kerjanya di luar {house().region}."
        self.matches: Sequence[School] | None = None
        self.school: School | None = None

    @property
    def away(self) -> str:
        """Another kabupaten than ours, asked of those alone whose school is not found."""
        return kabupaten.tidy(self.kabupaten.data or "")

    def newcomer(self, *, consent: str = "") -> Newcomer:
        """Only of a valid form."""
        here = self.school
        return Newcomer(
            name=self.name.data,
            jabatan=self.jabatan.data,
            school_id=here.id if here is not None else None,
            workplace=here.name if here is not None else self.school_words.data,
            kabupaten=self.away,
            consent=consent,
        )

    def remember(self, said: Newcomer) -> None:
        """What was typed before, so that one thing can be mended."""
        self.name.data, self.jabatan.data = said.name, said.jabatan
        self.school_words.data, self.school_id.data = said.workplace, str(said.school_id or "")
        if said.school_id is None:
            self._offer(queries.search_schools(said.workplace), chosen=ELSEWHERE)
            self.kabupaten.data = said.kabupaten

    def validate_jabatan(self, field: ChoiceField) -> None:
        if not field.data:
            raise ValidationError("Pilih jabatan Bapak/Ibu.")

    def validate_notice(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError("Centang persetujuan untuk mendaftar.")

    def validate_school_words(self, field: StringField) -> None:
        """One school that fits is taken; of several one is chosen, on the page or by the script before."""
        if field.errors:
            return
        chosen, seen = self.school_id.data or "", self.school_asked.data == field.data
        if seen and (chosen == ELSEWHERE or (self.away and not chosen)):
            self._offer(queries.search_schools(field.data), chosen=ELSEWHERE)
            return
        self.school = queries.school(int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else None
        found = queries.search_schools(field.data) if self.school is None or self.away else []
        if len(found) == 1 and not self.away:
            self.school = found[0]
        if self.school is None or self.away:
            self._ask(found)

    def _ask(self, found: Sequence[School]) -> None:
        """What is meant; whoever works elsewhere says so after he has seen what there is."""
        there = self.school
        self.school = None
        self._offer(found, chosen=str(there.id) if there is not None and there in found else "")
        if there is not None:
            told = f"{there.name} ada di {house().region}."
            raise ValidationError(f"{told} Kosongkan kabupatennya, atau pilih yang lain di bawah ini.")
        told = f"{len(found)} sekolah cocok." if found else "Tidak ada sekolah yang cocok."
        raise ValidationError(f"{told} Pilih satu di bawah ini, atau betulkan tulisannya.")

    def _offer(self, found: Sequence[School], *, chosen: str) -> None:
        self.matches, self.school_asked.data, self.school_id.data = found, self.school_words.data, chosen
        self.school_id.choices = [
            ("", "Pilih satu"),
            *[(str(school.id), f"{school.name} – {school.kecamatan.name}") for school in found],
            (ELSEWHERE, f"Tidak ada di daftar: {self.school_words.data}"),
        ]
