"""Why one of many is left out of what the panitia do to all of them."""

from calakan.kernel.errors import DomainError


class MessageNotFor(DomainError):
    """`why` this person gets no message."""


class PaperNotDue(DomainError):
    """`standing` says what is lacking for a paper of this `role`."""
