"""The version is one, wherever it is asked for."""

from __future__ import annotations

import tomllib
from pathlib import Path

from click.testing import CliRunner

from calakan.cli import cli
from calakan.version import VERSION

ROOT = Path(__file__).parents[2]


def test_the_version_is_the_same_everywhere() -> None:
    told = CliRunner().invoke(cli, ["--version"]).output.strip()
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert (told, declared) == (f"calakan {VERSION}", VERSION)
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text()
