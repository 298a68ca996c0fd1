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


class SurveyFixed(DomainError):
    """It is open and would ask otherwise, or was answered, or the diklat is closed."""


class OwnQuestionsInvalid(DomainError):
    """`most` of them, each of at most `longest` characters."""

    field = "rated"


class SurveyNotOpen(DomainError):
    """The diklat does not ask, is not over yet, or ended too long ago."""


class NotInDiklat(DomainError):
    """Only who was present in a session can tell how the diklat was."""


class SurveyAnswered(DomainError):
    """One answer a person and diklat."""
