"""The letters of this room itself: the code that proves a number, and a trial of a channel."""

from __future__ import annotations

from datetime import datetime

from calakan.notifications import queries
from calakan.notifications.letters import Composer, Letter, render
from calakan.notifications.models import AddressState, Message
from calakan.notifications.ways import PROOF, TRIAL


def proof(message: Message, now: datetime) -> Letter | None:
    row = queries.address_of(message.person_id, message.channel)
    code = message.facts.get("secret")
    if row is None or row.state is not AddressState.ASKED or row.address != message.address or not code:
        return None
    letter = render("notifications/mail/proof.txt", code=code, until=message.expires_at)
    return Letter(letter.subject, letter.text, code=code)


def trial(message: Message, now: datetime) -> Letter | None:
    return render("notifications/mail/trial.txt", name=message.facts["name"], asked_at=message.created_at)


LETTERS: dict[str, Composer] = {PROOF: proof, TRIAL: trial}
