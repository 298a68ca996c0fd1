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
        from calakan.kernel.files import Store  # with its command alone
        from calakan.promises.invariants import broken, trail

        found = broken(Store(app.extensions["calakan.settings"].data_dir / "files"))
        lines = list(dict.fromkeys([*found, *trail()]))
        for line in lines:
            click.echo(line)
        sys.exit(2 if lines else 0)
