"""Why one of many is left out of what is done to all of them, and what officials are refused."""

from calakan.kernel.errors import DomainError


class MessageNotFor(DomainError):
    """`why` this person gets no message."""


class PaperNotDue(DomainError):
    """`standing` says what is lacking for a paper of this `role`."""


class NobodyBelow(DomainError):
    """None of those who were meant is one of the actor's people and below the target."""


class SentEnough(DomainError):
    """This official has enrolled `most` people within a day, as many as the office lets one."""


class RemindedAlready(DomainError):
    """All of them were written to this week."""
