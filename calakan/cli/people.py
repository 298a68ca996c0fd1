"""People and schools from the command line."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from calakan.cli import cli
from calakan.cli.app import application
from calakan.kernel.actor import Role, system

ACTOR = system("command line")


@cli.group()
def people() -> None:
    """Accounts."""


@people.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, type=click.Choice([r.value for r in Role]))
@click.option("--password", help="Without it a link to set one is mailed.")
def add(email: str, name: str, roles: tuple[str, ...], password: str | None) -> None:
    """Add a person with a confirmed address."""
    with application():
        from calakan.kernel import clock, db
        from calakan.people import passwords
        from calakan.people.services import accounts
        from calakan.people.services import roles as service

        wanted = [Role(role) for role in roles]
        if password is not None:
            accounts.check_password(password, email=email, name=name, staff=bool(set(wanted) - {Role.PESERTA}))
        with db.transaction():
            person = service.add_person(
                email,
                name,
                roles=wanted,
                password_hash=passwords.hashed(password) if password else None,
                actor=ACTOR,
                now=clock.now(),
            )
            click.echo(f"{person.email} added")


@people.command("token")
@click.argument("email")
def token(email: str) -> None:
    """Print a bearer token, valid for a year."""
    with application():
        from calakan.kernel import clock, db
        from calakan.people.services import accounts

        with db.transaction():
            secret = accounts.bearer_token(email, actor=ACTOR, now=clock.now())
        click.echo(secret)


@cli.group()
def schools() -> None:
    """The list of schools."""


@schools.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True)
def import_schools(file: Path, dry_run: bool) -> None:
    """Add and update schools from a CSV."""

    class DryRun(Exception):
        pass

    with application():
        from calakan.kernel import clock, db
        from calakan.people.services import schools as service

        done = None
        try:
            with db.transaction():
                done = service.import_schools(file.read_bytes(), actor=ACTOR, now=clock.now())
                if dry_run:
                    raise DryRun
        except DryRun:
            click.echo("dry run: nothing was changed")
        assert done is not None
        click.echo(f"{done.added} added, {done.changed} changed, {done.same} the same")
        for line, column, value in done.problems:
            click.echo(f"line {line}: {column}: {value!r}", err=True)
        sys.exit(1 if done.problems else 0)
