"""The mails of this room, composed when they are sent."""

from __future__ import annotations

from datetime import datetime

from calakan.kernel import db
from calakan.notifications.letters import Letter, LetterKind, link, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.people.models import Person
from calakan.privacy import erasure


def erasure_asked(message: Message, now: datetime) -> Letter | None:
    """To an admin; nothing once it is done."""
    person = db.session().get(Person, message.subject_id)
    asked = erasure.asked_at(message.subject_id or 0)
    if person is None or asked is None:
        return None
    return render(
        "privacy/mail/erasure_asked.txt",
        name=message.facts["name"],
        until=asked + erasure.WITHIN,
        address=link(f"/kelola/orang/{person.code}"),
    )


# The kind keeps the name it was stored under before this room was one of its own.
LETTERS = [
    LetterKind("reports.erasure_asked", erasure_asked, priority=Priority.USUAL, topic=None, mail_only=True),
]
