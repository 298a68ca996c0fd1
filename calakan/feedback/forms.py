"""The questionnaire: four marks and a free word."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import ValidationError

from calakan.feedback.models import ITEMS, Consent
from calakan.feedback.words import ITEM_WORDS
from calakan.web.forms import AtMost, Form, RadioField, Required, TextAreaField

SCALE = [("4", "Sangat baik"), ("3", "Baik"), ("2", "Cukup"), ("1", "Kurang")]
QUOTE = [
    ("", "Jangan dimuat"),
    (Consent.NAMELESS.value, "Boleh, tanpa nama"),
    (Consent.NAMED.value, "Boleh, dengan nama dan unit kerja"),
]


class MarkField(RadioField):
    def pre_validate(self, form: object) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError("Pilih satu.") from None


def _mark(item: str) -> MarkField:
    return MarkField(ITEM_WORDS[item], [Required("Pilih satu.")], choices=SCALE)


class AnswerForm(Form):
    session = HiddenField()
    mastery, delivery, interaction, timing = (_mark(item) for item in ITEMS)
    text = TextAreaField("Pesan untuk narasumber", [AtMost(2000)], description="Tanpa nama. Tulis seperlunya.")
    quote = MarkField(
        "Bolehkah pesan ini dikutip di laporan program?",
        choices=QUOTE,
        default="",
        description="Izin dapat ditarik kapan saja di halaman Data saya.",
    )

    def consent(self) -> Consent | None:
        return Consent(self.quote.data) if self.quote.data else None

    def marks(self) -> dict[str, int]:
        return {item: int(self[item].data) for item in ITEMS}
