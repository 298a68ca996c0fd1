"""Proof of an address, an e-mail or a number, by a message there: six digits for the browser that asked, and a link for any
browser of whoever reads it.

Asking is the same work whether the address has an account or not: a row, and a letter that is composed later.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from calakan.kernel import codes, db
from calakan.notifications import services as notifications
from calakan.notifications.ways import Way
from calakan.people import holders, phones, queries
from calakan.people.errors import CodeOver, LinkInvalid, OnlyByLink
from calakan.people.models import MailCode, Person, Wanted
from calakan.people.services import entry, guessing, newcomers, numbers, second_factor, telling
from calakan.people.services.second_factor import Begun

# A code lives from the hand-over of its mail; a mail that could not leave for so long is not sent any more. The page waits
# as long as a code can live, whether one was mailed or not: how long it waits tells nobody who has an account.
LIFETIME, PATIENCE = timedelta(minutes=10), timedelta(minutes=30)
WAIT = PATIENCE + LIFETIME
DIGITS, MOST_TRIES = 6, 5
# Wrong codes for one address, in all browsers, before only its links count: six digits are soon guessed otherwise.
MOST_WRONG = 20
_key = b""


def connect(secret_key: str) -> None:
    """Called once, from `calakan.app`."""
    global _key
    _key = hashlib.sha256(b"people.mail_codes:" + secret_key.encode()).digest()


def _code_hash(id: int, code: str) -> str:
    """Keyed, because six digits under a plain hash are tried out in a second by whoever has the table."""
    return hmac.digest(_key, f"{id}:{code}".encode(), "sha256").hex()


def ask(
    address: str, wanted: Wanted, *, person_id: int | None = None, typed: dict[str, Any] | None = None, now: datetime
) -> str:
    """Mail a code and a link; returns what the browser that asked must keep. Looks and takes the same for all addresses.

    Raises NumberCodesSpent.
    """
    address, browser = address.strip().lower(), codes.secret()
    row = MailCode(
        wanted=wanted,
        browser_hash=codes.hashed(browser),
        address=address,
        person_id=person_id,
        typed=typed or {},
        code_hash=codes.hashed(codes.secret()),  # of no code: until one is mailed, and where none is, each is as wrong
        created_at=now,
        expires_at=now + WAIT,
    )
    db.session().add(row)
    db.session().flush()
    _mail(row, now=now)
    return browser


def ask_again(browser: str, *, now: datetime) -> None:
    """The same once more, with a new code; the older one dies when its mail leaves. Raises CodeOver, NumberCodesSpent."""
    row = db.lock(MailCode, _id_of(browser))
    if row.used_at is not None:
        raise CodeOver()
    row.failures, row.expires_at = 0, now + WAIT  # here, and not when the mail leaves, for the same reason
    db.session().flush()
    _mail(row, now=now)


def _mail(row: MailCode, *, now: datetime) -> None:
    number = phones.is_number(row.address)
    if number:
        numbers.spend(row.address, row.wanted, entry.CODE, now=now)
    if not entry.may_be_mailed(row.address, now=now):
        return
    letter = notifications.message_row(
        entry.CODE,
        key=f"{entry.CODE}:{row.id}:{now.isoformat()}",
        person_id=None,
        address=row.address,
        now=now,
        subject_kind=MailCode.__tablename__,
        subject_id=row.id,
        expires_at=now + PATIENCE,
    )
    notifications.queue_rows([{**letter, "channel": Way.WHATSAPP if number else Way.MAIL}])


def to_be_mailed(id: int | None) -> MailCode | None:
    """What the letter is about, if it still serves somebody."""
    row = db.session().get(MailCode, id) if id is not None else None
    return row if row is not None and row.used_at is None and _serves(row) else None


def _serves(row: MailCode) -> bool:
    """Who has no account, or whose account is closed, cannot log in. Staff come in by mail: a number is lent too easily."""
    if row.wanted.of_account:
        return holders.holder(row.person_id) is not None
    person = queries.by_address(row.address)
    if person is None:
        return row.wanted is not Wanted.LOG_IN
    return person.active and not (phones.is_number(row.address) and queries.actor_of(person).is_staff)


def mailed_pair(id: int, now: datetime) -> str:
    """Link and code of the mail that is about to leave, parted by a blank; those of an earlier one die."""
    row = db.lock(MailCode, id)
    link, code = codes.secret(), codes.digits(DIGITS)
    row.link_hash, row.code_hash = codes.hashed(link), _code_hash(id, code)
    row.code_until = now + LIFETIME
    db.session().flush()
    return f"{link} {code}"


def waiting(browser: str, *, now: datetime) -> MailCode | None:
    """What this browser asked for and has not proven yet."""
    open_row = sa.and_(MailCode.used_at.is_(None), MailCode.expires_at > now)
    return db.session().scalar(sa.select(MailCode).where(MailCode.browser_hash == codes.hashed(browser), open_row))


def by_code(browser: str, code: str, *, now: datetime) -> MailCode | None:
    """The proven request, used up; None for a wrong code, which is counted: commit then. Raises CodeOver, OnlyByLink.

    Only the right code is told that its time is over.
    """
    row = db.lock(MailCode, _id_of(browser))
    if row.used_at is not None or row.expires_at <= now or row.failures >= MOST_TRIES:
        raise CodeOver()
    guessing.hold(_codes_for(row))
    if not codes_count(row):
        raise OnlyByLink()
    typed = "".join(letter for letter in code if letter.isdigit())
    if not hmac.compare_digest(_code_hash(row.id, typed), row.code_hash):
        row.failures += 1
        db.session().flush()
        guessing.note(_codes_for(row), now=now)
        return None
    if row.code_until is None or row.code_until <= now:
        raise CodeOver()
    return _used(row, now=now)


def codes_count(row: MailCode) -> bool:
    """Whether a code may prove this address, or so many were wrong that only links do."""
    return guessing.wrong_in_a_row(_codes_for(row)) < MOST_WRONG


def by_link(secret: str, *, now: datetime) -> MailCode:
    """The proven request, used up; of many parallel uses one wins. Raises LinkInvalid."""
    found = linked(secret, now=now)
    row = db.lock(MailCode, found.id) if found is not None else None
    if row is None or row.used_at is not None or row.link_hash != codes.hashed(secret):
        raise LinkInvalid()
    return _used(row, now=now)


def linked(secret: str, *, now: datetime) -> MailCode | None:
    """What this link would do now; reading it changes nothing, since mail scanners open links too."""
    open_link = sa.and_(
        MailCode.link_hash == codes.hashed(secret), MailCode.used_at.is_(None), MailCode.code_until > now
    )
    row = db.session().scalar(sa.select(MailCode).where(open_link))
    return row if row is not None and not row.wanted.of_account and _serves(row) else None


def asked_by(row: MailCode, browser: str) -> bool:
    """Whether this browser is the one that asked."""
    return hmac.compare_digest(row.browser_hash, codes.hashed(browser))


def log_in(proven: MailCode, *, here: bool, device: str, now: datetime) -> tuple[int, Begun]:
    """Who comes in by a proof, and the log-in or the step before it: a mail is never the second one.

    Raises LinkInvalid, NumberOfAnother.

    `here`: the code was typed in the browser that asked.
    """
    if not _serves(proven):
        raise LinkInvalid()
    if proven.wanted is Wanted.ENROL:
        said, at = newcomers.read(proven.typed), proven.created_at
        person: Person | None = newcomers.welcome(proven.address, said, proven_at=at, here=here, now=now)
    else:
        person = entry.prove_by_mail(proven.address, now=now)
    assert person is not None  # it serves somebody
    if phones.is_number(proven.address) and person.number != proven.address:
        telling.first_use(person, proven.address, now=now)
    return person.id, second_factor.begin_log_in(person.id, device=device, now=now)


def sweep(*, now: datetime) -> int:
    """What strangers typed is kept no longer than the proof could come."""
    gone = db.session().execute(sa.delete(MailCode).where(MailCode.expires_at < now - timedelta(days=1)))
    return db.touched(gone)


def _id_of(browser: str) -> int:
    id = db.session().scalar(sa.select(MailCode.id).where(MailCode.browser_hash == codes.hashed(browser)))
    if id is None:
        raise CodeOver()
    return id


def _codes_for(row: MailCode) -> str:
    """Counted apart from passwords; no address holds a blank."""
    return f"code {row.address}"


def _used(row: MailCode, *, now: datetime) -> MailCode:
    row.used_at = now
    guessing.forget(_codes_for(row))
    db.session().flush()
    return row
