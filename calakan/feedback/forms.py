"""The questionnaire: four marks and a free word."""

from __future__ import annotations

from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from calakan.feedback.letters import WORDS
from calakan.feedback.models import ITEMS
from calakan.web.forms import AtMost, Form, Required, TextAreaField

SCALE = [("4", "Sangat baik"), ("3", "Baik"), ("2", "Cukup"), ("1", "Kurang")]


class MarkField(RadioField):
    def pre_validate(self, form: object) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError("Pilih satu.") from None


def _mark(item: str) -> MarkField:
    return MarkField(WORDS[item], [Required("Pilih satu.")], choices=SCALE)


class AnswerForm(Form):
    session = HiddenField()
    mastery, delivery, interaction, timing = (_mark(item) for item in ITEMS)
    text = TextAreaField("Pesan untuk narasumber", [AtMost(2000)], description="Tanpa nama. Tulis seperlunya.")

    def marks(self) -> dict[str, int]:
        return {item: int(self[item].data) for item in ITEMS}
