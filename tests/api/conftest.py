"""Programs with bearer tokens, and a check of every answer against the document."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

from calakan.api.document import document
from calakan.api.routes import OPERATIONS, PREFIX
from calakan.kernel import clock, db
from calakan.people.models import Person, TokenScope
from calakan.people.services import tokens
from tests import factories


def token_of(person: Person, scope: TokenScope = TokenScope.ROLES) -> str:
    email = person.email
    with db.transaction():
        return tokens.make(email, scope, actor=factories.SYSTEM, now=clock.now())


class Api:
    """Calls an operation and holds its answer against the OpenAPI document."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.document = document(OPERATIONS, PREFIX)

    def entry(self, method: str, path: str) -> dict[str, Any]:
        for template, methods in self.document["paths"].items():
            if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) and method.lower() in methods:
                found: dict[str, Any] = methods[method.lower()]
                return found
        raise AssertionError(f"{method} {path} is not in the document")

    def __call__(self, method: str, path: str, token: str | None = None, **options: Any) -> TestResponse:
        headers = {**options.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        answer = self.app.test_client().open(PREFIX + path, method=method, headers=headers, **options)
        db.session().rollback()
        self.check(self.entry(method, path.split("?")[0]), answer)
        return answer

    def check(self, entry: dict[str, Any], answer: TestResponse) -> None:
        responses = entry["responses"]
        assert str(answer.status_code) in responses, (answer.status_code, answer.get_data(as_text=True))
        response = responses[str(answer.status_code)]
        if "$ref" in response:
            response = self.document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
        (mimetype,) = response["content"]
        assert answer.mimetype == mimetype
        schema = {**response["content"][mimetype]["schema"], "components": self.document["components"]}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(json.loads(answer.data))


@pytest.fixture
def api(app: Flask) -> Api:
    return Api(app)
