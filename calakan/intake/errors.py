"""What the intake refuses."""

from __future__ import annotations

from calakan.kernel.errors import DomainError


class ArtworkUnfit(DomainError):
    """A background, a scanned signature or an emblem that is not taken; `why` says the reason."""

    field = "file"
