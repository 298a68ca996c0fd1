"""The participants' pages, under /belajar; importing a module hangs its addresses on the blueprint."""

from calakan.assessment.views import exams
from calakan.assessment.views.tasks import blueprint

__all__ = ["blueprint", "exams"]
