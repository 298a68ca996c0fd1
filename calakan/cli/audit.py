"""The promises, checked."""

from __future__ import annotations

import sys

import click

from calakan.cli import cli
from calakan.cli.app import application


@cli.command()
def audit() -> None:
    """One line for each broken invariant, and exit 2 when there is any."""
    with application() as app:
        from calakan.promises.invariants import broken, trail  # with its command alone

        found = broken(app.extensions["calakan.files"])
        lines = list(dict.fromkeys([*found, *trail()]))
        for line in lines:
            click.echo(line)
        sys.exit(2 if lines else 0)
