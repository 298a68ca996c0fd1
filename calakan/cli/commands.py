"""Operating commands: settings, database, demo, messages, certificates, sweep, doctor."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import click

import config
from calakan.cli import cli
from calakan.cli.app import application


@cli.command()
def settings() -> None:
    """List every setting, its value and its meaning; secrets are masked."""
    loaded = config.load()
    for name, _, help, secret in config.describe():
        value = str(getattr(loaded, name.removeprefix(config.PREFIX).lower()))
        click.echo(f"{name}={'********' if secret and value else value}\n    {help}")
    for part, help in config.ISSUER_SETTINGS.items():
        click.echo(f"{config.PREFIX}OIDC_<NAME>_{part}\n    {help}")
    for issuer in loaded.issuers:
        click.echo(f"logging in with {issuer.label}: {issuer.url} {' '.join(issuer.domains) or 'all domains'}")


@cli.command()
def doctor() -> None:
    """Say what this installation stands on."""
    with application() as app:
        from calakan.kernel import db  # with its command alone

        loaded: config.Settings = app.extensions["calakan.settings"]
        if loaded.sqlite:
            driver = db.sqlite_driver()
            mode = "WAL" if driver.sqlite_version_info >= db.WAL_IS_SAFE else "TRUNCATE"
            click.echo(f"database: SQLite {driver.sqlite_version}, journal {mode}: right for one host, not for more")
        else:
            click.echo(f"database: {db.engine().dialect.name}")
        click.echo(f"broker: {'given server' if loaded.redis_url else 'embedded'}")
        click.echo(f"proxies: {_proxies(loaded)}")
        click.echo(f"mail: {'console only' if loaded.console_mail else 'SMTP'}")
        from calakan.notifications.channels import probing  # with its command alone

        for way, said in probing.probe(loaded).items():
            click.echo(f"{way}: {said}")
        click.echo(f"signing: {_signing(loaded)}")
        click.echo(f"data keys: {data_keys(loaded)}")
        click.echo(f"backup: {_backup(loaded)}")
        click.echo(f"data: {loaded.data_dir}{'' if os.access(loaded.data_dir, os.W_OK) else ' (NOT WRITABLE)'}")
        if loaded.many_hosts:
            click.echo(f"files: {bucket(loaded)}")
        for line in _surroundings(loaded):
            click.echo(line)


def _surroundings(loaded: config.Settings) -> Iterator[str]:
    """What the installation needs of its host and of the world; the world is asked in production alone."""
    import sqlalchemy as sa  # with its command alone

    from calakan.cli import checkup
    from calakan.kernel import clock, db

    told = None if loaded.sqlite else db.session().scalar(sa.select(sa.func.now()))
    yield f"disk: {checkup.disk(loaded.data_dir)}"
    yield f"clock: {checkup.clock(told, clock.now())}"
    if loaded.production:
        yield f"certificate of {loaded.base_url}: {checkup.site_certificate(loaded.base_url, clock.now())}"
        yield from checkup.mail_records(loaded)


def _proxies(loaded: config.Settings) -> str:
    from calakan.web.proxies import UNDECLARED  # with its command alone

    if loaded.trusted_proxies:
        return f"{loaded.trusted_proxies} in front, whose X-Forwarded-* count"
    return f"none; {UNDECLARED}" if loaded.production else "none"


def _backup(loaded: config.Settings) -> str:
    from calakan.kernel import clock  # with its command alone
    from calakan.promises import nightly

    if not loaded.backup_keep:
        return "none by itself (CALAKAN_BACKUP_KEEP=0)"
    days = nightly.age_days(loaded, clock.now())
    place = nightly.folder(loaded)
    if days is None:
        return f"none yet in {place}; the first comes with the next night"
    said = "today" if days == 0 else f"{days} d ago"
    return f"{said}, {len(nightly.kept(loaded))} kept in {place}{' (TOO OLD: read the log)' if days > 1 else ''}"


def bucket(loaded: config.Settings) -> str:
    """Where the files lie that all hosts share, and whether they can be read there now; never with what opens it."""
    from calakan.kernel.buckets import Bucket  # with its command alone

    found = Bucket(loaded.files_url)
    try:
        next(found.listed(), None)
    except OSError as error:
        return f"bucket {found.name} (NOT USABLE: {error}; look at CALAKAN_FILES_URL)"
    return f"bucket {found.name}"


def data_keys(loaded: config.Settings) -> str:
    """Whether what the database keeps sealed can still be opened; a lost key is made anew at the next start, and opens nothing."""
    from calakan.kernel import sealing  # with its command alone

    own = loaded.keys_dir / "data.key"
    place = "CALAKAN_DATA_KEYS" if os.environ.get("CALAKAN_DATA_KEYS") else str(own)
    locked = sealing.locked()
    if not locked:
        return f"{place} opens all that is sealed"
    what = ", ".join(f"{count} of {name}" for name, count in sorted(locked.items()))
    return f"{place} (LOST OR ANOTHER ONE: it does not open {what}; put the one of a backup back)"


def _signing(loaded: config.Settings) -> str:
    """Whose key signs certificates, and whether it can be used now."""
    from calakan.certificates import seals  # with its command alone
    from calakan.cli import checkup
    from calakan.kernel import clock
    from calakan.signing.keys import NoKeyError
    from calakan.signing.sources import paper_envelope

    if loaded.signing == seals.BSRE:
        return "an official, by way of BSrE"
    place = "token" if loaded.signing_pkcs11_module else "PKCS #12 file" if loaded.signing_p12 else "own key"
    try:
        kid, envelope = paper_envelope(seals.keyring(loaded), seals.source(loaded), now=clock.now())
    except NoKeyError:
        return f"{place} (not made yet)"
    except OSError as error:
        return f"{place} (NOT USABLE: {error})"
    return f"{place} {kid}, {checkup.days_left(envelope.until, clock.now())}"


@cli.group("db")
def database() -> None:
    """The schema."""


@database.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema to the newest version; where they are missing, places and lists are loaded."""
    import flask_migrate  # with its command alone

    from calakan.cli.run import load_places_and_lists

    with application():
        flask_migrate.upgrade()
        load_places_and_lists()


