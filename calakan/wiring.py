"""The rooms, in their order, joined into the tables that the application is made of. No logic."""

from __future__ import annotations

from calakan.api.room import ROOM as api
from calakan.assessment.room import ROOM as assessment
from calakan.attendance.room import ROOM as attendance
from calakan.audit.room import ROOM as audit
from calakan.availability.room import ROOM as availability
from calakan.background import Work
from calakan.certificates.room import ROOM as certificates
from calakan.completion.room import ROOM as completion
from calakan.desk.room import ROOM as desk
from calakan.diklat.room import ROOM as diklat
from calakan.duplicates.room import ROOM as duplicates
from calakan.enrolment.room import ROOM as enrolment
from calakan.feedback.room import ROOM as feedback
from calakan.intake.words import WORDS as intake
from calakan.kernel.errors import DomainError
from calakan.kernel.events import Handler
from calakan.kernel.words import WORDS as kernel
from calakan.materials.room import ROOM as materials
from calakan.narasumber.room import ROOM as narasumber
from calakan.notifications.room import ROOM as notifications
from calakan.office.room import ROOM as office
from calakan.people.room import ROOM as people
from calakan.planning.room import ROOM as planning
from calakan.privacy.room import ROOM as privacy
from calakan.promises.room import ROOM as promises
from calakan.recognition.room import ROOM as recognition
from calakan.reports.room import ROOM as reports
from calakan.room import Room
from calakan.roster.room import ROOM as roster
from calakan.tables.words import WORDS as tables
from calakan.web.room import ROOM as web

# What is news of one room is heard by those to its right, in this order: a narasumber may veto a new time, so he is
# asked before any participant is told.
ROOMS: list[Room] = [
    web,
    audit,
    office,
    notifications,
    people,
    roster,
    availability,
    diklat,
    narasumber,
    enrolment,
    attendance,
    materials,
    feedback,
    assessment,
    completion,
    planning,
    certificates,
    recognition,
    reports,
    duplicates,
    privacy,
    promises,
    desk,
    api,
]
LIBRARIES = [kernel, tables, intake]

BLUEPRINTS = [blueprint for room in ROOMS for blueprint in room.blueprints]
LETTERS = [letter for room in ROOMS for letter in room.letters]
CARDS = [provider for room in ROOMS for provider in room.cards]
WORDS = [*LIBRARIES, *(room.words for room in ROOMS)]
WORK: dict[str, Work] = {name: work for room in ROOMS for name, work in room.work.items()}
HOURS = [name for room in ROOMS for name in room.hours]
SCHEDULE = {name: seconds for room in ROOMS for name, seconds in room.beats.items()}
CONFLICTS: dict[str, type[DomainError]] = {name: error for room in ROOMS for name, error in room.conflicts.items()}


def _reactions() -> dict[type, list[Handler]]:
    found: dict[type, list[Handler]] = {}
    for room in ROOMS:
        for event, handler in room.reactions.items():
            found.setdefault(event, []).append(handler)
    return found


REACTIONS = _reactions()
