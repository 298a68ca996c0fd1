"""The forms of accounts and profiles."""

from __future__ import annotations

from typing import ClassVar

from flask_wtf.file import FileField
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField, TelField
from wtforms.validators import ValidationError

from calakan.kernel.errors import DomainError
from calakan.people import mailboxes, names, phones, typos
from calakan.people.errors import ContactInvalid, PhoneInvalid
from calakan.people.models import Jenjang, Sector, Sex, TokenScope, Wanted
from calakan.people.services import numbers
from calakan.web.forms import AtMost, ChoiceField, Form, Required, SelectMultipleField, TextAreaField
from calakan.web.messages import picks, sentence


class EmailAddress:
    field_flags: ClassVar[dict[str, bool]] = {}

    def __call__(self, form: object, field: EmailField) -> None:
        checked = mailboxes.checked(field.data or "")
        if checked is None:
            raise ValidationError("Tulis alamat email lengkap, mis. nama@contoh.id.")
        field.data = checked


class PersonName:
    """What `names.checked` says of the name, with the titles beside it where the form asks for them."""

    field_flags: ClassVar[dict[str, int]] = {"maxlength": names.MOST_LETTERS}

    def __call__(self, form: Form, field: StringField) -> None:
        before, after = (form[title].data or "" if title in form else "" for title in ("title_before", "title_after"))
        try:
            names.checked(
                field.data or "", title_before=names.title_before(before), title_after=names.title_after(after)
            )
        except DomainError as error:
            raise ValidationError(sentence(error)) from None


class AddressForm(Form):
    """A form with somebody's address: a likely slip is asked about once, and taken when it is sent again unchanged."""

    email_asked = HiddenField("Email yang sudah dipastikan", [AtMost(254)])

    def validate_email(self, field: EmailField) -> None:
        meant = typos.meant(field.data or "") if not field.errors else None
        if meant is not None and self.email_asked.data != field.data:
            self.email_asked.data = field.data
            raise ValidationError(f"Maksudnya {meant}? Bila {field.data} memang benar, kirim sekali lagi.")


class Contact(EmailAddress):
    """An e-mail or, where numbers are accepted, a mobile number in any usual way of writing; what was typed stays."""

    def __call__(self, form: object, field: EmailField) -> None:
        typed = field.data or ""
        if not numbers.accepted() or "@" in typed:
            super().__call__(form, field)
            return
        try:
            field.data = phones.shown_chat(phones.chat_number(typed))
        except PhoneInvalid:
            raise ValidationError(sentence(ContactInvalid())) from None


class ContactForm(AddressForm):
    """`email` may be a number where the operator has set WhatsApp up; else the form is one of an e-mail."""

    said_of_number: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        if numbers.accepted():
            self.email.type, self.email.label.text = "StringField", "Email atau nomor WhatsApp"
            self.email.description = self.said_of_number

    @property
    def address(self) -> str:
        """Only of a valid form: the e-mail, or the number as channels write it."""
        typed: str = self.email.data
        return typed if "@" in typed else phones.chat_number(typed)


