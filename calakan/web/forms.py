"""What all forms share: tidy text, Indonesian messages, times typed in WIB."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from calakan.kernel.clock import WIB, local
from calakan.kernel.errors import DomainError
from calakan.web.messages import sentence

REQUIRED = "Wajib diisi."
# Marks that turn the direction of what follows; a name never needs them.
_DIRECTION = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def tidy(value: Any) -> Any:
    """NFC, no blanks around; control and direction marks are refused, because they never come from a keyboard."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    if any((unicodedata.category(c) == "Cc" and c not in "\n\t") or c in _DIRECTION or c == "\ufffd" for c in text):
        raise ValueError("Ada tanda yang tidak terbaca. Ketik ulang tanpa menyalin dari berkas lain.")
    return text


class Form(FlaskForm):
    """CSRF is checked by the gate, for every form at once."""

    class Meta(FlaskForm.Meta):
        csrf = False

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            if issubclass(unbound_field.field_class, StringField) and unbound_field.field_class is not SelectField:
                filters = list(unbound_field.kwargs.get("filters", ()))
                if tidy not in filters:
                    options = {**options, "filters": [tidy, *filters]}
                    unbound_field.kwargs.pop("filters", None)
            return unbound_field.bind(form=form, **options)

    def refuse(self, error: DomainError, fallback: str = "") -> None:
        """Put a domain error beside its field, or at the top of the form."""
        name = error.field or fallback
        field = self._fields.get(name)
        if field is None:
            self.form_errors.append(sentence(error))
        else:
            field.errors = [*field.errors, sentence(error)]


class Required:
    """Like DataRequired, with our sentence, and without the HTML attribute that makes browsers speak English."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __init__(self, message: str = REQUIRED) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        if not field.data:
            raise ValidationError(self.message)


class AtMost(Length):
    def __init__(self, most: int) -> None:
        super().__init__(max=most, message=f"Paling banyak {most} huruf.")


class LocalDateTimeField(DateTimeLocalField):
    """A date and time on a clock in Jakarta; its data are UTC."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None  # an emptied field is empty, whatever was stored before
        try:
            super().process_formdata(valuelist if valuelist and valuelist[0] else [])
        except ValueError:
            raise ValueError("Tanggal atau jamnya tidak ada. Pilih lagi.") from None
        if isinstance(self.data, datetime):
            if not 2000 <= self.data.year <= 2100:
                self.data = None
                raise ValueError("Tahunnya tidak wajar. Pilih lagi.")
            self.data = self.data.replace(tzinfo=WIB).astimezone(UTC)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""


class WholeNumberField(IntegerField):
    def __init__(self, *args: Any, low: int, high: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.low, self.high = low, high

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not text:
            return
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or not self.low <= int(text) <= self.high:
            raise ValueError(f"Tulis angka {self.low} sampai {self.high}.")
        self.data = int(text)


class ChoiceField(SelectField):
    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError("Pilih dari daftar.") from None


__all__ = ["AtMost", "ChoiceField", "Form", "LocalDateTimeField", "Required", "TextAreaField", "WholeNumberField"]
