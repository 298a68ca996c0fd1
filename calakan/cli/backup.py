"""Backup and restore."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click._termui_impl import ProgressBar

import config
from calakan.cli import cli
from calakan.cli.app import application
from calakan.cli.commands import data_keys

if TYPE_CHECKING:
    from calakan.kernel.archive import Contents

QUIET_SECONDS = 10  # connections of processes that were killed are noticed a little later


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option(
    "--encrypt", is_flag=True, help="Under a passphrase: CALAKAN_BACKUP_PASSPHRASE (or …_FILE), else it is asked for."
)
@click.option(
    "--rows", is_flag=True, help="Rows alone, of a site that is stopped on all hosts: to go back after an upgrade."
)
def backup(file: Path, force: bool, encrypt: bool, rows: bool) -> None:
    """Write all rows of one instant, all files and keys to FILE (a .tar.gz), while the site runs on.

    FILE holds personal data and secrets: it is readable by its owner alone; keep it so, or --encrypt it.
    """
    if file.exists() and not force:
        sys.exit(f"calakan: {file} exists; --force replaces it")
    with application() as app:
        from calakan.kernel import backup as service  # with its command alone
        from calakan.kernel import clock, db, elsewhere

        settings: config.Settings = app.extensions["calakan.settings"]
        passphrase = _passphrase(settings, new=True) if encrypt else ""
        if rows:
            _await_quiet()
        place, others = None if rows else settings.data_dir, elsewhere.of(settings)
        with _progress("packing files", service.size_of_files(place, file, others)) as bar:
            found = service.write(
                file, engine=db.engine(), data_dir=place, made_at=clock.now(), passphrase=passphrase,
                progress=bar.update, elsewhere=others,
            )  # fmt: skip
        click.echo(f"{_summary(found)}\nread back, every checksum compared\n{found.sha256}  {file}")


def _await_quiet() -> None:
    """What others write after these rows would be lost by going back to them. Ends the command when they do not leave."""
    from calakan.kernel import db, emptying  # with its command alone

    db.let_go()  # our own
    deadline = time.monotonic() + QUIET_SECONDS
    while others := emptying.others(db.engine()):
        if time.monotonic() > deadline:
            sys.exit(f"calakan: {others} others use this database: stop web, workers and beat on all hosts first")
        time.sleep(0.2)


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
@click.option(
    "--replace", is_flag=True, help="Empty the database first, once FILE is found whole; the site is stopped."
)
@click.option("--yes", is_flag=True, help="Do not ask whether what is in the database may go.")
def restore(file: Path, replace: bool, yes: bool) -> None:
    """Fill an empty database and data directory from FILE; without --replace it never overwrites a site that has people.

    An encrypted FILE needs its passphrase: CALAKAN_BACKUP_PASSPHRASE (or …_FILE), else it is asked for.
    """
    import flask_migrate  # with its command alone

    if replace and not yes:
        click.confirm("All that is in the database is lost. Go on?", abort=True, err=True)
    with application() as app:
        from calakan.kernel import backup as service  # with its command alone
        from calakan.kernel import db, elsewhere, emptying, sealed, vault
        from calakan.people.models import Person

        settings: config.Settings = app.extensions["calakan.settings"]
        passphrase = _passphrase(settings) if sealed.is_sealed(file) else ""
        if replace:
            service.expect(file, passphrase, _newest())
            db.let_go()  # what we have read ourselves is in nobody's way
            emptying.empty(db.engine())
        flask_migrate.upgrade()
        with _progress("reading", file.stat().st_size) as bar:
            found = service.restore(
                file, engine=db.engine(), data_dir=settings.data_dir, guard=db.table(Person), passphrase=passphrase,
                progress=bar.update, elsewhere=elsewhere.of(settings),
            )  # fmt: skip
        click.echo(f"{_summary(found)}\nevery checksum compared")
        renewed = config.load()
        vault.connect(renewed.data_keys)  # where they lie in a file, it came out of the archive just now
        click.echo(f"data keys: {data_keys(renewed)}")


def _newest() -> str:
    """The schema of this version."""
    from alembic.script import ScriptDirectory  # with its command alone
    from flask import current_app

    migrate = current_app.extensions["migrate"].migrate
    return str(ScriptDirectory.from_config(migrate.get_config()).get_current_head())
