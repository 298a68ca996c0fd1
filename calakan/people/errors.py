"""What people's accounts and profiles refuse."""

from calakan.kernel.errors import DomainError


class EmailTaken(DomainError):
    field = "email"


class NipTaken(DomainError):
    field = "nip"


class NuptkTaken(DomainError):
    field = "nuptk"


class NipInvalid(DomainError):
    field = "nip"


class NuptkInvalid(DomainError):
    field = "nuptk"


class NameTooLong(DomainError):
    """With its titles the name takes more room (`bytes`) than the code on a certificate has (`most`)."""

    field = "name"


class NameUndrawable(DomainError):
    """No font of ours has these `letters`."""

    field = "name"


class NameIsAddress(DomainError):
    """Programs for mail and chats would make a link of it in the letters of others."""

    field = "name"


class PhoneInvalid(DomainError):
    field = "phone"


class ContactInvalid(DomainError):
    """Neither an e-mail nor a mobile number."""

    field = "email"


class NumberTaken(DomainError):
    """Somebody else logs in by this number."""

    field = "phone"


class NumberOfAnother(DomainError):
    """The account of this proven number has another name than was typed: a telephone is shared, or was sold."""

    field = "code"


class NumberCodesSpent(DomainError):
    """As many codes went to numbers today as the operator lets go (`number_codes_per_day`)."""

    field = "email"


class StaffNeedsEmail(DomainError):
    """Staff come in by an e-mail; this account has a number alone."""


class PasswordWeak(DomainError):
    field = "password"


class PasswordIsPersonal(DomainError):
    field = "password"


class WrongPassword(DomainError):
    """E-mail or password is wrong; which of them is not told."""


class TooManyGuesses(DomainError):
    """So many wrong passwords in a row that the next try waits; `until` when."""

    field = "password"


class WrongCurrentPassword(DomainError):
    field = "current"


class EmailUnconfirmed(DomainError):
    pass


class ClaimOfAnother(DomainError):
    """The sign-up was made elsewhere: whoever proved the address says his name and password himself."""

    field = "password"


class LinkInvalid(DomainError):
    """A one-time link that expired, was used, or never existed."""


class CodeOver(DomainError):
    """A mailed code that expired, was used, was typed wrong too often, or was never asked for in this browser."""

    field = "code"


class OnlyByLink(DomainError):
    """So many wrong codes for one address that codes count no more for a while; the link of the mail still does."""

    field = "code"


class MailCodeWrong(DomainError):
    field = "code"


class SameEmail(DomainError):
    """It is the account's address already."""

    field = "email"


class ProofMissing(DomainError):
    """Who asked, and how that was made sure of, is not said."""

    field = "reason"


class LastAdmin(DomainError):
    """The last admin stays admin."""


class OwnRoles(DomainError):
    """Nobody changes his own roles."""


class SchoolUnknown(DomainError):
    field = "school"


class NpsnInvalid(DomainError):
    field = "npsn"


class NpsnTaken(DomainError):
    field = "npsn"


class SchoolMerged(DomainError):
    """A school that was merged into another is opened by taking the merge back."""

    field = "active"


class KecamatanUnknown(DomainError):
    field = "kecamatan_code"


class ErasedAlready(DomainError):
    """The personal data of this account were taken away for good."""


class SecondFactorOn(DomainError):
    """It is set up already."""


class SecondCodeWrong(DomainError):
    """Not the code of now, or used before."""

    field = "code"


class PasskeyRefused(DomainError):
    """Nothing that a passkey of ours has signed for this; which of it is wrong is not told."""


class PasskeyOver(DomainError):
    """Not asked for in this browser, or too long ago, or answered before."""


class PasskeyKnown(DomainError):
    """It is somebody's already."""


class TooManyPasskeys(DomainError):
    """There are `most`."""


class LastSecondStep(DomainError):
    """The office demands a second step, and this is the only one."""


class IssuerAway(DomainError):
    """Another issuer gives no answer."""


class IssuerRefused(DomainError):
    """What it answers proves nothing; which of it is wrong stands in the log."""


class IssuerForeign(DomainError):
    """The account is of none of the `domains` that are let in."""


class IssuerUnproven(DomainError):
    """The issuer has not proven the address, so nothing is tied to it."""


class IssuerOver(DomainError):
    """Not asked for in this browser, or too long ago, or done already."""


class IssuerTaken(DomainError):
    """It is tied to another account."""


class NoSecondFactor(DomainError):
    """There is none to use or to take away."""


class SecondFactorNeeded(DomainError):
    """The office demands it of the committee."""


class TooManySecondCodes(DomainError):
    """Too many wrong codes in a row; a pause."""

    field = "code"


class SchoolUnnamed(DomainError):
    """Whoever works in another kabupaten names the school there, so that it can be told from others."""

    field = "school_elsewhere"
