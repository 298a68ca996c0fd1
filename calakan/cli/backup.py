"""Backup and restore."""

from __future__ import annotations

import sys
from pathlib import Path

import click

import config
from calakan.cli import cli
from calakan.cli.app import application


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
def backup(file: Path, force: bool) -> None:
    """Write all rows of one instant, all files and keys to FILE (a .tar.gz), while the site runs on.

    FILE holds personal data and secrets: it is readable by its owner alone; keep it so.
    """
    if file.exists() and not force:
        sys.exit(f"calakan: {file} exists; --force replaces it")
    with application():
        from calakan.kernel import backup as service
        from calakan.kernel import clock, db

        try:
            rows = service.write(file, engine=db.engine(), data_dir=config.load().data_dir, made_at=clock.now())
        except OSError as error:
            sys.exit(f"calakan: {file}: {error.strerror}")
        click.echo(f"{sum(rows.values())} rows of {len(rows)} tables, {file.stat().st_size} bytes")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill an empty database and data directory from FILE; never overwrites a site that has people."""
    import flask_migrate

    with application():
        from calakan.kernel import backup as service
        from calakan.kernel import db
        from calakan.people.models import Person

        flask_migrate.upgrade()
        try:
            rows = service.restore(file, engine=db.engine(), data_dir=config.load().data_dir, guard=db.table(Person))
        except (service.BackupUnreadable, service.NotEmpty, OSError) as error:
            sys.exit(f"calakan: {error}")
        click.echo(f"{sum(rows.values())} rows of {len(rows)} tables")
