"""The door of the beat."""

from __future__ import annotations

from calakan.kernel import clock, db
from calakan.people.services import accounts, asking, mail_codes, passkeys
from config import Settings


def forget_expired(settings: Settings) -> int:
    with db.transaction():
        now = clock.now()
        return accounts.forget_expired(now=now) + mail_codes.sweep(now=now) + passkeys.sweep(now=now)


def take_entries(settings: Settings) -> int:
    return asking.take()
