"""Pages of questionnaires. Importing them attaches them to the blueprint."""

from __future__ import annotations

from calakan.feedback.views.answers import blueprint

__all__ = ["blueprint"]
