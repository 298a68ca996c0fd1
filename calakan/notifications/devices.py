"""Browsers that take push messages: which a person added, and letting them go.

A browser says itself where it wants its messages, so only push services that the operator allows are believed.
"""

from __future__ import annotations

from datetime import datetime
from fnmatch import fnmatch
from urllib.parse import urlsplit

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.notifications.channels.encryption import unpacked
from calakan.notifications.channels.interface import Device
from calakan.notifications.errors import DeviceInvalid
from calakan.notifications.models import PushSubscription

MOST, LONGEST = 10, 1000
POINT, SECRET = 65, 16  # bytes of a public key and of the shared secret
# Looked for in this order: each also names those below it.
PROGRAMS = (
    ("Edg", "Edge"), ("SamsungBrowser", "Samsung Internet"), ("OPR", "Opera"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip
_hosts: tuple[str, ...] = ()


def connect(hosts: str) -> None:
    """Called once, from `calakan.app`."""
    global _hosts
    _hosts = tuple(hosts.split())


def add(person_id: int, device: Device, *, browser: str, actor: Actor, now: datetime) -> PushSubscription:
    """This browser belongs to this person from now on, whoever used it before; the oldest of too many goes.

    Raises DeviceInvalid.
    """
    _check(device)
    session = db.session()
    held = session.scalar(sa.select(PushSubscription).where(PushSubscription.endpoint == device.endpoint))
    made = held or PushSubscription(endpoint=device.endpoint)
    if held is None or held.person_id != person_id:
        made.address = f"{name_of(browser)} {codes.code(6)}"
    made.person_id, made.public, made.auth, made.made_at = person_id, device.public, device.auth, now
    session.add(made)
    session.flush()
    others = sa.select(PushSubscription).where(PushSubscription.person_id == person_id)
    for row in session.scalars(
        others.order_by(PushSubscription.made_at.desc(), PushSubscription.id.desc()).offset(MOST)
    ):
        session.delete(row)
    session.flush()
    audit.record("notifications.add_device", made, actor=actor, now=now, name=made.address)
    return made


def remove(person_id: int, address: str, *, actor: Actor, now: datetime) -> None:
    """Nothing goes there any more. Raises NotFound, also for the device of somebody else."""
    wanted = sa.select(PushSubscription).where(
        PushSubscription.person_id == person_id, PushSubscription.address == address
    )
    found = db.session().scalar(wanted)
    if found is None:
        raise NotFound()
    audit.record("notifications.remove_device", found, actor=actor, now=now, name=found.address)
    db.session().delete(found)
    db.session().flush()


def gone(person_id: int, address: str) -> None:
    """The push service knows this browser no more."""
    db.session().execute(
        sa.delete(PushSubscription).where(PushSubscription.person_id == person_id, PushSubscription.address == address)
    )


def name_of(browser: str) -> str:
    """What people call it, by the line that it sends about itself: `Chrome di Android`."""
    program = next((name for mark, name in PROGRAMS if mark in browser), "Browser")
    system = next((name for mark, name in SYSTEMS if mark in browser), "")
    return f"{program} di {system}" if system else program


def _check(device: Device) -> None:
    try:
        parts = urlsplit(device.endpoint)
        plain = parts.netloc == parts.hostname and device.endpoint.isascii() and device.endpoint.isprintable()
        sizes = len(unpacked(device.public)), len(unpacked(device.auth))
    except ValueError:
        raise DeviceInvalid() from None
    known = parts.scheme == "https" and any(fnmatch(parts.netloc, pattern) for pattern in _hosts)
    if not plain or not known or sizes != (POINT, SECRET) or len(device.endpoint) > LONGEST:
        raise DeviceInvalid()
