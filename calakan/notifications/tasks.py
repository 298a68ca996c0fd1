"""The door of the workers: drain the outbox, channel by channel, and free what dead workers held."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.kernel import claims, clock, db, meters
from calakan.kernel.claims import WorkState
from calakan.notifications import addresses, budget, letters, marks, queries, services, topics, ways
from calakan.notifications.bounces import queries as bounces
from calakan.notifications.channels import opening
from calakan.notifications.channels.interface import Channel, Device, Outcome, Parcel, Result
from calakan.notifications.models import Message, Why
from calakan.notifications.night import quiet, waking
from calakan.notifications.priorities import Priority
from calakan.notifications.ways import PROOF, Way
from calakan.office.queries import office_settings
from config import Settings

log = logging.getLogger(__name__)
BATCH = 50
FRESH = timedelta(seconds=10)  # a letter composed longer ago is composed again: the server was slow
# A cap of each second or minute is waited for here; longer ones are for the sweep.
PAUSE, PATIENCE = 0.25, 25.0
REST = timedelta(minutes=5)  # of a channel whose provider does not say how long
_settled: dict[Outcome, WorkState] = {
    Outcome.SENT: WorkState.DONE,
    Outcome.REFUSED: WorkState.FAILED,
    Outcome.GONE: WorkState.FAILED,
    Outcome.UNCERTAIN: WorkState.UNCERTAIN,
}


# Person and address -> the device it stands for, if it is one.
_Agreed = dict[tuple[int, str], Device | None]


@dataclass(frozen=True)
class _Claimed:
    """A batch of one channel."""

    way: Way
    token: str
    ids: Sequence[int]


@dataclass(frozen=True)
class _Ready:
    """A composed message, with what its row said. `body` is what may be stored; `secret` is in the parcel alone."""

    id: int
    person_id: int
    way: Way
    parcel: Parcel
    body: str
    attempts: int
    secret: str = ""


@dataclass(frozen=True)
class _Wishes:
    """What the people of a batch want at this moment, and what their addresses take. Mail needs no agreement: None."""

    muted: set[tuple[int, topics.Topic, Way]]
    agreed: _Agreed | None
    refusing: set[str]


class _Channels:
    """Those that this run needed, each opened once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: dict[Way, Channel] = {}

    def __getitem__(self, way: Way) -> Channel:
        if way not in self._open:
            self._open[way] = opening.open_channel(way, self._settings)
        return self._open[way]

    def close(self) -> None:
        for channel in self._open.values():
            channel.close()


def deliver_due(settings: Settings) -> int:
    """Send what is due for the length of a shift, and ring for the rest; returns how many were settled.

    Any number of workers may run this at once.
    """
    settled, waited, helped, shift = 0, 0.0, False, claims.Shift()
    with closing(_Channels(settings)) as channels:
        while not shift.is_over():
            claimed, soon = _claim_first(helped=helped)
            if claimed is None and soon and waited < PATIENCE:
                time.sleep(PAUSE)
                waited += PAUSE
                continue
            if claimed is None:
                return settled
            helped = helped or len(claimed.ids) == BATCH
            left = list(claimed.ids)
            while left and not shift.is_over():
                gone = _deliver(left, claimed, channels[claimed.way], shift)
                left = [id for id in left if id not in gone]
            settled += len(claimed.ids) - len(left)
            with db.transaction():
                claims.put_back(Message, claimed.token)
    with db.transaction():
        db.ring(services.QUEUE)
    return settled


def _claim_first(*, helped: bool) -> tuple[_Claimed | None, bool]:
    """A batch of the first channel that has one; else whether one may come in a moment."""
    soon = False
    for way in ways.configured():
        if way is not Way.MAIL and not _waits(way):
            continue
        with db.transaction():
            token, ids, more = _claim(way)
            if len(ids) == BATCH and not helped:
                db.ring(services.QUEUE)  # more than one worker's share: the next one joins in
        if ids:
            return _Claimed(way, token, ids), False
        soon = soon or more
    return None, soon


def _waits(way: Way) -> bool:
    """Most runs find nothing for a rarer channel: then its turn, which is a write, is not taken."""
    db.session().rollback()
    return queries.work_waits(clock.now(), way)


