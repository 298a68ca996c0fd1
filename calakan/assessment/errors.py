"""What tasks and tests refuse."""

from calakan.kernel.errors import DomainError


class AnswerKindMissing(DomainError):
    """A task that takes neither text nor a link nor a file."""

    field = "takes_text"


class RowsUnproven(DomainError):
    """Rows of the struktur program with neither a session nor a task or test; `rows` are their titles."""


class DueInThePast(DomainError):
    field = "due_at"


class NothingHandedIn(DomainError):
    """None of the kinds that the task takes was given."""


class TooManyFiles(DomainError):
    """More than `most` for one answer."""

    field = "file"


class FilesTooLarge(DomainError):
    """More than `most` MB together."""

    field = "file"


class RubricInvalid(DomainError):
    """Not one to four lines with words and a positive number each."""

    field = "criteria"


class RubricInUse(DomainError):
    """Somebody's work was scored by it."""

    field = "criteria"


class RubricUnscored(DomainError):
    """A task with a rubric is accepted by the marks of its lines, one person at a time."""


class RubricChanged(DomainError):
    """The lines of the rubric are others than those that the marks were given by."""


class HandInClosed(DomainError):
    """`why`: late, over (the diklat has ended)."""


class OwnExam(DomainError):
    """Whoever prepares the diklat or teaches in it knows the key."""


class KeyKnown(DomainError):
    """Who has read the answers of a test has no result in it; `names` are of others, whose scores were brought in."""


class OwnWork(DomainError):
    """Nobody reviews his own work or brings in his own score."""


class AlreadyAccepted(DomainError):
    """What was accepted is not replaced."""


class RemarkMissing(DomainError):
    """Work is returned with a word about what to mend."""

    field = "remark"


class ReviewedAlready(DomainError):
    """Somebody was faster, or the participant has handed in something newer."""


class ExamOfThisKindExists(DomainError):
    """A diklat has one test before and one after."""

    field = "kind"


class DrawOfShared(DomainError):
    """The tests before and after ask everybody the same, so that the difference means something."""

    field = "draw"


class ReadingMissing(DomainError):
    """Questions about a reading need a material that is handed out."""

    field = "material"


class ExamTimesInvalid(DomainError):
    """It closes before it opens, or has closed already."""

    field = "closes_at"


class QuestionInvalid(DomainError):
    """`why`: one of `words.QUESTION`; `line` is of an imported file, else None. `text`, where a file has many, is its beginning."""

    field = "options"


class PictureUnreadable(DomainError):
    """`why`: large, pixels, kind."""

    field = "picture"


class BankTooSmall(DomainError):
    """Only `found` questions of the bank are like that and not in the test yet."""

    field = "count"


class QuestionUnwritable(DomainError):
    """The question at `position` would not come back from a file of this form as it is; `picture`: because of its picture."""


class QuestionsInUse(DomainError):
    """Once somebody has begun, the questions stay: all answer the same ones."""


class QuestionMoved(DomainError):
    """Another question stands at this place than the one that was looked at."""


class TooManyQuestions(DomainError):
    field = "file"


class ExamNotOpen(DomainError):
    """`why`: early (with opens_at), late, over, empty."""


class AttemptsUsedUp(DomainError):
    pass


class AttemptOver(DomainError):
    """Sent, or out of time; what was saved counts."""


class ScoreInvalid(DomainError):
    """A score outside of 0..100."""


class ScoresOfSeveral(DomainError):
    """A table with a column for each of several tests; `titles` are theirs."""

    field = "file"
