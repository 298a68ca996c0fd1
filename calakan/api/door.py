"""What every JSON door does alike: its operation, parameters, lists, and writing with an Idempotency-Key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from flask import Response, current_app, request

from calakan.api import problem, replies
from calakan.api.bodies import Body, FileBody
from calakan.api.errors import KeyInUse, KeyInvalid
from calakan.api.problem import Invalid
from calakan.api.schema import Schema
from calakan.kernel import clock, db
from calakan.web import gate, paging

MOST_PER_PAGE = 100


@dataclass(frozen=True)
class Param:
    """A query parameter. `several` are separated by commas."""

    name: str
    schema: Schema
    about: str
    several: bool = False


PAGING = (
    Param("page", {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 1}, "Nomor halaman."),
    Param(
        "per_page",
        {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": paging.PER_PAGE},
        "Banyaknya baris pada satu halaman.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One line of the API: the route, the policy's endpoint `api.<name>` and the OpenAPI entry come from it."""

    method: str
    path: str
    name: str
    view: Callable[..., Response]
    summary: str
    answers: dict[int, Schema]
    about: str = ""
    public: bool = False
    params: Sequence[Param] = ()
    body: Body | FileBody | None = None
    refusals: Sequence[int] = field(default=())


def query(params: Sequence[Param]) -> dict[str, Any]:
    """The checked query of this request, defaults filled in. Raises Invalid; an unknown name is a typo, not a default."""
    known = {param.name: param for param in params}
    errors = {name: ["Parameter ini tidak dikenal."] for name in request.args if name not in known}
    found: dict[str, Any] = {}
    for param in params:
        text = request.args.get(param.name, "").strip()
        try:
            found[param.name] = (
                _value(param, text) if text else param.schema.get("default", [] if param.several else None)
            )
        except ValueError as error:
            errors[param.name] = [str(error)]
    if errors:
        raise Invalid(errors)
    return found


def _value(param: Param, text: str) -> Any:
    if param.several:
        return [_single(param.schema, part.strip()) for part in text.split(",") if part.strip()]
    return _single(param.schema, text)


def _single(schema: Schema, text: str) -> Any:
    if "enum" in schema and text not in schema["enum"]:
        raise ValueError("Pilih salah satu: " + ", ".join(schema["enum"]) + ".")
    if schema["type"] == "integer":
        low, high = schema["minimum"], schema["maximum"]
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or not low <= int(text) <= high:
            raise ValueError(f"Tulis angka {low} sampai {high}.")
        return int(text)
    if schema["type"] == "boolean":
        if text not in ("true", "false"):
            raise ValueError("Tulis true atau false.")
        return text == "true"
    if schema.get("format") == "date":
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ValueError("Tulis tanggal seperti 2026-11-28.") from None
        if not 2000 <= day.year <= 2100:
            raise ValueError("Tahunnya tidak wajar.")
        return day
    return text[:200]


def listed(wanted: sa.Select[Any], asked: dict[str, Any], show: Callable[[Sequence[Any]], list[Any]]) -> Response:
    """One page of a list."""
    page = paging.page(wanted, per_page=asked["per_page"], number=asked["page"])
    body = {"items": show(page.items), "page": page.number, "per_page": page.per_page, "total": page.total}
    return answer(body)


def answer(body: Any, status: int = 200) -> Response:
    kind = "application/json" if status < 400 else problem.MIME_TYPE
    return Response(json.dumps(body, ensure_ascii=False), status=status, mimetype=kind)


def has_body() -> bool:
    return bool(request.get_data(cache=True))


def instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if value is not None else None


def address(path: str) -> str:
    """The full address of a page."""
    base: str = current_app.extensions["calakan.settings"].base_url
    return base + path


def me() -> int:
    """The person whose token it is."""
    person_id = gate.actor().person_id
    assert person_id is not None
    return person_id


@dataclass(frozen=True)
class Reply:
    """What a write answers."""

    body: dict[str, Any]
    status: int = 200


def write(work: Callable[[], Reply]) -> Response:
    """One transaction around `work`, which calls one service and shows what it made.

    A POST with an Idempotency-Key keeps its reply in the same transaction; asked again, the same reply is given and
    nothing is done. A refused request changed nothing and is not kept. Raises KeyInvalid, KeyReused, KeyInUse.
    """
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None:
        with db.transaction():
            reply = work()
        return answer(reply.body, reply.status)
    if not (0 < len(key) <= 100 and key.isascii() and key.isprintable()):
        raise KeyInvalid()
    token, fingerprint, now = gate.token_hash(), _fingerprint(), clock.now()
    replayed = _replayed(token, key, fingerprint, now)
    if replayed is not None:
        return replayed
    try:
        with db.transaction():
            row = replies.reserve(token, key, fingerprint, now=now)
            reply = work()
            row.status, row.body = reply.status, reply.body
    except KeyInUse:
        replayed = _replayed(token, key, fingerprint, now)
        if replayed is None:
            raise
        return replayed
    return answer(reply.body, reply.status)


def _replayed(token: str, key: str, fingerprint: str, now: datetime) -> Response | None:
    kept = replies.kept(token, key, fingerprint, now=now)
    if kept is None:
        return None
    again = answer(kept.body, kept.status)
    again.headers["Idempotent-Replayed"] = "true"
    return again


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for part in (request.method, request.full_path, request.mimetype):
        digest.update(part.encode() + b"\n")
    digest.update(request.get_data(cache=True))
    return digest.hexdigest()