def _claim(way: Way) -> tuple[str, Sequence[int], bool]:
    """The next batch, the most urgent first, within what the channel lets through; and whether more may go in a moment."""
    now, limits, limit = clock.now(), budget.caps(office_settings(), way), BATCH
    only: dict[str, object] = {"channel": way}
    if not limits and way in budget.resting(now):
        return "", [], False
    if limits or way is not Way.MAIL:
        turn = budget.take_turn(way)
        if turn.rests_until is not None and turn.rests_until > now:
            return "", [], False
        if way is not Way.MAIL and quiet(now):
            only["priority"] = Priority.AT_ONCE
        free = budget.left(way, limits, now=now)
        limit = min([BATCH, *free.values()])
        if not limit:
            return "", [], budget.worth_waiting(free) and queries.work_waits(now, way)
    return *claims.claim(Message, now=now, limit=limit, first="priority", only=only), False


def _deliver(ids: Sequence[int], claimed: _Claimed, channel: Channel, shift: claims.Shift) -> set[int]:
    """Compose all from the data of this moment, hand over one by one; returns those that need nothing more, or not here.

    One transaction for each letter records how the last one ended and commits `handing` for the next, so that a crash
    leaves one uncertain letter at most.
    """
    composed_at, token = clock.now(), claimed.token
    ready, over = _compose(ids, claimed, composed_at)
    if over:
        with db.transaction():
            for id, values in over.items():
                claims.step(Message, id, token, was=WorkState.CLAIMED, claim_token=None, lease_until=None, **values)
    gone = set(ids) - {letter.id for letter in ready}
    last: tuple[_Ready, Result] | None = None
    for letter in ready:
        now = clock.now()
        if last is not None and (now - composed_at > FRESH or last[1].rests or shift.is_over()):
            break
        with db.transaction():
            if last is None:  # composed anew each FRESH, so the lease is never older than that and one hand-over
                claims.renew(Message, token, now=now)
            if last is not None:
                _settle(*last, token, now)
            begun = _begin(letter, token, now)
        last = (begun, _send(channel, begun)) if begun is not None else None
        gone.add(letter.id)
    if last is not None:
        with db.transaction():
            _settle(*last, token, clock.now())
            if last[1].rests:
                claims.put_back(Message, token)
                gone.update(ids)
    return gone


def _compose(ids: Sequence[int], claimed: _Claimed, now: datetime) -> tuple[list[_Ready], dict[int, dict[str, object]]]:
    """The letters that can go, and what becomes of the others. Reads only, so that nobody waits for the database."""
    db.session().rollback()
    waiting = db.session().execute(
        sa.select(Message.id, Message)
        .where(Message.id.in_(ids), Message.claim_token == claimed.token, Message.state == WorkState.CLAIMED)
        .order_by(Message.priority, Message.due_at, Message.id)
    )
    ready: list[_Ready] = []
    over: dict[int, dict[str, object]] = {}
    rows = waiting.all()
    wishes = _wishes([message for _, message in rows], claimed.way)
    for id, message in rows:
        try:
            why = _obstacle(message, wishes, now)
            waits = why is None and quiet(now) and _of_a_round(message)
            letter = letters.compose(message, now) if why is None and not waits else None
            if waits:
                over[id] = {"state": WorkState.PENDING, "due_at": waking(now)}
            elif letter is None:
                over[id] = {"state": WorkState.DROPPED, "last_error": why or Why.NO_LONGER_WANTED}
            else:
                device = wishes.agreed.get((message.person_id, message.address)) if wishes.agreed is not None else None
                ready.append(_ready(message, letter, device, now))
        except Exception as error:  # one bad message must not stop the queue
            log.exception("message %s cannot be composed", id)
            over[id] = {"state": WorkState.FAILED, "last_error": type(error).__name__}
            db.session().rollback()
    return ready, over


def _wishes(messages: Sequence[Message], way: Way) -> _Wishes:
    people = {message.person_id for message in messages}
    muted = queries.muted(people)
    if way is Way.MAIL:
        return _Wishes(muted, None, bounces.refusing(message.address for message in messages))
    return _Wishes(muted, _agreed(people, way), set())


def _agreed(people: set[int], way: Way) -> _Agreed:
    """Person and address that are agreed to at this moment, and the browser behind the address."""
    if way is Way.PUSH:
        found = queries.devices(people).items()
        return {(person_id, name): device for person_id, mine in found for name, device in mine.items()}
    reach = queries.addresses(people, [way]).items()
    return {(person_id, of_person[way]): None for person_id, of_person in reach}


