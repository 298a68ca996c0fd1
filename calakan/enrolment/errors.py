"""Why somebody cannot join or leave."""

from calakan.kernel.errors import DomainError


class EnrolmentClosed(DomainError):
    """`why`: not_open (with opens_at), over (with closed_at), ended, late, or the state of a diklat that is not published.

    late: all seats are taken, and who waits gets none any more.
    """


class NotEligible(DomainError):
    """The diklat is for others: `levels` or `posts` name whom it is for."""


class ProfileIncomplete(DomainError):
    """The profile lacks what an enrolment needs."""


class AccountClosed(DomainError):
    """A closed account gets no seat and no place in the line."""


class ScheduleOverlap(DomainError):
    """Another diklat of the person meets at the same time; joining anyway is allowed once this was read."""


class NotEnrolled(DomainError):
    pass


class TooLateToLeave(DomainError):
    """The last session is over: the record stays."""


class LeaveDeadlineOver(DomainError):
    """Nobody gives back a seat alone after `until`; `contact` are the panitia."""


class SeatNotFree(DomainError):
    """The rule of this diklat gives `name` no seat: `why` is share (with `taken` and `most`) or unknown, `by` what is shared."""


class SharesBelowSeated(DomainError):
    """`shares` groups hold more seats than they would have; the panitia may let them keep these."""

    field = "seat_limit"


class NoSeatLeft(DomainError):
    """More people were to be seated (`wanted`) than seats are `free`."""


class NothingToMove(DomainError):
    """From a diklat to itself."""


class NoSeatThere(DomainError):
    """Whoever holds a seat is not moved to the waiting list of another diklat (`title`)."""


class NobodyChosen(DomainError):
    """Nobody was ticked, or none of those is in this list any more."""


class TooManyChosen(DomainError):
    """More than `most` at once."""


class NotNow(DomainError):
    """This act is not for people of this stage, or the diklat has gone on meanwhile."""


class RemovalNeedsReason(DomainError):
    field = "reason"


class QuietHour(DomainError):
    """Nothing leaves between 21.00 and 05.00 WIB."""

    field = "morning"


class BroadcastSent(DomainError):
    """It is on its way, or was stopped; a new one is written instead."""


class BroadcastEmpty(DomainError):
    """Nobody matches the filters."""


class PlaceholderUnknown(DomainError):
    """`name` stands in the text and nothing is known for it; `known` may be used."""

    field = "body"


class PlaceholderWithoutValue(DomainError):
    """`name` has no value: for `people` of the recipients, or (0) because no diklat was chosen."""

    field = "body"


class GroupExists(DomainError):
    """This diklat has a link for a group of this name."""

    field = "label"


class NotPublic(DomainError):
    """Nobody could open what a short link leads to."""


class QuotaBelowSeated(DomainError):
    """So many (`taken`) hold a seat already."""

    field = "quota"


class WishEmpty(DomainError):
    """Nothing was looked for."""


class TooManyWishes(DomainError):
    """Nobody keeps more than `most` wishes at a time."""
