"""People and schools from the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from calakan.cli import cli
from calakan.cli.app import application
from calakan.cli.roster import tell, worked
from calakan.kernel.actor import Role, system

ACTOR = system("command line")
Done = TypeVar("Done")


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
        from calakan.kernel import clock, db  # with its command alone
        from calakan.people import passwords, typos
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
            meant = typos.meant(person.email or "")
            if meant is not None:
                click.echo(f"it was taken as it stands; was {meant} meant?", err=True)


@people.command("token")
@click.argument("email")
@click.option("--scope", type=click.Choice(["read", "write", "roles"]), default="write", show_default=True)
def token(email: str, scope: str) -> None:
    """Print a bearer token, valid for 90 days."""
    with application():
        from calakan.kernel import clock, db  # with its command alone
        from calakan.kernel.errors import DomainError
        from calakan.people.models import TokenScope
        from calakan.people.services import tokens

        try:
            with db.transaction():
                secret = tokens.make(email, TokenScope(scope), actor=ACTOR, now=clock.now())
        except DomainError:
            sys.exit(f"calakan: nobody with a confirmed address {email}")
        click.echo(secret)


@people.command("tokens")
@click.argument("email", required=False)
@click.option("--revoke", "revoked", type=int, metavar="ID", help="End this one.")
def list_tokens(email: str | None, revoked: int | None) -> None:
    """List the bearer tokens that count, of one person or of everybody; or end one."""
    with application():
        from calakan.kernel import clock, db  # with its command alone
        from calakan.kernel.errors import DomainError
        from calakan.people import queries
        from calakan.people.services import tokens

        owner = queries.by_email(email) if email else None
        if email and owner is None:
            sys.exit(f"calakan: nobody has the address {email}")
        owner_id = owner.id if owner is not None else None
        if revoked is not None:
            try:
                with db.transaction():
                    tokens.revoke(revoked, owner_id=owner_id, actor=ACTOR, now=clock.now())
            except DomainError:
                sys.exit(f"calakan: there is no token {revoked}")
            click.echo(f"token {revoked} ended")
            return
        for link, person in tokens.held(owner_id, now=clock.now()):
            click.echo(f"{link.id}\t{person.email}\t{link.scope.value}\tuntil {link.expires_at:%Y-%m-%d}")


@people.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take the second step of a log-in away from somebody who lost phone and recovery codes."""
    with application():
        from calakan.kernel import clock, db  # with its command alone
        from calakan.kernel.errors import DomainError
        from calakan.people import queries
        from calakan.people.services import second_factor

        found = queries.by_email(email)
        if found is None:
            sys.exit(f"calakan: nobody has the address {email}")
        person_id = found.id
        try:
            with db.transaction():
                second_factor.reset(person_id, actor=ACTOR, now=clock.now())
        except DomainError:
            sys.exit(f"calakan: {email} logs in without a second step")
        click.echo(f"{email} logs in with the password alone now")


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--waiting", "rest", type=click.Path(dir_okay=False, path_type=Path), help="Write lines that wait here (XLSX)."
)
@click.option("--dry-run", is_flag=True)
@click.option("--json", "as_json", is_flag=True)
def import_people(file: Path, rest: Path | None, dry_run: bool, as_json: bool) -> None:
    """Add accounts from a CSV or XLSX with the columns surel, nama and, as known, jabatan, status, npsn, nip ...

    Of known accounts what their owners left open is filled. Exits 1 when lines wait; `calakan roster undo LIST` takes all back.
    """
    with application():
        from calakan.roster.models import Makes  # with its command alone

        told = worked(
            file, makes=Makes.ACCOUNTS, source=file.name, day=None, school_id=None, whole=False, rest=rest,
            dry_run=dry_run,
        )  # fmt: skip
        begin = "would be" if dry_run else f"list {told['list']}:"
        known = told["changed"] + told["same"]
        tell(
            told, f"{begin} {told['new']} added, {known} known already ({told['changed']} of them filled), "
            f"{told['waits']} waiting", as_json=as_json,
        )  # fmt: skip


@people.command("index")
def index() -> None:
    """Make anew what people are searched by; needed after their rows were written by hand."""
    with application():
        from calakan.kernel import db  # with its command alone
        from calakan.people import sought

        with db.transaction():
            click.echo(f"{sought.rebuild()} people")


@cli.group()
def schools() -> None:
    """The list of schools."""


@schools.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True)
def import_schools(file: Path, dry_run: bool) -> None:
    """Add and update schools from a CSV or XLSX."""
    with application():
        from calakan.people.services.schools import import_schools as service  # with its command alone

        done = _imported(service, file, dry_run=dry_run)
        click.echo(f"{done.added} added, {done.changed} changed, {done.same} the same")
        _tell(done.problems)


class _DryRun(Exception):
    pass


def _imported(service: Callable[..., Done], file: Path, *, dry_run: bool) -> Done:
    """What the service did, or would have done: a dry run does it all and takes it back."""
    from calakan.kernel import clock, db  # with its command alone
    from calakan.tables.reading import ahead

    done, content = None, file.read_bytes()
    try:
        with ahead(content), db.transaction():
            done = service(content, actor=ACTOR, now=clock.now())
            if dry_run:
                raise _DryRun
    except _DryRun:
        click.echo("dry run: nothing was changed")
    assert done is not None
    return done


def _tell(problems: list[tuple[int, str, str]]) -> None:
    for line, column, value in problems:
        click.echo(f"line {line}: {column}: {value!r}", err=True)
    sys.exit(1 if problems else 0)
