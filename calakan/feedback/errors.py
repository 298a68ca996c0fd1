"""What the questionnaire refuses."""

from calakan.kernel.errors import DomainError


class AlreadyAnswered(DomainError):
    """One answer a person and session."""


class NotPresent(DomainError):
    """Only who was present can tell how it was."""


class AnswerNotOpen(DomainError):
    """`why`: early, late, cancelled."""


class QuoteEmpty(DomainError):
    """Nothing was written that could be quoted."""

    field = "quote"


class QuotesFull(DomainError):
    """`most` quotes of one year stand in the report already."""


class QuotePlaceTaken(DomainError):
    """Another of the panitia has just chosen a quote."""


class MarksInvalid(DomainError):
    """A mark outside of 1..4."""
