"""What others wrote is sent as it came: its hash is noted, its licence lies beside it."""

from __future__ import annotations

import hashlib

from flask import Flask

from calakan.web.assets import STATIC, VENDORED, asset

FOLDER = STATIC / VENDORED
SUMS = dict(reversed(line.split("  ")) for line in (FOLDER / "SHA256SUMS").read_text().splitlines())


def test_every_script_is_the_one_that_was_noted() -> None:
    scripts = {path.relative_to(FOLDER).as_posix(): path for path in FOLDER.rglob("*.js")}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in scripts.items()} == SUMS


def test_every_folder_has_its_licence_and_its_line() -> None:
    readme = (FOLDER / "README.md").read_text()
    for folder in (path for path in FOLDER.iterdir() if path.is_dir()):
        assert (folder / "LICENSE.txt").read_text().strip()
        assert f"| {folder.name} |" in readme


def test_they_are_sent_as_they_came(app: Flask) -> None:
    for name, total in SUMS.items():
        answer = app.test_client().get(asset(f"{VENDORED}/{name}"))
        assert hashlib.sha256(answer.data).hexdigest() == total
        assert answer.mimetype == "text/javascript"
