"""Reads of this room, one file per theme."""

from calakan.narasumber.queries.assignments import (
    Impact,
    all_sessions,
    assignments_of,
    confirmed_of,
    duties,
    impact,
    speakers_by_diklat,
    upcoming,
)
from calakan.narasumber.queries.clashes import clash
from calakan.narasumber.queries.slots import Slot, open_slots, unstaffed
from calakan.narasumber.queries.times import busy, sessions_between
from calakan.narasumber.queries.volunteers import by_slug, can_speak, is_speaker, public_profiles, volunteer, volunteers

__all__ = [
    "Impact",
    "Slot",
    "all_sessions",
    "assignments_of",
    "busy",
    "by_slug",
    "can_speak",
    "clash",
    "confirmed_of",
    "duties",
    "impact",
    "is_speaker",
    "open_slots",
    "public_profiles",
    "sessions_between",
    "speakers_by_diklat",
    "unstaffed",
    "upcoming",
    "volunteer",
    "volunteers",
]
