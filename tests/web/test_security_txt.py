"""Whom to tell of a weakness stands where researchers look (RFC 9116)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock
from calakan.office import house
from calakan.web import pages

PATH = "/.well-known/security.txt"


def told(client: FlaskClient) -> dict[str, str]:
    answer = client.get(PATH)
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    return dict(line.split(": ", 1) for line in answer.get_data(as_text=True).splitlines())


def test_it_names_the_contact_and_expires_within_a_year(app: Flask, client: FlaskClient) -> None:
    found = told(client)
    assert found["Contact"] == f"mailto:{house.house().privacy_contact}"
    assert found["Canonical"] == f"{app.extensions['calakan.settings'].base_url}{PATH}"
    until = datetime.fromisoformat(found["Expires"])
    assert clock.now() + timedelta(days=30) < until < clock.now() + timedelta(days=365)


def test_without_an_email_it_names_the_page(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(house.house(), privacy_contact="0281 123456, Bidang Ketenagaan")
    monkeypatch.setattr(pages, "house", lambda: other)
    assert told(client)["Contact"] == f"{app.extensions['calakan.settings'].base_url}/privasi"
