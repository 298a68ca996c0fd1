"""What materials refuse."""

from calakan.kernel.errors import DomainError


class FileRefused(DomainError):
    """`why`: kind, old, macros, broken, large, empty."""

    field = "file"


class MaterialLinkInvalid(DomainError):
    field = "url"


class NothingGiven(DomainError):
    """Neither a file nor a link, or both."""

    field = "file"


class TooEarlyForRecording(DomainError):
    """A recording belongs to a session that is over."""

    field = "session"


class DiklatCalledOff(DomainError):
    """A cancelled diklat hands nothing out."""
