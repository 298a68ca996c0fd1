"""The pages of those who set and review, under /kelola; importing a module hangs its addresses on the blueprint."""

from calakan.assessment.manage import review
from calakan.assessment.manage.tasks import blueprint

__all__ = ["blueprint", "review"]
