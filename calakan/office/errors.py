"""What the office's settings refuse."""

from calakan.kernel.errors import DomainError


class NumberPatternInvalid(DomainError):
    field = "number_pattern"


class LetterPatternInvalid(DomainError):
    """As above, of the letters of assignment."""

    field = "letter_pattern"


class StatementPatternInvalid(DomainError):
    """As above, of surat keterangan."""

    field = "statement_pattern"


class PatternsAlike(DomainError):
    """Certificates and surat keterangan would bear the same numbers."""

    field = "statement_pattern"


class ChoiceExists(DomainError):
    field = "label"


class ChoiceEmpty(DomainError):
    field = "label"


class TooManySigners(DomainError):
    """More than `most` people were to sign a certificate."""


class TooManyLines(DomainError):
    """The head of letters has more than `most` lines."""

    field = "letterhead_text"


class SignerIncomplete(DomainError):
    """A signer without a post."""


class SignerGone(DomainError):
    """The signer of a scanned signature is not there any more, or has no name."""


class HolidayExists(DomainError):
    field = "day"
