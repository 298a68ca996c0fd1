"""The door of the workers: drain the outbox, and free what dead workers held."""

from __future__ import annotations

import logging
from datetime import datetime
from email.message import EmailMessage

from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import channels, letters
from calakan.notifications.channels import Outcome
from calakan.notifications.models import Message
from config import Settings

log = logging.getLogger(__name__)
BATCH = 50
_settled: dict[Outcome, WorkState] = {
    Outcome.SENT: WorkState.DONE,
    Outcome.REFUSED: WorkState.FAILED,
    Outcome.UNCERTAIN: WorkState.UNCERTAIN,
}


def deliver_due(settings: Settings) -> int:
    """Send everything that is due; returns how many were settled. Any number of workers may run this at once."""
    settled = 0
    channel = channels.open_channel(settings.smtp_url)
    try:
        while True:
            with db.transaction():
                token, ids = claims.claim(Message, now=clock.now(), limit=BATCH)
            if not ids:
                return settled
            for id in ids:
                settled += _deliver(id, token, channel, settings)
    finally:
        channel.close()


def _deliver(id: int, token: str, channel: channels.Channel, settings: Settings) -> int:
    """One message: compose from the data of this moment, commit `handing`, hand over, record how it ended."""
    now = clock.now()
    try:
        mail = _prepare(id, token, settings, now)
    except Exception as error:  # one bad message must not stop the queue
        log.exception("message %s cannot be composed", id)
        with db.transaction():
            claims.step(
                Message, id, token, was=WorkState.CLAIMED, state=WorkState.FAILED, last_error=type(error).__name__
            )
        return 1
    if mail is None:
        return 1
    result = channel.send(mail)
    with db.transaction():
        _settle(id, token, result, clock.now())
    return 1


def _prepare(id: int, token: str, settings: Settings, now: datetime) -> EmailMessage | None:
    with db.transaction():
        message = db.session().get(Message, id)
        if message is None or message.claim_token != token or message.state is not WorkState.CLAIMED:
            return None
        expired = message.expires_at is not None and message.expires_at <= now
        letter = None if expired else letters.compose(message, now)
        if letter is None:
            claims.step(
                Message,
                id,
                token,
                was=WorkState.CLAIMED,
                state=WorkState.DROPPED,
                last_error="expired" if expired else "no longer wanted",
            )
            return None
        mail = channels.mail_of(
            letter,
            key=message.key,
            address=message.address,
            name=message.facts.get("name", ""),
            sender=settings.mail_from,
            at=now,
        )
        claims.step(
            Message,
            id,
            token,
            was=WorkState.CLAIMED,
            state=WorkState.HANDING,
            lease_until=now + claims.LEASE,
            attempts=message.attempts + 1,
            subject=letter.subject,
            body=letter.text,
            channel="console" if settings.console_mail else "mail",
        )
        return mail


def _settle(id: int, token: str, result: channels.Result, now: datetime) -> None:
    values: dict[str, object] = {"last_error": result.detail or None, "claim_token": None, "lease_until": None}
    if result.outcome is Outcome.LATER:
        attempts = db.session().get_one(Message, id).attempts
        if attempts >= claims.MOST_ATTEMPTS:
            values["state"] = WorkState.FAILED
        else:
            values |= {"state": WorkState.PENDING, "due_at": claims.retry_at(now, attempts)}
    else:
        values |= _final(id, result.outcome, now)
    claims.step(Message, id, token, was=WorkState.HANDING, **values)


def _final(id: int, outcome: Outcome, now: datetime) -> dict[str, object]:
    """A one-time secret is forgotten once its mail has left; the console channel keeps it, being its only reader."""
    values: dict[str, object] = {"state": _settled[outcome]}
    if outcome is not Outcome.REFUSED:
        values["sent_at"] = now
    message = db.session().get_one(Message, id)
    secret = message.facts.get("secret")
    if secret and message.channel != "console":
        values["facts"] = {name: value for name, value in message.facts.items() if name != "secret"}
        values["body"] = message.body.replace(secret, "••••••••")
    return values


def sweep(settings: Settings) -> int:
    """Free what dead workers held, then deliver: the guarantee behind the doorbell."""
    with db.transaction():
        claims.release_expired(Message, now=clock.now())
    return deliver_due(settings)
