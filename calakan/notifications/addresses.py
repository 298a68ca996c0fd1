"""Where people agreed to be written to: asking with a proof, confirming, withdrawing.

A number is proved by a code that is sent there, a chat by opening it from a link of ours. The words agreed to are kept.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor, system
from calakan.notifications import devices, queries, services
from calakan.notifications.errors import ProofAskedTooOften, ProofOver
from calakan.notifications.models import AddressState, ChannelAddress
from calakan.notifications.ways import PROOF, Way

CODE_LENGTH, CODE_LIFETIME, LINK_LIFETIME = 6, timedelta(minutes=15), timedelta(hours=1)
MOST_TRIES, MOST_CODES, OVER = 5, 5, timedelta(days=1)
_key = b""


def connect(secret_key: str) -> None:
    """Called once, from `calakan.app`."""
    global _key
    _key = secret_key.encode()


def _signed(*parts: object) -> str:
    """A code of six digits is guessed from a plain hash; not without the key."""
    return hmac.new(_key, ":".join(["notifications.addresses", *map(str, parts)]).encode(), hashlib.sha256).hexdigest()


def ask_code(person_id: int, name: str, number: str, *, consent: str, actor: Actor, now: datetime) -> None:
    """Send a code to a WhatsApp number; what was confirmed before is no longer. Raises ProofAskedTooOften.

    The code is made when its message is handed over (`new_code`); before that, none is right.
    """
    for whose in (str(person_id), number):
        db.alone("notifications.proofs", whose)
    if queries.proofs_sent(person_id, number, since=now - OVER) >= MOST_CODES:
        raise ProofAskedTooOften()
    until = now + CODE_LIFETIME
    _ask(
        person_id,
        Way.WHATSAPP,
        consent=consent,
        actor=actor,
        now=now,
        address=number,
        proof_hash="",
        proof_until=until,
    )
    row = services.message_row(
        PROOF,
        key=f"{PROOF}:{person_id}:{now.isoformat()}",
        person_id=person_id,
        address=number,
        now=now,
        expires_at=until,
        facts={"name": name},
    )
    services.queue_rows([{**row, "channel": Way.WHATSAPP}])


def new_code(person_id: int, number: str, now: datetime) -> str:
    """The code that confirms this number from now on, if it still waits for one; told once, to whoever sends it."""
    code = codes.digits(CODE_LENGTH)
    db.session().execute(
        sa.update(ChannelAddress)
        .where(*_waits(now), ChannelAddress.person_id == person_id, ChannelAddress.channel == Way.WHATSAPP)
        .where(ChannelAddress.address == number)
        .values(proof_hash=_signed(person_id, number, code))
    )
    return code


def ask_link(person_id: int, *, consent: str, actor: Actor, now: datetime) -> None:
    """Wait for the person to open the Telegram bot by `link_token`."""
    token = codes.hashed(_link_token(person_id, now))
    _ask(
        person_id,
        Way.TELEGRAM,
        consent=consent,
        actor=actor,
        now=now,
        address="",
        proof_hash=token,
        proof_until=now + LINK_LIFETIME,
    )


def link_token(row: ChannelAddress) -> str:
    """What Telegram hands back in `/start`; made anew from the row, so that nothing stored opens a chat."""
    return _link_token(row.person_id, row.asked_at)


def _link_token(person_id: int, asked_at: datetime) -> str:
    return _signed("start", person_id, asked_at.isoformat())[:48]


def _ask(person_id: int, way: Way, *, consent: str, actor: Actor, now: datetime, **proof: object) -> None:
    new = {"person_id": person_id, "channel": way, "state": AddressState.ASKED, "asked_at": now, "consent": consent}
    # The row exists afterwards, whoever else asks at the same time; the one who writes last is the one that counts.
    empty = {"address": "", "proof_hash": "", "tries": 0, "withdrawn_why": ""}
    db.insert_new(ChannelAddress, [{**empty, **new}])
    db.session().execute(
        sa.update(ChannelAddress)
        .where(ChannelAddress.person_id == person_id, ChannelAddress.channel == way)
        .values(**new, **proof, tries=0, confirmed_at=None, withdrawn_at=None, withdrawn_why="")
    )
    audit.record("notifications.ask_channel", actor=actor, now=now, name=way, person_id=person_id)


def confirm_code(person_id: int, typed: str, *, actor: Actor, now: datetime) -> bool:
    """Whether this was the code; a wrong one counts, and the transaction is to be kept. Raises ProofOver."""
    tried = db.session().execute(
        sa.update(ChannelAddress)
        .where(*_waits(now), ChannelAddress.person_id == person_id, ChannelAddress.channel == Way.WHATSAPP)
        .where(ChannelAddress.tries < MOST_TRIES)
        .values(tries=ChannelAddress.tries + 1)
        .returning(ChannelAddress.id, ChannelAddress.address, ChannelAddress.proof_hash)
    )
    row = tried.first()
    if row is None:
        raise ProofOver()
    id, address, proof_hash = row
    if not hmac.compare_digest(proof_hash, _signed(person_id, address, typed)):
        return False
    return _confirm(ChannelAddress.id == id, address, Way.WHATSAPP, actor=actor, now=now)


def prove(person_id: int, way: Way, address: str, *, consent: str, actor: Actor, now: datetime) -> None:
    """The address was proven elsewhere in the application, by a code that went there. Again changes nothing."""
    row = queries.address_of(person_id, way)
    if row is not None and row.state is AddressState.CONFIRMED and row.address == address:
        return
    _ask(person_id, way, consent=consent, actor=actor, now=now, address=address, proof_hash="", proof_until=now + OVER)
    _confirm(ChannelAddress.person_id == person_id, address, way, actor=actor, now=now)


def confirm_chat(token: str, chat: str, *, now: datetime) -> bool:
    """Whether this token of `link_token` waited to be opened; it works once."""
    waits = sa.and_(
        ChannelAddress.proof_hash == codes.hashed(token), ChannelAddress.channel == Way.TELEGRAM, _of_open_account()
    )
    return _confirm(waits, chat, Way.TELEGRAM, actor=system("telegram"), now=now)


def _of_open_account() -> sa.ColumnElement[bool]:
    """People are a room that this one does not know: their table is asked by its name."""
    person = ChannelAddress.metadata.tables["person"]
    return sa.exists().where(person.c.id == ChannelAddress.person_id, person.c.active)


def _waits(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return ChannelAddress.state == AddressState.ASKED, ChannelAddress.proof_until > now


def _confirm(which: sa.ColumnElement[bool], address: str, way: Way, *, actor: Actor, now: datetime) -> bool:
    done = db.session().execute(
        sa.update(ChannelAddress)
        .where(which, ChannelAddress.channel == way, *_waits(now))
        .values(state=AddressState.CONFIRMED, address=address, confirmed_at=now, proof_hash="", proof_until=None)
        .returning(ChannelAddress.person_id)
    )
    whose = list(done.scalars())
    for person_id in whose:
        audit.record("notifications.confirm_channel", actor=actor, now=now, name=way, person_id=person_id)
    return bool(whose)


def withdraw(person_id: int, way: Way, *, actor: Actor, now: datetime) -> None:
    """At once: what waits for this address is dropped when its turn comes. Twice changes nothing."""
    mine = sa.and_(ChannelAddress.person_id == person_id, ChannelAddress.channel == way)
    _withdraw(mine, "asked", way, actor=actor, now=now)


def stop(way: Way, address: str, *, said_at: datetime, now: datetime) -> bool:
    """Somebody wrote STOP from there. Words older than the agreement, told again, do not end it."""
    meant = sa.and_(
        ChannelAddress.channel == way, ChannelAddress.address == address, ChannelAddress.confirmed_at <= said_at
    )
    confirmed = sa.and_(meant, ChannelAddress.state == AddressState.CONFIRMED)
    return _withdraw(confirmed, "stop", way, actor=system(way), now=now)


def gone(person_id: int, way: Way, address: str, *, now: datetime) -> None:
    """The provider says that nothing reaches this address any more: it counts as withdrawn, a device is forgotten."""
    if way is Way.PUSH:
        devices.gone(person_id, address)
        return
    meant = sa.and_(
        ChannelAddress.person_id == person_id, ChannelAddress.channel == way, ChannelAddress.address == address
    )
    _withdraw(sa.and_(meant, ChannelAddress.state == AddressState.CONFIRMED), "gone", way, actor=system(way), now=now)


def _withdraw(which: sa.ColumnElement[bool], why: str, way: Way, *, actor: Actor, now: datetime) -> bool:
    done = db.session().execute(
        sa.update(ChannelAddress)
        .where(which, ChannelAddress.state != AddressState.WITHDRAWN)
        .values(
            state=AddressState.WITHDRAWN, withdrawn_at=now, withdrawn_why=why, proof_hash="", proof_until=None, tries=0
        )
        .returning(ChannelAddress.person_id)
    )
    whose = list(done.scalars())
    for person_id in whose:
        audit.record("notifications.withdraw_channel", actor=actor, now=now, name=way, person_id=person_id)
    return bool(whose)
