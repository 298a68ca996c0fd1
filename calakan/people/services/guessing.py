"""A pace for whoever guesses the password of one account, from however many addresses; the mailbox still lets its owner in.

Counted by what was typed, so that an address without an account is no different.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.kernel import codes, db
from calakan.people.errors import TooManyGuesses
from calakan.people.models import WrongGuesses

FREE, LONGEST_WAIT = 100, timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=7)


def begin(email: str, *, now: datetime) -> None:
    """One more try, wrong until `forget` says otherwise: of many at once each is counted before anybody looks at it.

    Commit before the password is looked at. Raises TooManyGuesses.
    """
    hold(email)
    may_try(email, now=now)
    note(email, now=now)


def hold(email: str) -> None:
    """Nobody else counts for this name until the transaction ends."""
    db.alone("people.guessing", _name(email))


def may_try(email: str, *, now: datetime) -> None:
    """After FREE wrong passwords in a row the waits double, up to LONGEST_WAIT. Raises TooManyGuesses."""
    row = db.session().scalar(sa.select(WrongGuesses).where(WrongGuesses.email_hash == _name(email)))
    if row is None or row.count < FREE:
        return
    until = row.at + min(timedelta(seconds=2 ** min(row.count - FREE, 12)), LONGEST_WAIT)
    if now < until:
        raise TooManyGuesses(until=until)


def own(person_id: int) -> str:
    """The name for guesses of whoever is logged in: strangers do not count there. No address holds a blank."""
    return f"own {person_id}"


def wrong_in_a_row(email: str) -> int:
    """How many; the last one within a week (`FORGOTTEN_AFTER`)."""
    wanted = sa.select(WrongGuesses.count).where(WrongGuesses.email_hash == _name(email))
    return db.session().scalar(wanted) or 0


def note(email: str, *, now: datetime) -> None:
    """One more wrong password."""
    db.insert_new(WrongGuesses, [{"email_hash": _name(email), "count": 0, "at": now}])
    mine = WrongGuesses.email_hash == _name(email)
    db.session().execute(sa.update(WrongGuesses).where(mine).values(count=WrongGuesses.count + 1, at=now))


def forget(email: str) -> None:
    """The owner is in, or has set a new password by mail."""
    db.session().execute(sa.delete(WrongGuesses).where(WrongGuesses.email_hash == _name(email)))


def sweep(*, now: datetime) -> int:
    old = sa.delete(WrongGuesses).where(WrongGuesses.at < now - FORGOTTEN_AFTER)
    return db.touched(db.session().execute(old))


def _name(email: str) -> str:
    return codes.hashed(email.strip().lower()[:254])