class RegisterForm(AddressForm):
    name = StringField(
        "Nama lengkap tanpa gelar",
        [Required("Tulis nama lengkap Bapak/Ibu."), PersonName()],
        description="Gelar diisi kemudian, di profil.",
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        "Email",
        [EmailAddress()],
        description="Tautan konfirmasi dikirim ke alamat ini.",
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        "Kata sandi",
        [Required("Buat kata sandi.")],
        description="Paling sedikit 12 huruf. Beberapa kata yang mudah Bapak/Ibu ingat.",
        render_kw={"autocomplete": "new-password"},
    )
    notice = BooleanField("Saya sudah membaca pemberitahuan privasi.")

    def validate_notice(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError("Centang persetujuan untuk membuat akun.")


class NoticeForm(Form):
    notice = BooleanField("Saya sudah membaca pemberitahuan privasi.")

    def validate_notice(self, field: BooleanField) -> None:
        if not field.data:
            raise ValidationError("Centang dulu untuk melanjutkan.")


class ConfirmForm(Form):
    """What the prover of an address types himself, when the sign-up was made in another browser."""

    name = StringField(
        "Nama lengkap tanpa gelar",
        [Required("Tulis nama lengkap Bapak/Ibu."), PersonName()],
        render_kw={"autocomplete": "name"},
    )
    password = PasswordField(
        "Kata sandi",
        [Required("Tulis kata sandi.")],
        description="Paling sedikit 12 huruf. Kata sandi inilah yang berlaku sejak sekarang.",
        render_kw={"autocomplete": "new-password"},
    )


class TokenForm(Form):
    scope = ChoiceField("Untuk apa", choices=picks(TokenScope), default=TokenScope.READ.value)


class LoginForm(Form):
    email = EmailField("Email", [Required("Tulis email Bapak/Ibu.")], render_kw={"autocomplete": "username"})
    password = PasswordField(
        "Kata sandi",
        [Required("Tulis kata sandi Bapak/Ibu, atau minta kode lewat email.")],
        render_kw={"autocomplete": "current-password"},
    )


class AskCodeForm(ContactForm):
    said_of_number = "Kami kirim enam angka ke sana. Kata sandi tidak perlu."
    email = EmailField(
        "Email",
        [Contact()],
        description="Kami kirim enam angka ke alamat ini. Kata sandi tidak perlu.",
        render_kw={"autocomplete": "username"},
    )


class AddressesForm(AddressForm):
    email = EmailField("Alamat baru", [EmailAddress()], render_kw={"autocomplete": "email"})
    use = ChoiceField(
        "Untuk apa",
        choices=[
            (Wanted.NEW_EMAIL.value, "Ganti alamat utama"),
            (Wanted.SECOND_EMAIL.value, "Email kedua, untuk masuk"),
        ],
        default=Wanted.NEW_EMAIL.value,
    )


class ChangeAddressForm(Form):
    email = EmailField("Email baru", [EmailAddress()])
    reason = StringField("Siapa yang meminta, dan bagaimana dipastikan", [AtMost(300)])


class MailCodeForm(Form):
    code = StringField(
        "Kode enam angka",
        [Required("Tulis enam angka dari pesan kami."), AtMost(40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class SecondCodeForm(Form):
    code = StringField(
        "Kode",
        [Required("Tulis kodenya."), AtMost(40)],
        description="Enam angka dari aplikasi pengautentikasi, atau satu kode cadangan.",
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "off"},
    )


class ActivateForm(Form):
    code = StringField(
        "Kode dari aplikasi",
        [Required("Tulis enam angka dari aplikasi."), AtMost(40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ProofForm(SecondCodeForm):
    current = PasswordField(
        "Kata sandi", [Required("Tulis kata sandi Bapak/Ibu.")], render_kw={"autocomplete": "current-password"}
    )


class PasskeyAnswerForm(Form):
    """What the script of the page brings from the device, as JSON."""

    answer = HiddenField("Jawaban perangkat", [AtMost(20000)])


class PasskeyForm(PasskeyAnswerForm):
    name = StringField(
        "Nama perangkat",
        [Required("Beri nama, supaya nanti dikenali."), AtMost(60)],
        description="Supaya nanti dikenali, mis. HP saya.",
        render_kw={"autocomplete": "off"},
    )


class ForgotForm(Form):
    email = EmailField("Email", [EmailAddress()], render_kw={"autocomplete": "username"})


class ResendForm(Form):
    email = HiddenField("Email", [EmailAddress()])


class NewPasswordForm(Form):
    password = PasswordField(
        "Kata sandi baru",
        [Required("Buat kata sandi.")],
        description="Paling sedikit 12 huruf (panitia dan admin 15).",
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(
        "Kata sandi sekarang", [Required("Tulis kata sandi sekarang.")], render_kw={"autocomplete": "current-password"}
    )


class NameForm(Form):
    title_before = StringField("Gelar di depan nama", [AtMost(60)], description="Mis. Dra. Hj.")
    name = StringField("Nama lengkap (tanpa gelar)", [Required("Tulis nama lengkap Bapak/Ibu."), PersonName()])
    title_after = StringField("Gelar di belakang nama", [AtMost(80)], description="Mis. S.Pd., M.Pd.")


class PaperNameForm(NameForm):
    """What is asked when the name on the certificate is made sure of."""

    employment = ChoiceField("Status kepegawaian")
    nip = StringField(
        "NIP",
        [AtMost(40)],
        description="18 angka; tidak pernah ditampilkan kepada umum.",
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    def offer(self, statuses: list[tuple[str, str]]) -> None:
        self.employment.choices = [("", "Pilih status"), *statuses]
        if self.employment.data is None:
            self.employment.data = ""


class ProfileForm(NameForm):
    sex = ChoiceField("Jenis kelamin", choices=picks(Sex, none="Pilih"))
    phone = TelField(
        "Nomor WhatsApp",
        [AtMost(30)],
        description="Mis. 0812 3456 7890.",
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    jabatan = ChoiceField("Jabatan")
    subject_taught = StringField("Mata pelajaran", [AtMost(80)], description="Hanya untuk guru mapel.")
    jenjang = ChoiceField("Jenjang", choices=picks(Jenjang, none="Pilih jenjang"))
    employment = ChoiceField("Status kepegawaian")
    school_words = StringField(
        "Sekolah",
        [AtMost(120)],
        description="Ketik nama atau NPSN, lalu tekan Cari sekolah. Mis. sdn 1 kedungwuluh.",
        render_kw={"data-sekolah": "/saya/profil/sekolah", "autocomplete": "off"},
    )
    school_id = ChoiceField("Pilih sekolah", coerce=str, validate_choice=False)
    school_elsewhere = StringField(
        "Tempat kerja lain",
        [AtMost(120)],
        description="Isi bila sekolah tidak ada di daftar atau di luar kabupaten ini.",
    )
    kabupaten_elsewhere = StringField(
        "Kabupaten atau kota lain",
        [AtMost(80)],
        description="Hanya bila dari luar kabupaten ini, bersama nama sekolahnya.",
    )
    kecamatan_code = ChoiceField("Kecamatan tempat kerja")
    nip = StringField(
        "NIP",
        [AtMost(40)],
        description="18 angka; tidak pernah ditampilkan kepada umum.",
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    nuptk = StringField(
        "NUPTK", [AtMost(40)], description="16 angka.", render_kw={"inputmode": "numeric", "autocomplete": "off"}
    )
    accept_notice = BooleanField("Data saya benar dan boleh dipakai untuk daftar hadir serta sertifikat.")


class AddPersonForm(AddressForm):
    name = StringField("Nama lengkap", [Required("Tulis namanya."), PersonName()])
    email = EmailField("Email", [EmailAddress()], description="Tautan untuk membuat kata sandi dikirim ke sini.")
    roles = SelectMultipleField("Peran")


class RolesForm(Form):
    roles = SelectMultipleField("Peran", description="Daftar kosong menyisakan peran peserta.")


class SchoolForm(Form):
    npsn = StringField("NPSN", [Required("Tulis NPSN."), AtMost(8)])
    name = StringField("Nama sekolah", [Required("Tulis nama sekolah."), AtMost(120)])
    jenjang = ChoiceField("Jenjang", choices=picks(Jenjang))
    sector = ChoiceField("Status", choices=picks(Sector))
    kecamatan_code = ChoiceField("Kecamatan")
    also = TextAreaField(
        "Nama lain",
        [AtMost(1500)],
        description="Nama lama atau ejaan lain, satu per baris. Pencarian dan impor mengenalinya.",
        render_kw={"rows": 3},
    )
    active = BooleanField("Masih beroperasi", default=True)


class SchoolFileForm(Form):
    file = FileField(
        "Berkas CSV atau XLSX", description="Kolom npsn, nama, jenjang, status, kode_kecamatan; paling besar 5 MB."
    )
