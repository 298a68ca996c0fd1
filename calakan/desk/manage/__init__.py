"""The panitia's pages of this room, under /kelola."""

from calakan.desk.manage import many
from calakan.desk.scope import views as scope
from calakan.desk.views import blueprint

__all__ = ["blueprint", "many", "scope"]
