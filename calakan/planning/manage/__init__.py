"""The panitia's side, and of whoever is in charge: the table of all sessions, the talk about a proposal, and clones."""

from calakan.planning.manage import reviews, timetable
from calakan.planning.manage.answers import blueprint

__all__ = ["blueprint", "reviews", "timetable"]
