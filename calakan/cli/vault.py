"""The keys that encrypt secrets in the database."""

from __future__ import annotations

import sys

import click

from calakan.cli import cli
from calakan.cli.app import application


@cli.command()
def vault() -> None:
    """Encrypt with the newest key what older ones encrypted, and say how much; exit 2 where no key of ours opens something.

    After a new word was put before the others in CALAKAN_DATA_KEYS or keys/data.key; afterwards the older one may go.
    """
    with application():
        from calakan.kernel import sealing  # with its command alone

        renewed, locked = sealing.renew()
        click.echo(f"{renewed} secrets encrypted anew with the newest key")
        for name, count in sorted(locked.items()):
            click.echo(f"{name}: {count} that no key of ours opens")
        sys.exit(2 if locked else 0)
