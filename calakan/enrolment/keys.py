"""The unique keys of reminders: of one person, and as a column that finds those without a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from calakan.enrolment.meetings import Meeting
from calakan.people.models import Person

HOUR = "hour"


@dataclass(frozen=True)
class Key:
    """All of a key but its person."""

    before: str
    after: str

    def of(self, person_id: int) -> str:
        return f"{self.before}{person_id}{self.after}"

    @property
    def column(self) -> sa.ColumnElement[str]:
        """For a statement that selects from Person."""
        return sa.func.concat(self.before, sa.cast(Person.id, sa.String), self.after)


def morning(day: date) -> Key:
    """One letter a person and day."""
    return Key("reminder:", f":{day.isoformat()}")


def soon(meeting: Meeting) -> Key:
    """Moved within its day, a session is announced again."""
    return Key(f"soon:{meeting.id}:{meeting.starts_at.isoformat()}:", "")


def before(meeting: Meeting, offset: str) -> Key:
    """One message a person, session, day and offset: on another day it is said again."""
    return Key(f"reminder:{meeting.id}:{meeting.local_date.isoformat()}:", f":{offset}")
