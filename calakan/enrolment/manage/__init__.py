"""The panitia's pages of this room, under /kelola."""

from calakan.enrolment.manage import broadcasts, messages, sharing
from calakan.enrolment.manage.roster import blueprint

__all__ = ["blueprint", "broadcasts", "messages", "sharing"]
