"""The house as everybody sees it: its name, who runs it, where, and by which clock. An admin sets it, `office` stores it.

Each process keeps it in memory, so that no request asks for it. Whoever changes it renews a mark in the data directory,
which all processes of a host share; a process looks at the mark before each request and each piece of work, and reads again
when it is another one. Where other hosts may have changed it, it tries again each OTHERS_SECONDS too, whatever comes of it:
while the database is away, one request waits for it and not all.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from calakan.kernel import clock, db
from calakan.kernel.clock import Zone
from calakan.office.queries import OfficeSettings, office_settings

log = logging.getLogger(__name__)
MARK = "house.mark"
OTHERS_SECONDS = 5.0
KINDS = ("Kabupaten ", "Kota ")


@dataclass(frozen=True, kw_only=True)
class House:
    """`region` is the kabupaten or kota with that word before it; `logo` and `letterhead` are stored files, or nothing."""

    name: str
    short_name: str
    tagline: str
    organiser: str
    region: str
    province: str
    contact: str
    privacy_contact: str
    zone: Zone
    logo: str
    letterhead: str
    letterhead_text: str

    @property
    def place(self) -> str:
        """The region by its bare name, as people say it."""
        return next((self.region.removeprefix(kind) for kind in KINDS if self.region.startswith(kind)), self.region)

    @property
    def letterhead_lines(self) -> tuple[str, ...]:
        """What stands at the head of a letter where no picture of it does."""
        typed = tuple(line for line in self.letterhead_text.splitlines() if line.strip())
        return typed or (self.organiser.upper(), self.name, self.contact)

    @property
    def source(self) -> str:
        """What a table or a document names as its source."""
        return f"{self.name}, {self.organiser}"


def _of(settings: OfficeSettings) -> House:
    return House(
        name=settings.programme_name,
        short_name=settings.short_name,
        tagline=settings.programme_tagline,
        organiser=settings.organiser,
        region=settings.region,
        province=settings.province,
        contact=settings.contact,
        privacy_contact=settings.privacy_contact,
        zone=Zone(settings.zone),
        logo=settings.logo,
        letterhead=settings.letterhead,
        letterhead_text=settings.letterhead_text,
    )


_house = _of(OfficeSettings())
_mark: Path | None = None
_seen: tuple[int, int] | None = None
_many_hosts = False
_tried_at = 0.0


def connect(data_dir: Path, *, many_hosts: bool = False) -> None:
    """Called once, from `calakan.app`. Nothing is read yet: there may be no table."""
    global _house, _mark, _seen, _many_hosts
    _house, _mark, _seen, _many_hosts = _of(OfficeSettings()), data_dir / MARK, None, many_hosts
    clock.connect(_house.zone)


def house() -> House:
    """As it was when this request or this piece of work began; asks nothing."""
    return _house


def refresh() -> None:
    """Read it again if somebody changed it. While the database is away, what is known stays."""
    global _house, _seen, _tried_at
    found = _look()
    old = _many_hosts and time.monotonic() - _tried_at > OTHERS_SECONDS
    if found == _seen and not old:
        return
    _tried_at = time.monotonic()
    try:
        _house = _of(office_settings())
    except SQLAlchemyError as error:
        log.debug("the house keeps the name it had: %s", str(error).partition("\n")[0])
        with contextlib.suppress(SQLAlchemyError):
            db.session().rollback()
        return
    _seen = found
    clock.connect(_house.zone)


def changed() -> None:
    """Tell all processes; called after the commit that changed it."""
    assert _mark is not None
    fresh = _mark.with_name(f"{MARK}.{secrets.token_hex(4)}")
    fresh.write_text("")
    os.replace(fresh, _mark)
    refresh()


def _look() -> tuple[int, int]:
    assert _mark is not None
    try:
        found = _mark.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)
