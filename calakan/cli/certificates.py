"""Issuing, keys, and checking a certificate with or without the register."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

import config
from calakan.cli import cli
from calakan.cli.app import application

if TYPE_CHECKING:
    from calakan.signing.keys import PublicKey

VALID, INVALID, UNKNOWN = 0, 1, 2


@cli.group()
def certificates() -> None:
    """Issuing and verifying."""


@certificates.command("issue")
@click.argument("slug")
@click.option("--dry-run", is_flag=True)
def issue(slug: str, dry_run: bool) -> None:
    """Ask for the papers of a closed diklat and make them."""
    with application() as app:
        from calakan.certificates import eligibility, services, tasks  # with its command alone
        from calakan.diklat.queries import by_slug
        from calakan.kernel import clock, db
        from calakan.kernel.actor import system

        diklat = by_slug(slug)
        if diklat is None:
            sys.exit(f"calakan: no diklat {slug}")
        plan = eligibility.dry_run(diklat, now=clock.now())
        click.echo(f"{len(plan.eligible)} eligible, {len(plan.lacking)} lacking")
        if dry_run:
            return
        id = diklat.id
        with db.transaction():
            new = services.request_for(id, actor=system("command line"), now=clock.now())
        click.echo(f"{new} new, {tasks.sweep(app.extensions['calakan.settings'])} settled")


@certificates.command("keys")
@click.option("--json", "as_json", is_flag=True, help="The published list, for --keys elsewhere.")
def keys(as_json: bool) -> None:
    """List the keys that ever signed, the newest last."""
    from dataclasses import asdict  # with its command alone

    from calakan.signing.keys import Keyring

    held = Keyring(config.load().keys_dir).keys()
    if as_json:
        click.echo(json.dumps({"keys": [asdict(key) for key in held]}, indent=1))
        return
    for key in held:
        state = "distrusted" if key.distrusted_on else f"retired {key.retired_on}" if key.retired_on else "in use"
        click.echo(f"{key.kid}  {key.purpose:5}  {key.source:6}  made {key.made_on}  {state}")


@certificates.command("make-keys")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--organisation", required=True, help="Who signs, as it will stand in the certificates.")
def make_keys(folder: Path, organisation: str) -> None:
    """Make the keys of a new site in FOLDER, for CALAKAN_KEYS_DIR of hosts that only read them; keep a copy in a safe place."""
    from calakan.kernel import clock  # with its command alone
    from calakan.notifications.channels.vapid import Sender
    from calakan.signing.keys import Keyring

    made = Keyring(folder).ensure(organisation, now=clock.now())
    Sender(folder, "").make()
    click.echo(
        f"{'made' if made else 'there already'}: {', '.join(sorted(path.name for path in folder.glob('[!.]*')))}"
    )


@certificates.command("rotate")
@click.argument("purpose", type=click.Choice(["paper", "code"]))
@click.option("--distrust", is_flag=True, help="The old key is known to strangers.")
def rotate(purpose: str, distrust: bool) -> None:
    """Sign with a new key from now on; older papers stay verifiable."""
    with application() as app:
        from calakan.audit import services as audit  # with its command alone
        from calakan.certificates import seals
        from calakan.kernel import clock, db
        from calakan.kernel.actor import system
        from calakan.office.queries import office_settings

        now, organiser = clock.now(), office_settings().organiser
        with db.transaction():
            audit.record(
                "certificates.rotate_key", actor=system("command line"), now=now, name=purpose, distrust=distrust
            )
        ring = seals.keyring(app.extensions["calakan.settings"])
        made = ring.rotate(purpose, organiser, now=now, distrust=distrust)
        click.echo(f"{made.kid} signs from now on")


@dataclass
class Verdict:
    """What is known so far; the worst exit code stays."""

    code: int = VALID
    lines: list[str] = field(default_factory=list)

    def say(self, code: int, line: str) -> None:
        self.code = code if self.code == VALID or code == INVALID else self.code
        self.lines.append(line)


@certificates.command("verify")
@click.argument("target")
@click.option("--offline", is_flag=True, help="Only keys: no database, no network.")
@click.option("--keys", "key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A key list.")
@click.option("--qr", default="", help="What was scanned from the paper; it must belong to the file.")
@click.option("--json", "as_json", is_flag=True)
def verify(target: str, offline: bool, key_file: Path | None, qr: str, as_json: bool) -> None:
    """Check a PDF FILE, the text of a QR, or (not offline) a code or number.

    Exit 0: valid. 1: changed, forged, revoked, replaced or not ours. 2: cannot be told.
    """
    verdict, path = Verdict(), Path(target)
    content = path.read_bytes() if len(target) < 1000 and path.is_file() else None
    registered = False if offline else _in_register(target, content, verdict)
    if content is not None or "#" in target:
        keys = _keys(key_file)
        if keys:
            _by_keys(target, content, qr, keys, verdict, registered=registered)
        else:
            verdict.say(UNKNOWN, "no keys here: give --keys")
    elif offline:
        verdict.say(UNKNOWN, "offline needs a PDF file or the text of a QR")
    words = {VALID: "valid", INVALID: "not valid", UNKNOWN: "cannot be told"}[verdict.code]
    if as_json:
        click.echo(json.dumps({"verdict": words, "findings": verdict.lines}, ensure_ascii=False))
    else:
        for line in [*verdict.lines, words]:
            click.echo(line)
    sys.exit(verdict.code)


def _keys(key_file: Path | None) -> list[PublicKey]:
    from calakan.signing import keys  # with its command alone

    try:
        return keys.parse(key_file.read_bytes()) if key_file else keys.Keyring(config.load().keys_dir).keys()
    except ValueError as error:
        sys.exit(f"calakan: {error}")


def _in_register(target: str, content: bytes | None, verdict: Verdict) -> bool:
    """What the register says; True when the very file was issued."""
    with application():
        from calakan.certificates import queries  # with its command alone
        from calakan.certificates.models import Status

        if content is not None:
            paper = queries.by_sha256(hashlib.sha256(content).hexdigest())
        else:
            head = target.partition("#")[0].rstrip("/")
            paper = queries.by_code(head.rpartition("/")[2]) or queries.by_number(target)
        if paper is None:
            verdict.say(INVALID, "register: not issued here" + (", or changed since" if content is not None else ""))
            return False
        reason = f" ({paper.status_reason})" if paper.status_reason else ""
        verdict.say(
            VALID if paper.status is Status.VALID else INVALID,
            f"register: {paper.status.value}{reason}: {paper.number} {paper.facts['name']} – "
            f"{paper.facts['event']['title']}",
        )
        return content is not None


def _by_keys(
    target: str, content: bytes | None, qr: str, keys: list[PublicKey], verdict: Verdict, *, registered: bool
) -> None:
    """What signatures prove. A file that the register knows needs no signature of ours."""
    from calakan.signing import inspect, token  # with its command alone

    text: str | None = target
    if content is not None:
        text = inspect.qr_text(content)
        _file_signature(content, keys, verdict, registered=registered)
        if qr and qr.strip() != text:
            verdict.say(INVALID, "QR: belongs to another paper")
    if text is None:
        if not registered:
            verdict.say(INVALID, "QR: none in this file")
        return
    try:
        proven = token.check(text, keys)
    except token.ForgedError as error:
        verdict.say(INVALID, f"QR: forged or changed ({error})")
        return
    facts = proven.facts
    verdict.say(
        INVALID if proven.key.distrusted_on else VALID,
        f"QR: signed by {proven.key.kid}{', DISTRUSTED' if proven.key.distrusted_on else ''}: {facts.number}"
        f"{f' revision {facts.revision}' if facts.revision else ''} {facts.name}, {facts.role}, {facts.jp} JP, "
        f"{facts.first_on} – {facts.last_on}{', SPECIMEN' if facts.specimen else ''}",
    )


def _file_signature(content: bytes, keys: list[PublicKey], verdict: Verdict, *, registered: bool) -> None:
    from calakan.signing import inspect  # with its command alone

    try:
        key = inspect.signed_by(content, keys).key
    except inspect.UnsignedError:
        verdict.say(VALID if registered else INVALID, "signature: none")
    except inspect.UnknownSignerError:
        verdict.say(VALID if registered else INVALID, "signature: intact, but by somebody unknown")
    except inspect.ChangedError as error:
        verdict.say(INVALID, f"signature: {error}")
    else:
        assert key is not None
        if key.distrusted_on:
            verdict.say(INVALID, f"signature: intact, but the key {key.kid} is distrusted since {key.distrusted_on}")
        else:
            verdict.say(VALID, f"signature: intact, covers the whole file, key {key.kid}")
