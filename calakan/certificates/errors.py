"""What certificates refuse."""

from calakan.kernel.errors import DomainError


class DiklatStillOpen(DomainError):
    """Certificates follow the closing of a diklat."""


class ReasonNeeded(DomainError):
    field = "reason"


class MistakeUnnamed(ReasonNeeded):
    """A holder who does not say what is wrong; only the committee reads it."""


class NotValidAnyMore(DomainError):
    """Revoked and replaced papers stay as they are."""


class RangeTaken(DomainError):
    """Some of these numbers were given or kept already, or the range makes no sense."""

    field = "first"


class NotVoidable(DomainError):
    """Only a number whose paper could not be made is voided; an issued paper is revoked."""


class AlreadyAskedFor(DomainError):
    """The paper is on its way or issued; then it can only be revoked."""


class NotIssued(DomainError):
    pass


class SignedFileUnknown(DomainError):
    """No paper waits for a signature with the code in this file."""


class SignedFileUnsigned(DomainError):
    """The file carries no signature that holds."""


class SignedFileOther(DomainError):
    """The file is not a signed version of the one that was handed out."""


class NothingThatYear(DomainError):
    """No valid paper as a participant was issued in the year."""


class YearUndrawable(DomainError):
    """The name or the unit of today has characters that no font of the paper has."""


class YearUnsigned(DomainError):
    """A key, the time stamp service or the storage is away; nothing was made."""


class YearFileGone(DomainError):
    """The paper is registered, and its file is not in the storage."""


class CorrectionTooLate(DomainError):
    """The window after issuing is over."""


class NothingToCorrect(DomainError):
    """The profile says what the paper says."""


class CorrectionOpen(DomainError):
    """One request at a time."""


class CorrectionDecided(DomainError):
    pass


class CorrectionOutdated(DomainError):
    """The profile changed after the request."""


class DesignNameTaken(DomainError):
    field = "name"


class DesignChangedMeanwhile(DomainError):
    """Somebody else saved the draft after this page was opened."""


class DesignNotUsable(DomainError):
    """Archived, or never published."""


class NothingNewToPublish(DomainError):
    """The draft is the newest version."""


class PlaceNeeded(DomainError):
    """What makes a paper checkable was switched off."""


class BackgroundMissing(DomainError):
    """A background of the office's own was chosen, but none was sent."""

    field = "ground"


class ListCertified(DomainError):
    """Papers were issued to people (`names`, and so many `more`) whom this list made present."""


class DatesTurned(DomainError):
    """The last day comes before the first."""

    field = "until"


class PastNotOver(DomainError):
    """A diklat that still goes on is entered as one, not as history."""

    field = "until"


class OutsideAhead(DomainError):
    """What was earned elsewhere is over."""

    field = "held_on"


class OutsideFile(DomainError):
    """What shows it is a PDF or a picture."""


class OutsideMany(DomainError):
    """So many wait for a person that the rest waits with its owner."""


class OutsideDecided(DomainError):
    """Somebody has decided about it already."""


class OutsideOurs(DomainError):
    """A paper of this very installation is known here."""


class IssuerKeys(DomainError):
    """Not the list of keys that an installation publishes."""

    field = "keys"


class IssuerIsUs(DomainError):
    """Our own keys are no other installation's."""

    field = "keys"


class IssuerTwice(DomainError):
    """A key of these is trusted under another name, where it would stay as it was."""

    field = "name"


class IssuersMany(DomainError):
    """So many are enough."""


class OutsideUndrawable(DomainError):
    """What cannot be printed on the yearly paper is not taken, since it would keep the paper from being made."""

    field = "title"
