"""What all banks have in common: what was read of one, and an item as it may stand in a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item, check, short
from calakan.kernel.text import one_line, tidy

SHOWN = 80
STAR_ASIDE = chr(0xFDE0)  # no character: no text has it


@dataclass
class Read:
    """`refused` waits: each has its line, why, and the beginning of its text. `hidden` rows of a sheet were left out."""

    items: list[Item] = field(default_factory=list)
    refused: list[QuestionInvalid] = field(default_factory=list)
    hidden: int = 0


def item(text: str, options: Sequence[str], right: int, line: int) -> Item:
    """One option is right. Raises QuestionInvalid: marks, and what no question may hold."""
    return checked(Item(text, tuple(options), right, line))


def checked(raw: Item) -> Item:
    """The same, tidied. Raises QuestionInvalid: marks, and what no question may hold."""
    try:
        made = replace(raw, text=tidy(raw.text), options=tuple(one_line(option) for option in raw.options))
    except ValueError:
        raise QuestionInvalid(why="marks", line=raw.line) from None
    check(made)
    return made


def in_words(text: str, spellings: Sequence[str], line: int) -> Item:
    """A star stands for any letters in Moodle, and nothing here: nobody is right by it. Raises QuestionInvalid."""
    aside = [spelling.replace("\\*", STAR_ASIDE) for spelling in spellings]
    if any("*" in spelling for spelling in aside):
        raise QuestionInvalid(why="star", line=line)
    return checked(short(text, [spelling.replace(STAR_ASIDE, "*") for spelling in aside], line))


def all_right(shares: Sequence[float | None]) -> list[int] | None:
    """The places of those that are right together; None where one counts more than another, or some count half."""
    right = [place for place, share in enumerate(shares) if share is not None and share > 0]
    held = [share for share in shares if share is not None]
    if len(held) < len(shares) or not right:
        return None
    even = 100 / len(right)
    return right if all(abs(held[place] - even) < 0.5 for place in right) else None


def refusal(error: QuestionInvalid, text: str) -> QuestionInvalid:
    """The same, with the beginning of what was asked, by which a person knows it again."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return QuestionInvalid(why=error.facts["why"], line=error.facts["line"], text=" ".join(kept.split())[:SHOWN])
