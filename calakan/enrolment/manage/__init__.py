"""The panitia's pages of this room, under /kelola."""

from calakan.enrolment.manage import broadcasts, messages, pasting, sharing
from calakan.enrolment.manage.roster import blueprint

__all__ = ["blueprint", "broadcasts", "messages", "pasting", "sharing"]
