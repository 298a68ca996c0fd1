"""What all banks have in common: what was read of one, an item as it may stand in a test, and text out of HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item, check
from calakan.kernel.text import one_line, tidy

SHOWN = 80
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_BLOCKS = frozenset(("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"))
_NOT_WORDS = frozenset(
    (
        "img", "svg", "video", "audio", "iframe", "object", "embed", "canvas", "math", "table", "input", "select",
        "script", "style", "textarea",
    )
)  # fmt: skip
_MARKUP = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|sup|sub|ul|ol|li|h[1-6]|a|" + "|".join(sorted(_NOT_WORDS)) + r")\b[^<>]*>",
    re.IGNORECASE,
)


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


def looks_marked(text: str) -> bool:
    return _MARKUP.search(text) is not None


def words(html: str, line: int) -> str:
    """Raises QuestionInvalid (picture) where something that is no text would be lost."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    if reader.lost:
        raise QuestionInvalid(why="picture", line=line)
    lines = (" ".join(part.split()) for part in "".join(reader.found).split("\n"))
    return "\n".join(part for part in lines if part)


class _Words(HTMLParser):
    """Lines of text. Raised and lowered digits stay so: 10² is not 102."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.lost = False
        self._level: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_WORDS:
            self.lost = True
        elif tag in ("sup", "sub"):
            self._level.append(tag)
        elif tag in _BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("sup", "sub") and self._level:
            self._level.pop()
        elif tag in _BLOCKS and tag != "br":
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        data = re.sub(r"\s+", " ", data)
        if self._level and data.strip():
            placed = data.strip().translate(_RAISED if self._level[-1] == "sup" else _LOWERED)
            self.lost = self.lost or any(c.isascii() for c in placed)
            data = placed
        self.found.append(data)
