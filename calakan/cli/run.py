"""`calakan run`: from nothing to a running site."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import IO

import click
from flask_migrate import upgrade

import config
from calakan.cli import cli
from calakan.cli.app import application

WAIT_SECONDS = 60
ACCOUNTS = ("admin", "panitia", "narasumber", "guru", "kepsek", "pengawas", "korwilcam", "pimpinan")


def banner(settings: config.Settings) -> str:
    lines = ["", f"Calakan is running at {settings.base_url}", ""]
    if not settings.production:
        lines += ["Demo accounts, password calakan-demo:", *[f"  {name}@example.org" for name in ACCOUNTS], ""]
    return "\n".join([*lines, "Ctrl-C stops it."])


@cli.command()
def run() -> None:
    """Migrate, load first-start data, then run web, worker, beat and broker.

    Where this version replaces another one, it does so only if the data come through; else that one goes on.
    """
    from calakan.stack import upgrade as takeover  # with its command alone
    from calakan.stack.become import become_supervisor
    from calakan.stack.forking import launch_loader
    from calakan.stack.supervisor import FORKS

    settings = config.load()
    version = takeover.settle(config.ROOT, settings.data_dir, lambda said: click.echo(f"calakan: {said}", err=True))
    if version != config.ROOT:
        program = str(version / takeover.PROGRAM)
        os.execv(program, [program, "run"])  # noqa: S606  # the version before
    # What the site runs on is read while the data are prepared, by a process of its own on another core.
    loader = launch_loader() if FORKS else None
    prepare()
    # A fresh process: what was loaded for the set-up would stay in memory beside the site.
    become_supervisor(banner(settings), loader)


@cli.command("prepare")
def prepare_alone() -> None:
    """Migrate and load first-start data, once, before the processes of `serve` start on any host."""
    prepare()


@cli.command()
@click.argument("name", type=click.Choice(["web", "worker", "beat"]))
def serve(name: str) -> None:
    """Run one process of the site in the foreground, where something else starts and restarts them: see `prepare`."""
    from calakan.stack.commands import commands  # with its command alone

    command = commands(config.load())[name]
    os.chdir(config.ROOT)
    os.execv(command[0], command)  # noqa: S606  # no shell takes part


def _await_database() -> None:
    """A server may come up after us, as after a power cut. Raises sqlalchemy.exc.OperationalError after WAIT_SECONDS."""
    import sqlalchemy as sa  # with its command alone

    from calakan.kernel import db

    deadline, told = time.monotonic() + WAIT_SECONDS, False
    while True:
        try:
            with db.engine().connect() as connection:
                connection.execute(sa.text("SELECT 1"))
            return
        except sa.exc.OperationalError:
            if db.engine().dialect.name == "sqlite" or time.monotonic() > deadline:
                raise
        if not told:
            click.echo(f"calakan: waiting for the database, {WAIT_SECONDS} s at most", err=True)
            told = True
        time.sleep(0.5)


@contextmanager
def _alone(settings: config.Settings) -> Iterator[None]:
    """Two that prepare one database at once: the later one waits, then finds what the first has made. Whoever dies lets go."""
    import sqlalchemy as sa  # with its command alone

    from calakan.kernel import db

    with ExitStack() as held:
        if db.engine().dialect.name == "postgresql":
            # Asked again and again: a statement that waits would be ended. Without a transaction that would stand open.
            own = held.enter_context(db.engine().connect()).execution_options(isolation_level="AUTOCOMMIT")
            wanted = sa.text("SELECT pg_try_advisory_lock(hashtext('calakan'), hashtext('prepare'))")
            free: Callable[[], object] = partial(own.scalar, wanted)
            held.callback(own.invalidate)  # the lock ends with its connection
        else:
            file = held.enter_context((settings.data_dir / ".prepare").open("w"))
            free = partial(_locked, file)
        told = False
        while not free():
            if not told:
                click.echo("calakan: waiting for another one that prepares this database", err=True)
                told = True
            time.sleep(0.5)
        yield


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _ensure_bucket(settings: config.Settings) -> None:
    from calakan.kernel.buckets import Bucket  # with its command alone

    Bucket(settings.files_url).ensure()


def load_places_and_lists() -> bool:
    """What no page works without; whether it was the first time."""
    from calakan.kernel import clock, db  # with its command alone
    from calakan.office.services import ensure_choices
    from calakan.people.directory import ensure_places

    with db.transaction():
        first = ensure_places(now=clock.now())
        ensure_choices()
    return first


def prepare() -> None:
    """The newest schema, places and lists; the demo on a first start in development."""
    from calakan.certificates.seals import ensure_keys  # with its command alone
    from calakan.demo.small import ensure_demo
    from calakan.kernel import clock, db
    from calakan.notifications.channels.opening import push_sender

    with application() as app, ExitStack() as held:
        _await_database()
        held.enter_context(_alone(app.extensions["calakan.settings"]))
        # There is no broker yet; the sweep finds what is written here.
        db.connect_ring(lambda queue: None)
        upgrade()
        first = load_places_and_lists()
        settings = app.extensions["calakan.settings"]
        if settings.many_hosts:
            _ensure_bucket(settings)
        if ensure_keys(settings, now=clock.now()):
            click.echo(f"Made the office's signing keys in {settings.keys_dir}; keep a copy in a safe place.")
        if settings.push_hosts:
            push_sender(settings).make()
        if first and not settings.production:
            click.echo("First start: making the demo…")
            ensure_demo(settings, now=clock.now())