def _obstacle(message: Message, wishes: _Wishes, now: datetime) -> Why | None:
    """Why this message is not even composed."""
    topic = letters.kind_of(message.kind).topic
    if topic is not None and (message.person_id, topic, message.channel) in wishes.muted:
        return Why.MUTED
    if message.expires_at is not None and message.expires_at <= now:
        return Why.EXPIRED
    # What belongs in one mailbox alone stands by another way only where that is the address which is to be proven.
    proves = message.person_id is None and letters.kind_of(message.kind).mail_only
    free = wishes.agreed is None or message.kind == PROOF or proves
    if not free and (message.person_id, message.address) not in (wishes.agreed or ()):
        return Why.WITHDRAWN
    # What somebody waits for at a screen is tried all the same: it is how an address shows that it works again.
    if message.address in wishes.refusing and not letters.kind_of(message.kind).mail_only:
        return Why.REFUSING
    return None


def _of_a_round(message: Message) -> bool:
    """Whether it may wait for the morning: nobody needs it before."""
    return letters.kind_of(message.kind).priority >= Priority.ROUND


def _ready(message: Message, letter: letters.Letter, device: Device | None, now: datetime) -> _Ready:
    parcel = Parcel(
        letter=letter,
        key=message.key,
        kind=message.kind,
        address=message.address,
        name=message.facts.get("name", ""),
        at=now,
        unsubscribe=_unsubscribe(message),
        mark=marks.mark(message.id),
        until=message.expires_at,
        device=device,
        request_id=message.request_id,
    )
    return _Ready(
        id=message.id,
        person_id=message.person_id,
        way=message.channel,
        parcel=parcel,
        body=letter.text if message.channel is Way.MAIL else letters.short_of(letter),
        attempts=message.attempts + 1,
    )


def _unsubscribe(message: Message) -> str:
    """The address that ends mails of this topic; empty for those that always arrive."""
    topic = letters.kind_of(message.kind).topic
    return letters.link(f"/berhenti/{topics.token(message.person_id, topic)}") if topic is not None else ""


def _begin(letter: _Ready, token: str, now: datetime) -> _Ready | None:
    """`handing`: from its commit on, the body may be out. None when the claim was lost meanwhile.

    A secret is made here and goes into the parcel; the row gets the body without it.
    """
    ours = claims.step(
        Message,
        letter.id,
        token,
        was=WorkState.CLAIMED,
        state=WorkState.HANDING,
        lease_until=now + claims.LEASE,
        attempts=letter.attempts,
        subject=letter.parcel.letter.subject,
        body=letter.body,
    )
    if not ours or letter.parcel.letter.secret is None:
        return letter if ours else None
    secret = letter.parcel.letter.secret(now)
    told = replace(letter.parcel, letter=letter.parcel.letter.told(secret))
    return replace(letter, parcel=told, secret=secret)


def _send(channel: Channel, letter: _Ready) -> Result:
    if letter.way is Way.MAIL and not letter.parcel.address:
        return Result(Outcome.SENT)  # whoever has no mailbox reads it in the inbox
    result = channel.send(letter.parcel)
    meters.hand_overs.labels(letter.way, result.outcome).inc()
    return result


def _settle(letter: _Ready, result: Result, token: str, now: datetime) -> None:
    # Servers quote what they refuse, an address with its secret too.
    detail = result.detail
    for secret in letter.secret.split():
        detail = detail.replace(secret, letters.HIDDEN)
    values: dict[str, object] = {"last_error": detail or None, "claim_token": None, "lease_until": None}
    until = now + (result.retry_after or REST)
    if result.rests:
        budget.rest(letter.way, until, trouble=detail)
    if result.rests and result.outcome is Outcome.LATER:
        values |= {"state": WorkState.PENDING, "due_at": until, "attempts": letter.attempts - 1}
    elif result.outcome is not Outcome.LATER:
        values |= _final(result, now)
    elif letter.attempts >= claims.MOST_ATTEMPTS:
        values["state"] = WorkState.FAILED
    else:
        due_at = now + result.retry_after if result.retry_after else claims.retry_at(now, letter.attempts)
        values |= {"state": WorkState.PENDING, "due_at": due_at}
    claims.step(Message, letter.id, token, was=WorkState.HANDING, **values)
    if result.outcome is Outcome.GONE:
        addresses.gone(letter.person_id, letter.way, letter.parcel.address, now=now)


def _final(result: Result, now: datetime) -> dict[str, object]:
    values: dict[str, object] = {"state": _settled[result.outcome], "provider_id": result.provider_id}
    if result.outcome in (Outcome.SENT, Outcome.UNCERTAIN):
        values["sent_at"] = now
    return values


def sweep(settings: Settings) -> int:
    """Free what dead workers held, then deliver: the guarantee behind the doorbell."""
    with db.transaction():
        claims.release_expired(Message, now=clock.now())
    return deliver_due(settings)
