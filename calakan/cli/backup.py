"""Backup and restore."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click._termui_impl import ProgressBar

import config
from calakan.cli import cli
from calakan.cli.app import application

if TYPE_CHECKING:
    from calakan.kernel.archive import Contents


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option(
    "--encrypt", is_flag=True, help="Under a passphrase: CALAKAN_BACKUP_PASSPHRASE (or …_FILE), else it is asked for."
)
def backup(file: Path, force: bool, encrypt: bool) -> None:
    """Write all rows of one instant, all files and keys to FILE (a .tar.gz), while the site runs on.

    FILE holds personal data and secrets: it is readable by its owner alone; keep it so, or --encrypt it.
    """
    if file.exists() and not force:
        sys.exit(f"calakan: {file} exists; --force replaces it")
    with application() as app:
        from calakan.kernel import backup as service  # with its command alone
        from calakan.kernel import clock, db

        settings: config.Settings = app.extensions["calakan.settings"]
        passphrase = _passphrase(settings, new=True) if encrypt else ""
        with _progress("packing files", service.size_of_files(settings.data_dir, file)) as bar:
            found = service.write(
                file, engine=db.engine(), data_dir=settings.data_dir, made_at=clock.now(), passphrase=passphrase,
                progress=bar.update,
            )  # fmt: skip
        click.echo(f"{_summary(found)}\nread back, every checksum compared\n{found.sha256}  {file}")


def _summary(found: Contents) -> str:
    rows = found.rows
    return f"{sum(rows.values())} rows of {len(rows)} tables, {len(found.files)} files, {found.size} bytes"


def _progress(label: str, length: int) -> AbstractContextManager[ProgressBar[int]]:
    """On a terminal only."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def _passphrase(settings: config.Settings, *, new: bool = False) -> str:
    if settings.backup_passphrase:
        return settings.backup_passphrase
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=new, err=True))


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill an empty database and data directory from FILE; never overwrites a site that has people.

    An encrypted FILE needs its passphrase: CALAKAN_BACKUP_PASSPHRASE (or …_FILE), else it is asked for.
    """
    import flask_migrate  # with its command alone

    with application() as app:
        from calakan.kernel import backup as service  # with its command alone
        from calakan.kernel import db, sealed
        from calakan.people.models import Person

        settings: config.Settings = app.extensions["calakan.settings"]
        passphrase = _passphrase(settings) if sealed.is_sealed(file) else ""
        flask_migrate.upgrade()
        with _progress("reading", file.stat().st_size) as bar:
            found = service.restore(
                file, engine=db.engine(), data_dir=settings.data_dir, guard=db.table(Person), passphrase=passphrase,
                progress=bar.update,
            )  # fmt: skip
        click.echo(f"{_summary(found)}\nevery checksum compared")
