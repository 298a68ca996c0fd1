"""Shapes of what is sent and answered, as JSON Schema; the OpenAPI document is made of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
YES_NO: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
LINK: Schema = {"type": "string", "format": "uri"}


def one_of(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(value) for value in values]}


def maybe(schema: Schema) -> Schema:
    """The same, or null."""
    found = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        found["enum"] = [*schema["enum"], None]
    return found


def many(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def obj(**properties: Schema) -> Schema:
    """Every property is there, and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def paged(schema: Schema) -> Schema:
    return obj(items=many(schema), page=WHOLE, per_page=WHOLE, total=WHOLE)


PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": TEXT,
        "title": TEXT,
        "status": WHOLE,
        "detail": {"type": "string", "description": "Kalimat yang dapat ditunjukkan kepada pengguna."},
        "code": {"type": "string", "description": "Kode tetap untuk program."},
        "errors": many(obj(field=TEXT, detail=TEXT)),
        "reference": TEXT,
    },
    "required": ["type", "title", "status", "detail", "code"],
    "additionalProperties": False,
}
