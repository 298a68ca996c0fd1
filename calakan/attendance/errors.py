"""What attendance refuses."""

from calakan.kernel.errors import DomainError


class CheckInNotOpen(DomainError):
    """`why`: cancelled, early, over, ahead (marking before the session)."""


class SessionAttended(DomainError):
    """A session that is over and that somebody took part in was held: `people` have evidence or an open appeal."""

    field = "reason"


class MarkNeedsReason(DomainError):
    field = "reason"


class NotAParticipant(DomainError):
    pass


class CodeWrong(DomainError):
    """No check-in of the person's sessions has this code now."""

    field = "code"


class CodeEarly(DomainError):
    """The code counts from the beginning of its session (`starts_at`)."""

    field = "code"


class NotEnrolledHere(DomainError):
    """The code is that of a diklat (`title`, `slug`) in which this person has no seat; `waiting`: but stands in line."""

    field = "code"


class MarkedAbsent(DomainError):
    """The panitia have marked this person absent in this session; a code does not overrule them."""

    field = "code"


class RoomNotOpen(DomainError):
    """Opens at `opens_at`; `over`: the session has ended."""


class PhotoUnreadable(DomainError):
    """`why`: kind, large, pixels."""

    field = "photo"


class AppealTooEarly(DomainError):
    """The session has not begun."""

    field = "text"


class AppealWithoutNeed(DomainError):
    """This person is counted present."""

    field = "text"


class AppealMade(DomainError):
    """There was one about this session before."""

    field = "text"


class AppealAnswered(DomainError):
    """Somebody was faster."""


class CodeLate(DomainError):
    """The window of this code is over; it is kept for the panitia's review."""

    field = "code"


class CodeNotAsked(DomainError):
    """The session does not ask for a code at this time of it."""

    field = "part"


class CodesNotAddable(DomainError):
    """The session is over: nobody could type another code."""

    field = "parts"


class CodesTooMany(DomainError):
    field = "code"


class AttendanceFinal(DomainError):
    """The diklat does not go on (`state`): certificates rest on what stands now."""


class ListIsNoEvidence(DomainError):
    """It says who registered or was invited, not who came. `why` is registered or invited."""

    field = "file"


class BatchUndone(DomainError):
    """The list was taken back; upload it again."""


class LineClaimed(DomainError):
    """This person claimed a line of this session before."""


class LineNotClaimable(DomainError):
    """The line is somebody's, or proves nothing, or this person did not go in by the button, or is counted already."""


class ListOfNoSession(DomainError):
    """No session of the diklat has begun at the times in the file, or (`timeless`) it has none and none was chosen."""

    field = "file"


class TicketUnknown(DomainError):
    """No enrolment has this number."""

    field = "nomor"


class TicketElsewhere(DomainError):
    """The number is one of another diklat: `name`, `title`."""

    field = "nomor"


class NoSeatAtDoor(DomainError):
    """The enrolment of `name` was cancelled, or is `waiting`."""

    field = "nomor"
