"""The letters of this room itself: the code that proves a number, and a trial of a channel."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from calakan.notifications import addresses, queries
from calakan.notifications.letters import HIDDEN, Letter, LetterKind, render
from calakan.notifications.models import AddressState, Message
from calakan.notifications.priorities import Priority
from calakan.notifications.ways import PROOF, TRIAL


def proof(message: Message, now: datetime) -> Letter | None:
    row = queries.address_of(message.person_id, message.channel)
    if row is None or row.state is not AddressState.ASKED or row.address != message.address:
        return None
    letter = render("notifications/mail/proof.txt", code=HIDDEN, until=message.expires_at)
    new_code = partial(addresses.new_code, message.person_id, message.address)
    return Letter(letter.subject, letter.text, code=HIDDEN, secret=new_code)


def trial(message: Message, now: datetime) -> Letter | None:
    return render("notifications/mail/trial.txt", name=message.facts["name"], asked_at=message.created_at)


LETTERS = [
    LetterKind(PROOF, proof, priority=Priority.AT_ONCE, topic=None),
    LetterKind(TRIAL, trial, priority=Priority.AT_ONCE, topic=None, mail_only=True),
]
