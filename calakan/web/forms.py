"""What all forms share: tidy text, Indonesian messages, times typed by the clock of the house."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import wtforms
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import SUBMIT_METHODS
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    FileField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, ValidationError

from calakan.kernel import text
from calakan.kernel.clock import abbreviation, local, place
from calakan.kernel.errors import DomainError
from calakan.kernel.text import search_key
from calakan.web.messages import sentence

REQUIRED = "Wajib diisi."
_AUTO = inspect.signature(FlaskForm.__init__).parameters["formdata"].default


def tidy(value: Any) -> Any:
    """As `kernel.text` does it, in words for whoever typed."""
    if not isinstance(value, str):
        return value
    try:
        return text.tidy(value)
    except ValueError:
        raise ValueError("Ada tanda yang tidak terbaca. Ketik ulang tanpa menyalin dari berkas lain.") from None


def one_line(value: Any) -> Any:
    """As `tidy`, for a field that takes no line break."""
    return text.one_line(tidy(value)) if isinstance(value, str) else value


def _takes_file(form: Any, name: str) -> bool:
    return any(isinstance(field, FileField) and field.name == name for field in form._fields.values())


class Form(FlaskForm):
    """CSRF is checked by the gate, for every form at once."""

    class Meta(FlaskForm.Meta):
        csrf = False

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            if issubclass(unbound_field.field_class, StringField) and unbound_field.field_class is not SelectField:
                filters = list(unbound_field.kwargs.get("filters", ()))
                lines = issubclass(unbound_field.field_class, TextAreaField | PasswordField)
                cleaned = tidy if lines else one_line
                if cleaned not in filters:
                    options = {**options, "filters": [cleaned, *filters]}
                    unbound_field.kwargs.pop("filters", None)
            return unbound_field.bind(form=form, **options)

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What a page of ours sends: text in fields of text, files in fields of files. JSON is not a form."""
            if formdata is not _AUTO:
                return super().wrap_formdata(form, formdata)
            if request.method not in SUBMIT_METHODS:
                return None
            files = MultiDict((name, file) for name, file in request.files.items(multi=True) if _takes_file(form, name))
            return CombinedMultiDict((files, request.form))

    def sent(self) -> bool:
        """Sent and right; not when only the search of a list was pressed."""
        return "cari" not in request.form and self.validate_on_submit()

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
    """A date and time by the clock of the house, which the label names; its data are UTC."""

    def __init__(self, label: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(f"{label} ({abbreviation()})", *args, **kwargs)

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
            self.data = self.data.replace(tzinfo=place()).astimezone(UTC)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""


class DayField(DateField):
    """A day on the calendar."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data: date | None = None
        try:
            super().process_formdata(valuelist if valuelist and valuelist[0] else [])
        except ValueError:
            raise ValueError("Tanggalnya tidak ada. Pilih lagi.") from None
        if self.data is not None and not 2000 <= self.data.year <= 2100:
            self.data = None
            raise ValueError("Tahunnya tidak wajar. Pilih lagi.")

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.isoformat() if self.data else ""


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


class Listed(SelectField):
    """One of a list that is written as (value, text), or as what returns such pairs, and read as `SelectChoice`."""

    def __init__(self, *args: Any, choices: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices

    @property
    def choices(self) -> Any:
        """None where nobody gave any yet."""
        pairs = SelectField.choices.fget(self)
        return None if pairs is None else [SelectChoice(value, str(text)) for value, text in pairs]

    @choices.setter
    def choices(self, pairs: Any) -> None:
        SelectField.choices.fset(self, pairs)

    def pre_validate(self, form: Any) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError("Pilih dari daftar.") from None


class ChoiceField(Listed):
    """One of a list that opens."""


class RadioField(Listed, wtforms.RadioField):
    """One of a few, all of them seen."""


class SelectMultipleField(Listed, wtforms.SelectMultipleField):
    """Ticked boxes; what is not in the list is refused in Indonesian."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data: list[Any] = []
            raise ValueError("Pilih dari daftar.") from None


class PickManyField(SelectMultipleField):
    """Several of a long list: a folded list with a search box, by the macro `field`. `none` says what no choice means.

    The search works on the server too: its button sends the form with `cari`, and `shown` holds what matches.
    """

    def __init__(self, *args: Any, none: str = "Belum ada yang dipilih", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.none, self.words, self.searched = none, "", False

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        if formdata is not None and formdata.get("cari") == self.name:
            self.words, self.searched = formdata.get(f"{self.name}_cari", "")[:80], True

    @property
    def chosen(self) -> list[str]:
        return [choice.label for choice in self.choices if choice.value in (self.data or [])]

    @property
    def shown(self) -> list[tuple[Any, str, bool]]:
        """(value, text, chosen): the chosen ones first, then what matches the search."""
        held, words = self.data or [], search_key(self.words).split()
        rows = [(choice.value, choice.label, choice.value in held) for choice in self.choices]
        return sorted(
            (row for row in rows if row[2] or all(word in search_key(row[1]) for word in words)),
            key=lambda row: not row[2],
        )


__all__ = [
    "AtMost",
    "ChoiceField",
    "DayField",
    "Form",
    "LocalDateTimeField",
    "PickManyField",
    "RadioField",
    "Required",
    "SelectMultipleField",
    "TextAreaField",
    "WholeNumberField",
]
