"""The pages of those who set and review, under /kelola; importing a module hangs its addresses on the blueprint."""

from calakan.assessment.manage import exams, questions, results, review, scores
from calakan.assessment.manage.tasks import blueprint

__all__ = ["blueprint", "exams", "questions", "results", "review", "scores"]
