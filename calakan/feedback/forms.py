"""The questionnaires: of a session, four marks and a free word; of a diklat, nine marks and its own questions."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from calakan.feedback.models import ELEMENTS, ITEMS, Consent, Survey
from calakan.feedback.surveys import MOST_OWN, Said
from calakan.feedback.words import ELEMENT_WORDS, ITEM_WORDS
from calakan.web.forms import AtMost, Form, RadioField, Required, TextAreaField

SCALE = [("4", "Sangat baik"), ("3", "Baik"), ("2", "Cukup"), ("1", "Kurang")]
QUALITY_SCALE = [("4", "Sangat baik"), ("3", "Baik"), ("2", "Kurang baik"), ("1", "Tidak baik")]
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


def _element(item: str) -> MarkField:
    return MarkField(ELEMENT_WORDS[item][1], [Required("Pilih satu.")], choices=QUALITY_SCALE)


class SurveyAnswerForm(Form):
    """Those of the own questions that the diklat does not have are taken out."""

    u1, u2, u3, u4, u5, u6, u7, u8, u9 = (_element(item) for item in ELEMENTS)
    r1, r2, r3, r4, r5 = (MarkField(validators=[Required("Pilih satu.")], choices=QUALITY_SCALE) for _ in range(5))
    w1, w2, w3, w4, w5 = (TextAreaField(validators=[AtMost(2000)]) for _ in range(5))
    text = TextAreaField("Saran untuk penyelenggara", [AtMost(2000)], description="Tanpa nama. Tulis seperlunya.")

    def __init__(self, survey: Survey) -> None:
        super().__init__()
        for prefix, texts in (("r", survey.rated), ("w", survey.worded)):
            for number in range(1, MOST_OWN + 1):
                if number > len(texts):
                    del self[f"{prefix}{number}"]
                else:
                    self[f"{prefix}{number}"].label.text = texts[number - 1]

    @property
    def marks(self) -> list[MarkField]:
        return [field for field in self if isinstance(field, MarkField)]

    @property
    def words(self) -> list[TextAreaField]:
        return [field for field in self if field.name.startswith("w")]

    def said(self) -> Said:
        return Said(
            marks={item: int(self[item].data) for item in ELEMENTS},
            rated=[int(field.data) for field in self.marks if field.name.startswith("r")],
            worded=[field.data or "" for field in self.words],
            text=self.text.data or "",
        )


class SurveyForm(Form):
    """What a diklat asks at its end."""

    ask = BooleanField("Minta angket diklat dari peserta", description="Sembilan unsur survei kepuasan masyarakat.")
    rated = TextAreaField(
        "Pertanyaan sendiri yang dinilai 1 sampai 4",
        [AtMost(1200)],
        description="Satu pertanyaan per baris.",
    )
    worded = TextAreaField(
        "Pertanyaan sendiri yang dijawab dengan kata-kata",
        [AtMost(1200)],
        description=f"Satu pertanyaan per baris; kedua jenis bersama-sama paling banyak {MOST_OWN}.",
    )

    def lines(self, name: str) -> list[str]:
        return [line.strip() for line in (self[name].data or "").splitlines() if line.strip()]
