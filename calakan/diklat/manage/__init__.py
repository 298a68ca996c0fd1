"""The panitia's pages of this room, under /kelola; a narasumber sees there what he or she leads."""

from calakan.diklat.manage import details, programme, sessions, states
from calakan.diklat.manage.answers import blueprint

__all__ = ["blueprint", "details", "programme", "sessions", "states"]
