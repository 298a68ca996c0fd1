"""Production starts only with secure settings and without the accounts whose password is published."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import config
from calakan.kernel import db
from calakan.people.models import Person
from tests import factories


def started(app: Flask, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own, because an application connects letters, tokens and bell for the whole process."""
    environ = {
        **os.environ,
        "CALAKAN_ENV": "production",
        "CALAKAN_DATA_DIR": str(tmp_path),
        "CALAKAN_DATABASE_URL": app.extensions["calakan.settings"].database_url,
        "CALAKAN_SECRET_KEY": "k" * 40,
        "CALAKAN_SMTP_URL": "smtp://mail.example.org",
        "CALAKAN_BASE_URL": "https://calakan.example.org",
        "CALAKAN_REDIS_URL": "redis://127.0.0.1:1/0",
    }
    return subprocess.run(
        [sys.executable, "-c", "from calakan.app import create_app; create_app()"],
        env=environ,
        cwd=config.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_demo_accounts_are_refused(app: Flask, tmp_path: Path) -> None:
    factories.person()
    found = started(app, tmp_path)
    assert found.returncode == 0, found.stderr
    with db.transaction() as session:
        session.execute(sa.update(Person).values(demo=True))
    found = started(app, tmp_path)
    assert found.returncode == 1
    assert "demo accounts exist" in found.stderr


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


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (
            {"WHATSAPP": "cloud"},
            ["WHATSAPP_TOKEN", "WHATSAPP_NUMBER_ID", "WHATSAPP_TEMPLATE", "WHATSAPP_CODE_TEMPLATE",
             "WHATSAPP_APP_SECRET"],
        ),
        ({"WHATSAPP": "wablas", "WHATSAPP_TOKEN": "x"}, ["WHATSAPP_URL"]),
        ({"WHATSAPP": "fonnte", "WHATSAPP_TOKEN": "x", "WHATSAPP_URL": "http://api.example.org"}, ["WHATSAPP_URL"]),
        ({"TELEGRAM_TOKEN": "x"}, ["TELEGRAM_BOT"]),
        ({"TELEGRAM_URL": "ftp://x"}, ["TELEGRAM_URL"]),
        ({"WHATSAPP": "fonnte", "WHATSAPP_TOKEN": "x", "WHATSAPP_URL": "http://127.0.0.1:9"}, []),
    ],
)  # fmt: skip
def test_what_a_channel_needs_is_named(tmp_path: Path, given: dict[str, str], named: list[str]) -> None:
    environ = {f"CALAKAN_{name}": value for name, value in given.items()} | {"CALAKAN_DATA_DIR": str(tmp_path)}
    try:
        problems = [] if config.load(environ) else None
    except config.InvalidSettings as refused:
        problems = [problem.split()[0].removeprefix("CALAKAN_") for problem in refused.problems]
    assert problems == named
