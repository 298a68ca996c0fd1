"""Refusals as problem+json (RFC 9457): the page's Indonesian sentence in `detail`, the domain code in `code`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, current_app
from werkzeug.exceptions import HTTPException

from calakan.kernel.errors import DomainError, NotFound
from calakan.web.messages import sentence
from calakan.web.refusals import Refusal

MIME_TYPE = "application/problem+json"
CODES = {
    400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
    409: "conflict", 413: "too_large", 415: "unsupported_media_type", 422: "invalid", 429: "too_many_requests",
    500: "internal", 503: "unavailable", 507: "storage_full",
}  # fmt: skip


class Invalid(Exception):
    """Fields of a request that are wrong: name -> sentences."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def body(status: int, code: str, title: str, detail: str, **more: Any) -> dict[str, Any]:
    kind = f"urn:calakan:problem:{code}"
    return {"type": kind, "title": title, "status": status, "detail": detail, "code": code, **more}


def answer_with(found: dict[str, Any]) -> Response:
    answer = Response(current_app.json.dumps(found), status=found["status"], mimetype=MIME_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def of_refusal(refusal: Refusal) -> Response:
    """What the pages show as a page."""
    error = refusal.error
    if isinstance(error, DomainError):
        return of_domain_error(error)
    code = CODES.get(refusal.status, "bad_request")
    more = {"reference": refusal.reference} if refusal.reference else {}
    answer = answer_with(body(refusal.status, code, refusal.title, refusal.text, **more))
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After", "WWW-Authenticate"):
                answer.headers[name] = value
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="calakan"'
    return answer


def status_of(error: DomainError) -> int:
    """404 for what is not there, 422 for a wrong field, else 409."""
    if isinstance(error, NotFound):
        return 404
    return 409 if error.field is None else 422


def body_of(error: DomainError, status: int | None = None) -> dict[str, Any]:
    status, detail = status or status_of(error), sentence(error)
    more = {"errors": [{"field": error.field, "detail": detail}]} if error.field is not None else {}
    title = {404: "Tidak ditemukan", 409: "Belum bisa", 422: "Isian perlu dibetulkan", 429: "Terlalu sering mencoba"}
    return body(status, error.code, title[status], detail, **more)


def of_domain_error(error: DomainError) -> Response:
    return answer_with(body_of(error))


def of_invalid(error: Invalid) -> Response:
    listed = [{"field": name, "detail": text} for name, texts in error.errors.items() for text in texts]
    return answer_with(body(422, "invalid", "Isian perlu dibetulkan", listed[0]["detail"], errors=listed))
