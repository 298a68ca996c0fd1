"""`calakan run`: from nothing to a running site."""

from __future__ import annotations

import click
from flask_migrate import upgrade

import config
from calakan.cli import cli
from calakan.cli.app import application

ACCOUNTS = ("admin", "panitia", "narasumber", "guru", "kepsek", "pengawas", "korwilcam", "pimpinan")


def banner(settings: config.Settings) -> str:
    lines = ["", f"Calakan is running at {settings.base_url}", ""]
    if not settings.production:
        lines += ["Demo accounts, password calakan-demo:", *[f"  {name}@example.org" for name in ACCOUNTS], ""]
    return "\n".join([*lines, "Ctrl-C stops it."])


@cli.command()
def run() -> None:
    """Migrate, load first-start data, then run web, worker, beat and broker."""
    from calakan.stack.supervisor import become_supervisor

    settings = config.load()
    prepare()
    # A fresh process: what was loaded for the set-up would stay in memory beside the site.
    become_supervisor(banner(settings))


def prepare() -> None:
    """The newest schema, places and lists; the demo on a first start in development."""
    import logging

    from calakan.certificates.seals import ensure_keys
    from calakan.demo.small import ensure_demo
    from calakan.kernel import clock, db
    from calakan.notifications.channels.opening import push_sender
    from calakan.office.services import ensure_choices
    from calakan.people.directory import ensure_places

    with application() as app:
        # There is no broker yet; the sweep finds what is written here.
        db.connect_ring(lambda queue: None)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        upgrade()
        with db.transaction():
            first = ensure_places(now=clock.now())
            ensure_choices()
        settings = app.extensions["calakan.settings"]
        if ensure_keys(settings, now=clock.now()):
            click.echo("Made the office's signing keys in the data directory; keep a copy in a safe place.")
        if settings.push_hosts:
            push_sender(settings).make()
        if first and not settings.production:
            click.echo("First start: making the demo…")
            ensure_demo(settings, now=clock.now())
