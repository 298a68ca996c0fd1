"""Production starts only with secure settings and without the accounts whose password is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import config
from calakan.app import create_app
from calakan.kernel import db
from calakan.people.models import Person
from tests import factories


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """An application that is not for tests rings its own broker; the tests after this one have none."""
    yield
    db.connect_ring(lambda queue: None)


def production(app: Flask, tmp_path: Path) -> config.Settings:
    return config.load(
        {
            "CALAKAN_ENV": "production",
            "CALAKAN_DATA_DIR": str(tmp_path),
            "CALAKAN_DATABASE_URL": app.extensions["calakan.settings"].database_url,
            "CALAKAN_SECRET_KEY": "k" * 40,
            "CALAKAN_SMTP_URL": "smtp://mail.example.org",
            "CALAKAN_BASE_URL": "https://calakan.example.org",
            "CALAKAN_REDIS_URL": "redis://127.0.0.1:1/0",
        }
    )


def test_demo_accounts_are_refused(app: Flask, tmp_path: Path) -> None:
    factories.person()
    create_app(production(app, tmp_path))
    with db.transaction() as session:
        session.execute(sa.update(Person).values(demo=True))
    with pytest.raises(config.InvalidSettings, match="demo accounts exist"):
        create_app(production(app, tmp_path))


def test_every_insecure_setting_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(config.InvalidSettings) as refused:
        config.load({"CALAKAN_ENV": "production", "CALAKAN_DATA_DIR": str(tmp_path), "CALAKAN_TESTING": "1"})
    named = {problem.split()[0] for problem in refused.value.problems}
    assert {
        "CALAKAN_SECRET_KEY",
        "CALAKAN_SMTP_URL",
        "CALAKAN_BASE_URL",
        "CALAKAN_REDIS_URL",
        "CALAKAN_TESTING",
    } <= named
