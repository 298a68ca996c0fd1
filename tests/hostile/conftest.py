"""Thousands of requests in one test, each with a session of its own, as it has outside of tests."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class OwnSession(FlaskClient):
    """Else a row that an earlier request loaded in its own way would be found again by the next, as long as it lives."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(autouse=True)
def own_sessions(migrated_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrated_app, "test_client_class", OwnSession)