@database.command("downgrade")
@click.argument("revision", default="-1")
def db_downgrade(revision: str) -> None:
    """Go back one version, or to REVISION."""
    import flask_migrate  # with its command alone

    with application():
        flask_migrate.downgrade(revision=revision)


@database.command("check")
def db_check() -> None:
    """Exit 1 when models and schema differ."""
    import flask_migrate  # with its command alone

    with application():
        flask_migrate.check()


@cli.command()
@click.option("--size", type=click.Choice(["small", "district"]), default="small")
@click.option("--seed", type=int, default=1)
def demo(size: str, seed: int) -> None:
    """Make demo accounts and diklat, in development only."""
    from calakan.cli.run import prepare  # with its command alone

    loaded = config.load()
    if loaded.production:
        sys.exit("calakan: no demo in production")
    prepare()
    with application():
        from calakan.demo.small import ensure_demo  # with its command alone
        from calakan.kernel import clock, db

        db.connect_ring(lambda queue: None)

        from calakan.demo.district import ensure_district  # with its command alone

        new = ensure_demo(loaded, now=clock.now(), seed=seed)
        if size == "district":
            new = ensure_district(now=clock.now(), seed=seed) or new
        click.echo("made" if new else "the demo is there already")


@cli.command()
@click.argument("name", required=False)
def sweep(name: str | None) -> None:
    """Run the periodic jobs once, or the one called NAME."""
    with application() as app:
        from calakan import wiring  # with its command alone

        names = [name] if name else list(wiring.SCHEDULE)
        for job in names:
            if job not in wiring.WORK:
                sys.exit(f"calakan: no job {job}; there are {', '.join(wiring.WORK)}")
            click.echo(f"{job}: {wiring.WORK[job](app.extensions['calakan.settings'])}")


@cli.group()
def messages() -> None:
    """Reminders and the outbox."""


def _instant(text: str | None) -> datetime:
    from calakan.kernel import clock  # with its command alone

    if text is None:
        return clock.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        sys.exit("calakan: --at takes an ISO time such as 2026-11-28T07:00+07:00")
    return (at if at.tzinfo else at.replace(tzinfo=clock.place())).astimezone(UTC)


@messages.command("due")
@click.option("--at", help="As if it were this time.")
@click.option("--json", "as_json", is_flag=True)
def due(at: str | None, as_json: bool) -> None:
    """List the reminders that are due and not yet written; sends nothing."""
    with application():
        from calakan.enrolment import reminders  # with its command alone

        for item in reminders.due(now=_instant(at)):
            facts = {"key": item.key, "to": item.email, "session": item.title, "starts_at": item.starts_at.isoformat()}
            click.echo(json.dumps(facts) if as_json else "  ".join(facts.values()))


@messages.command("send")
@click.option("--at", help="As if it were this time.")
def send(at: str | None) -> None:
    """Write the due reminders, then deliver everything that waits."""
    with application() as app:
        from calakan.enrolment import reminders  # with its command alone
        from calakan.kernel import db
        from calakan.notifications import tasks

        with db.transaction():
            new = reminders.queue_due(now=_instant(at))
        settled = 0
        while went := tasks.sweep(app.extensions["calakan.settings"]):  # one shift of a worker after the other
            settled += went
        click.echo(f"{new} reminders written, {settled} messages settled")
