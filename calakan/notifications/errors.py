"""What this room refuses."""

from __future__ import annotations

from calakan.kernel.errors import DomainError


class MessageOnItsWay(DomainError):
    """Only a failed, uncertain or dropped message can be sent again."""


class ProofAskedTooOften(DomainError):
    """Enough codes for a day, to this person or to this number."""

    field = "phone"


class ProofOver(DomainError):
    """No code is waited for: it ran out, was tried too often, or was never asked for."""

    field = "code"


class ChannelNotConnected(DomainError):
    """Nobody can be written to by a channel that is not set up, or that he has not opened."""


class DeviceInvalid(DomainError):
    """No push service that the operator allows, or keys that are none."""
