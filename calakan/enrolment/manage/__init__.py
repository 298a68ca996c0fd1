"""The panitia's pages of this room, under /kelola."""

from calakan.enrolment.manage import messages
from calakan.enrolment.manage.roster import blueprint

__all__ = ["blueprint", "messages"]
