"""What the office's settings refuse."""

from calakan.kernel.errors import DomainError


class NumberPatternInvalid(DomainError):
    field = "number_pattern"


class ChoiceExists(DomainError):
    field = "label"


class ChoiceEmpty(DomainError):
    field = "label"


class HolidayExists(DomainError):
    field = "day"
