"""The words a person agrees to, kept with the agreement, and the forms around them."""

from __future__ import annotations

from wtforms import BooleanField, StringField, TelField
from wtforms.validators import ValidationError

from calakan.people.errors import PhoneInvalid
from calakan.people.phones import check_phone
from calakan.web.forms import AtMost, Form, Required
from calakan.web.messages import sentence

# A change of these words is a new agreement: each person's row keeps those that were agreed to.
WHATSAPP_CONSENT = (
    "Saya setuju Banyumas Calakan mengirim pesan tentang diklat saya ke nomor WhatsApp ini. Persetujuan ini dapat saya "
    "cabut kapan saja di halaman ini atau dengan membalas BERHENTI."
)
TELEGRAM_CONSENT = (
    "Saya setuju Banyumas Calakan mengirim pesan tentang diklat saya lewat Telegram. Persetujuan ini dapat saya cabut "
    "kapan saja di halaman ini atau dengan mengirim /stop kepada bot."
)
AGREE = "Centang persetujuan untuk melanjutkan."


class WhatsAppForm(Form):
    phone = TelField("Nomor WhatsApp", [Required(), AtMost(24)], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    agree = BooleanField(WHATSAPP_CONSENT, [Required(AGREE)])

    def validate_phone(self, field: TelField) -> None:
        if field.data:
            try:
                check_phone(field.data)
            except PhoneInvalid as error:
                raise ValidationError(sentence(error)) from None

    @property
    def number(self) -> str:
        """Only of a valid form: the digits alone, with the country's code."""
        return check_phone(self.phone.data or "").removeprefix("+")


class CodeForm(Form):
    code = StringField(
        "Kode dari WhatsApp",
        [Required(), AtMost(12)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )

    @property
    def digits(self) -> str:
        return "".join((self.code.data or "").split())


class TelegramForm(Form):
    agree = BooleanField(TELEGRAM_CONSENT, [Required(AGREE)])
