"""The one list of operations, and the blueprint made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, g, request

from calakan.api import (
    attendance,
    certificates,
    diklat,
    document,
    door,
    enrolment,
    narasumber,
    people,
    problem,
    reports,
)
from calakan.api.door import Operation
from calakan.web import refusals
from calakan.web.limits import limiter, network

PREFIX = "/api/v1"
OPERATIONS: list[Operation] = [
    *diklat.OPERATIONS,
    *enrolment.OPERATIONS,
    *people.OPERATIONS,
    *narasumber.OPERATIONS,
    *attendance.OPERATIONS,
    *certificates.OPERATIONS,
    *reports.OPERATIONS,
]


def _caller() -> str:
    """A school shares one address, so a token counts by itself."""
    return request.headers.get("Authorization", "")[:80] or network()


def _blueprint() -> Blueprint:
    made = Blueprint("api", __name__, url_prefix=PREFIX)
    for operation in OPERATIONS:
        rule = operation.path.replace("{", "<").replace("}", ">")
        made.add_url_rule(rule, operation.name, _view(operation), methods=[operation.method])
    made.add_url_rule("/openapi.json", "openapi", openapi)
    made.register_error_handler(problem.Invalid, problem.of_invalid)
    made.after_request(_vary)
    limiter.limit("600 per minute", key_func=_caller)(made)
    return made


def _view(operation: Operation) -> Callable[..., Response]:
    """A function of its own for each route: the limiter counts by name, and two rooms may share one."""

    view = operation.view

    def route(**values: Any) -> Response:
        return view(**values)

    route.__name__, route.__module__ = view.__name__, view.__module__
    return route


def openapi() -> Response:
    answer = door.answer(document.document(OPERATIONS, PREFIX))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def _vary(answer: Response) -> Response:
    answer.headers["Vary"] = "Authorization"
    if g.get("actor") is not None:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def init_app(app: Flask) -> None:
    refusals.connect(app, "/api/", problem.of_refusal)


blueprint = _blueprint()
