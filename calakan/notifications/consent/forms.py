"""The words a person agrees to, kept with the agreement, and the forms around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import BooleanField, StringField, TelField
from wtforms.validators import ValidationError

from calakan.office.house import house
from calakan.people.errors import PhoneInvalid
from calakan.people.phones import check_phone
from calakan.web.forms import AtMost, Form, Required
from calakan.web.messages import sentence


# A change of these words is a new agreement: each person's row keeps those that were agreed to.
def whatsapp_consent() -> str:
    return (
        f"Saya setuju {house().name} mengirim pesan tentang diklat saya ke nomor WhatsApp ini. Persetujuan ini dapat saya "
        "cabut kapan saja di halaman ini atau dengan membalas BERHENTI."
    )


def telegram_consent() -> str:
    return (
        f"Saya setuju {house().name} mengirim pesan tentang diklat saya lewat Telegram. Persetujuan ini dapat saya cabut "
        "kapan saja di halaman ini atau dengan mengirim /stop kepada bot."
    )


AGREE = "Centang persetujuan untuk melanjutkan."


class ConsentField(BooleanField):
    """Its label is what is agreed to, in the name that the house has now."""

    def __init__(self, words: Callable[[], str], *args: Any, **kwargs: Any) -> None:
        super().__init__(words(), *args, **kwargs)


class WhatsAppForm(Form):
    phone = TelField("Nomor WhatsApp", [Required(), AtMost(24)], render_kw={"autocomplete": "tel", "inputmode": "tel"})
    agree = ConsentField(whatsapp_consent, [Required(AGREE)])

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
    agree = ConsentField(telegram_consent, [Required(AGREE)])
