"""What the API refuses by itself, whatever the room."""

from calakan.kernel.errors import DomainError


class KeyInUse(DomainError):
    """Two requests with the same Idempotency-Key at the same time: the other one won."""


class KeyReused(DomainError):
    """The Idempotency-Key was used before for a different request."""

    field = "Idempotency-Key"


class KeyInvalid(DomainError):
    """Not 1 to 100 printable ASCII characters."""

    field = "Idempotency-Key"
