"""What the application refuses: classes with a code and facts, no wording: that is in `<room>/words.py`."""

from __future__ import annotations

import re
from typing import Any, ClassVar

REGISTRY: dict[str, type[DomainError]] = {}


class DomainError(Exception):
    """A rule said no. `facts` fill the sentence; `field` names the form field it belongs to, if one."""

    code: ClassVar[str]
    field: ClassVar[str | None] = None

    def __init__(self, **facts: Any) -> None:
        super().__init__(f"{self.code} {facts}" if facts else self.code)
        self.facts = facts

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        REGISTRY[cls.code] = cls


class OwnCase(DomainError):
    """Nobody decides by hand, against or above the rule, about himself."""


class NotFound(DomainError):
    """The thing does not exist, or not for this actor."""
