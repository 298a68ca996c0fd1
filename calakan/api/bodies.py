"""Bodies of requests: JSON checked by the very forms of the pages, and files sent as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import abort, request
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateTimeField, Field, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import Length

from calakan.api.problem import Invalid
from calakan.api.schema import Schema
from calakan.kernel.clock import local
from calakan.web.forms import Form, Required

MOST_JSON = 256 * 1024
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Convert = Mapping[str, Callable[[Any], Any]]


def json_object() -> dict[str, Any]:
    """The object in the body. Anything else is 400, another content type 415, too much 413."""
    if not request.is_json:
        abort(415)
    content = request.get_data()
    if len(content) > MOST_JSON:
        abort(413)
    try:
        found = json.loads(content, parse_constant=_no_constant)
        # Half a surrogate pair is no text, and no database takes it.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(found, dict):
        abort(400)
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


class Body:
    """A JSON object whose properties are the fields of a form; what the form does not have is refused.

    `overrides` replaces the schema of fields that programs give in another way, together with `convert` in `read`.
    """

    def __init__(
        self,
        form: type[Form],
        *,
        without: Sequence[str] = (),
        partial: bool = False,
        optional: Sequence[str] = (),
        overrides: Mapping[str, Schema] | None = None,
    ) -> None:
        self.form, self.without, self.partial, self.optional = form, without, partial, optional
        self.overrides = overrides or {}

    def schema(self) -> Schema:
        """Needs an application, as every form does."""
        fields = [field for field in self.form(formdata=MultiDict()) if field.name not in self.without]
        required = [field.name for field in fields if _required(field) and field.name not in self.optional]
        found: Schema = {
            "type": "object",
            "properties": {field.name: self._property(field) for field in fields},
            "additionalProperties": False,
        }
        return found if self.partial or not required else {**found, "required": required}

    def _property(self, field: Field) -> Schema:
        about = {"title": field.label.text, **({"description": field.description} if field.description else {})}
        return {**(self.overrides.get(field.name) or _shape(field)), **about}

    def read(
        self,
        stored: Mapping[str, Any] | None = None,
        *,
        offer: Callable[[Any], None] | None = None,
        convert: Convert | None = None,
    ) -> Any:
        """The filled and checked form. `stored` is what holds where the body says nothing. Raises Invalid."""
        sent, properties = json_object(), self.schema()["properties"]
        errors = {name: ["Isian ini tidak dikenal."] for name in sent if name not in properties}
        for name in sent.keys() & properties.keys():
            wrong = _mistyped(sent[name], properties[name])
            if wrong:
                errors[name] = [wrong]
        values = {**(stored or {})}
        for name in sent.keys() - errors.keys():
            value = _moment(sent[name]) if properties[name].get("format") == "date-time" else sent[name]
            try:
                values[name] = convert[name](value) if convert and name in convert else value
            except ValueError as error:
                errors[name] = [str(error)]
        if errors:
            raise Invalid(errors)
        form = self.form(formdata=_formdata(values))
        if offer is not None:
            offer(form)
        if not form.validate():
            raise Invalid({str(name or ""): [str(text) for text in texts] for name, texts in form.errors.items()})
        return form


class FileBody:
    """A file as the body itself: `--data-binary @file` with its content type."""

    def __init__(self, *types: str) -> None:
        self.types = types

    def read(self) -> bytes:
        if request.mimetype not in self.types:
            abort(415)
        return request.get_data()


def _required(field: Field) -> bool:
    by_name = {"EmailAddress"}
    return any(isinstance(check, Required) or type(check).__name__ in by_name for check in field.validators)


def _shape(field: Field) -> Schema:
    if isinstance(field, BooleanField):
        return {"type": "boolean"}
    if isinstance(field, IntegerField):
        return {"type": ["integer", "null"], "minimum": getattr(field, "low", 0), "maximum": getattr(field, "high", 0)}
    if isinstance(field, DateTimeField):
        return {"type": ["string", "null"], "format": "date-time"}
    if isinstance(field, SelectMultipleField):
        return {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "maxItems": 100}
    if isinstance(field, SelectField):
        return (
            {"type": "string", "enum": [choice.value for choice in field.choices]}
            if field.choices
            else {"type": "string"}
        )
    lengths = [check.max for check in field.validators if isinstance(check, Length) and check.max > 0]
    return {"type": "string", **({"maxLength": min(lengths)} if lengths else {})}


def _mistyped(value: Any, schema: Schema) -> str:
    """What is wrong with the JSON type; contents are the form's to judge."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if value is None:
        return "" if "null" in kinds else "Isi, atau hilangkan."
    if "boolean" in kinds:
        return "" if isinstance(value, bool) else "Tulis true atau false."
    if "integer" in kinds:
        return "" if isinstance(value, int) and not isinstance(value, bool) else "Tulis angka bulat."
    if "array" in kinds:
        good = isinstance(value, list) and len(value) <= 100 and all(_text(item) for item in value)
        return "" if good else "Tulis daftar teks."
    if schema.get("format") == "date-time":
        return "" if isinstance(value, str) and _moment(value) else "Tulis waktu seperti 2026-11-28T09:00:00+07:00."
    return "" if _text(value) else "Tulis teks."


def _text(value: Any) -> bool:
    return isinstance(value, str) and "\x00" not in value


def _moment(text: str | None) -> datetime | None:
    """An instant with its zone; without one it could mean two things."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and 2000 <= found.year <= 2100 else None


def _formdata(values: Mapping[str, Any]) -> MultiDict[str, str]:
    """The values as a browser would have sent them."""
    found: MultiDict[str, str] = MultiDict()
    for name, value in values.items():
        if value is None or value is False:
            continue
        if value is True:
            found.add(name, "y")
        elif isinstance(value, (list, tuple)):
            for item in value:
                found.add(name, str(item))
        elif isinstance(value, datetime):
            found.add(name, local(value).strftime("%Y-%m-%dT%H:%M:%S"))
        else:
            found.add(name, str(value))
    return found
