"""The mails of this room, composed when they are sent."""

from __future__ import annotations

from datetime import datetime

from calakan.desk.scope import services, standing
from calakan.kernel import db
from calakan.notifications.letters import Letter, LetterKind, render
from calakan.notifications.models import Message
from calakan.notifications.priorities import Priority
from calakan.notifications.topics import Topic
from calakan.people.models import Person

MOST_NAMED = 5


def remind(message: Message, now: datetime) -> Letter | None:
    """While the person is still below the target of the year that runs."""
    person = db.session().get(Person, message.person_id)
    year = message.facts["year"]
    if person is None or standing.this_year(now) != year:
        return None
    found = standing.years([person], year)[person.id]
    if not found.lacking:
        return None
    return render(
        "desk/mail/remind.txt",
        name=person.name,
        by=message.facts["by"],
        year=year,
        found=found,
        offered=standing.offered(now, person)[:MOST_NAMED],
    )


LETTERS = [
    LetterKind(services.REMIND, remind, priority=Priority.BROADCAST, topic=Topic.BROADCASTS),
]
