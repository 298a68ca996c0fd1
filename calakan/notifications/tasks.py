"""The door of the workers: drain the outbox, and free what dead workers held."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from calakan.kernel import claims, clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget, channels, letters, queries, services, topics
from calakan.notifications.channels import Outcome
from calakan.notifications.models import Message
from calakan.office.queries import office_settings
from config import Settings

log = logging.getLogger(__name__)
BATCH = 50
FRESH = timedelta(seconds=10)  # a letter composed longer ago is composed again: the server was slow
# A cap of each second or minute is waited for here; longer ones are for the sweep.
PAUSE, PATIENCE = 0.25, 25.0
_settled: dict[Outcome, WorkState] = {
    Outcome.SENT: WorkState.DONE,
    Outcome.REFUSED: WorkState.FAILED,
    Outcome.UNCERTAIN: WorkState.UNCERTAIN,
}


@dataclass(frozen=True)
class _Ready:
    """A composed message, with what its row said."""

    id: int
    mail: EmailMessage
    subject: str
    body: str
    facts: dict[str, Any]
    attempts: int
    channel: str


def deliver_due(settings: Settings) -> int:
    """Send everything that is due; returns how many were settled. Any number of workers may run this at once."""
    settled, waited, helped = 0, 0.0, False
    channel = channels.open_channel(settings.smtp_url)
    try:
        while True:
            with db.transaction():
                token, ids, soon = _claim()
                if len(ids) == BATCH and not helped:
                    db.ring(services.QUEUE)  # more than one worker's share: the next one joins in
                    helped = True
            if not ids and soon and waited < PATIENCE:
                time.sleep(PAUSE)
                waited += PAUSE
                continue
            if not ids:
                return settled
            left = list(ids)
            while left:
                gone = _deliver(left, token, channel, settings)
                left = [id for id in left if id not in gone]
            settled += len(ids)
    finally:
        channel.close()


def _claim() -> tuple[str, Sequence[int], bool]:
    """The next batch, the most urgent first, within what the relay lets through; and whether more may go in a moment."""
    now, limits = clock.now(), budget.caps(office_settings())
    if not limits:
        return *claims.claim(Message, now=now, limit=BATCH, first="priority"), False
    budget.take_turn()
    free = budget.left(limits, now=now)
    limit = min(BATCH, *free.values())
    if limit:
        return *claims.claim(Message, now=now, limit=limit, first="priority"), False
    return "", [], budget.worth_waiting(free) and queries.work_waits(now)


def _deliver(ids: Sequence[int], token: str, channel: channels.Channel, settings: Settings) -> set[int]:
    """Compose all from the data of this moment, hand over one by one; returns those that need nothing more.

    One transaction for each letter records how the last one ended and commits `handing` for the next, so that a crash
    leaves one uncertain letter at most.
    """
    composed_at = clock.now()
    ready, over = _compose(ids, token, settings, composed_at)
    if over:
        with db.transaction():
            for id, values in over.items():
                claims.step(Message, id, token, was=WorkState.CLAIMED, claim_token=None, lease_until=None, **values)
    gone = set(ids) - {letter.id for letter in ready}
    last: tuple[_Ready, channels.Result] | None = None
    for letter in ready:
        now = clock.now()
        if last is not None and now - composed_at > FRESH:
            break
        with db.transaction():
            if last is not None:
                _settle(*last, token, now)
            ours = _begin(letter, token, now)
        last = (letter, channel.send(letter.mail)) if ours else None
        gone.add(letter.id)
    if last is not None:
        with db.transaction():
            _settle(*last, token, clock.now())
    return gone


def _compose(
    ids: Sequence[int], token: str, settings: Settings, now: datetime
) -> tuple[list[_Ready], dict[int, dict[str, object]]]:
    """The letters that can go, and what becomes of the others. Reads only, so that nobody waits for the database."""
    db.session().rollback()
    waiting = db.session().execute(
        sa.select(Message.id, Message)
        .where(Message.id.in_(ids), Message.claim_token == token, Message.state == WorkState.CLAIMED)
        .order_by(Message.priority, Message.due_at, Message.id)
    )
    ready: list[_Ready] = []
    over: dict[int, dict[str, object]] = {}
    rows = waiting.all()
    muted = queries.muted(message.person_id for _, message in rows)
    for id, message in rows:
        try:
            expired = message.expires_at is not None and message.expires_at <= now
            silent = (message.person_id, topics.OF_KIND.get(message.kind)) in muted
            letter = None if expired or silent else letters.compose(message, now)
            if letter is None:
                why = "muted" if silent else "expired" if expired else "no longer wanted"
                over[id] = {"state": WorkState.DROPPED, "last_error": why}
            else:
                ready.append(_ready(message, letter, settings, now))
        except Exception as error:  # one bad message must not stop the queue
            log.exception("message %s cannot be composed", id)
            over[id] = {"state": WorkState.FAILED, "last_error": type(error).__name__}
            db.session().rollback()
    return ready, over


def _ready(message: Message, letter: letters.Letter, settings: Settings, now: datetime) -> _Ready:
    mail = channels.mail_of(
        letter,
        key=message.key,
        address=message.address,
        name=message.facts.get("name", ""),
        sender=settings.mail_from,
        at=now,
        unsubscribe=_unsubscribe(message),
    )
    return _Ready(
        id=message.id,
        mail=mail,
        subject=letter.subject,
        body=letter.text,
        facts=message.facts,
        attempts=message.attempts + 1,
        channel="console" if settings.console_mail else "mail",
    )


def _unsubscribe(message: Message) -> str:
    """The address that ends messages of this topic; empty for those that always arrive."""
    topic = topics.OF_KIND.get(message.kind)
    return letters.link(f"/berhenti/{topics.token(message.person_id, topic)}") if topic is not None else ""


def _begin(letter: _Ready, token: str, now: datetime) -> bool:
    """`handing`: from its commit on, the body may be out. False when the claim was lost meanwhile."""
    return claims.step(
        Message,
        letter.id,
        token,
        was=WorkState.CLAIMED,
        state=WorkState.HANDING,
        lease_until=now + claims.LEASE,
        attempts=letter.attempts,
        subject=letter.subject,
        body=letter.body,
        channel=letter.channel,
    )


def _settle(letter: _Ready, result: channels.Result, token: str, now: datetime) -> None:
    values: dict[str, object] = {"last_error": result.detail or None, "claim_token": None, "lease_until": None}
    if result.outcome is not Outcome.LATER:
        values |= _final(letter, result.outcome, now)
    elif letter.attempts >= claims.MOST_ATTEMPTS:
        values["state"] = WorkState.FAILED
    else:
        values |= {"state": WorkState.PENDING, "due_at": claims.retry_at(now, letter.attempts)}
    claims.step(Message, letter.id, token, was=WorkState.HANDING, **values)


def _final(letter: _Ready, outcome: Outcome, now: datetime) -> dict[str, object]:
    """A one-time secret is forgotten once its mail has left; the console channel keeps it, being its only reader."""
    values: dict[str, object] = {"state": _settled[outcome]}
    if outcome is not Outcome.REFUSED:
        values["sent_at"] = now
    secret = letter.facts.get("secret")
    if secret and letter.channel != "console":
        values["facts"] = {name: value for name, value in letter.facts.items() if name != "secret"}
        values["body"] = letter.body.replace(secret, "••••••••")
    return values


def sweep(settings: Settings) -> int:
    """Free what dead workers held, then deliver: the guarantee behind the doorbell."""
    with db.transaction():
        claims.release_expired(Message, now=clock.now())
    return deliver_due(settings)
