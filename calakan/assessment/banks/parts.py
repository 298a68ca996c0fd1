"""What all banks have in common: what was read of one, and an item as it may stand in a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item, check
from calakan.kernel.text import one_line, tidy

SHOWN = 80


@dataclass
class Read:
    """`refused` waits: each has its line, why, and the beginning of its text. `hidden` rows of a sheet were left out."""

    items: list[Item] = field(default_factory=list)
    refused: list[QuestionInvalid] = field(default_factory=list)
    hidden: int = 0


def item(text: str, options: Sequence[str], right: int, line: int) -> Item:
    """Raises QuestionInvalid: marks, and what no question may hold."""
    try:
        made = Item(text=tidy(text), options=tuple(one_line(option) for option in options), answer=right, line=line)
    except ValueError:
        raise QuestionInvalid(why="marks", line=line) from None
    check(made)
    return made


def refusal(error: QuestionInvalid, text: str) -> QuestionInvalid:
    """The same, with the beginning of what was asked, by which a person knows it again."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return QuestionInvalid(why=error.facts["why"], line=error.facts["line"], text=" ".join(kept.split())[:SHOWN])
