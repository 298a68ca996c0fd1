"""What tasks and tests refuse."""

from calakan.kernel.errors import DomainError


class AnswerKindMissing(DomainError):
    """A task that takes neither text nor a link nor a file."""

    field = "takes_text"


class DueInThePast(DomainError):
    field = "due_at"


class NothingHandedIn(DomainError):
    """None of the kinds that the task takes was given."""


class HandInClosed(DomainError):
    """`why`: late, over (the diklat has ended)."""


class AlreadyAccepted(DomainError):
    """What was accepted is not replaced."""


class RemarkMissing(DomainError):
    """Work is returned with a word about what to mend."""

    field = "remark"


class ReviewedAlready(DomainError):
    """Somebody was faster, or the participant has handed in something newer."""
