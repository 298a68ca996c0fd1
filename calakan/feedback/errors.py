"""What the questionnaire refuses."""

from calakan.kernel.errors import DomainError


class AlreadyAnswered(DomainError):
    """One answer a person and session."""


class NotPresent(DomainError):
    """Only who was present can tell how it was."""


class AnswerNotOpen(DomainError):
    """`why`: early, late, cancelled."""


class MarksInvalid(DomainError):
    """A mark outside of 1..4."""
