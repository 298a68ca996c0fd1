"""Reports from the command line."""

from __future__ import annotations

from calakan.cli import cli


@cli.group()
def report() -> None:
    """Participation counts."""
