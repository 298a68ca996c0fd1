"""Text out of HTML. Cut up in one pass: html.parser looks through the rest of the text again for each tag that stays open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from calakan.assessment.errors import QuestionInvalid

_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_BLOCKS = frozenset(("p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"))
_NOT_WORDS = frozenset(
    (
        "img", "svg", "video", "audio", "iframe", "object", "embed", "canvas", "math", "table", "input", "select",
        "script", "style", "textarea",
    )
)  # fmt: skip
# Whatever else stands between angle brackets may be what is asked: "bila x<y dan y>z".
_INLINE = frozenset(
    (
        "html", "body", "section", "article", "header", "footer", "main", "hr", "dl", "dt", "dd", "center", "a", "b", "i", "u",
        "s", "em", "strong", "span", "font", "small", "big", "strike", "del", "ins", "mark", "code", "kbd", "samp", "var",
        "tt", "q", "cite", "dfn", "abbr", "acronym", "bdo", "bdi", "nobr", "wbr", "time", "label", "sup", "sub",
    )
)  # fmt: skip
_MARKUP = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|sup|sub|ul|ol|li|h[1-6]|a|" + "|".join(sorted(_NOT_WORDS)) + r")\b[^<>]*>",
    re.IGNORECASE,
)
# What declares something says no words. None of these looks further than to the next angle bracket, or back for a shorter name.
_MARK = re.compile(r"<!--|<[!?][^<>]*>|<(/?)([A-Za-z][^\s/<>]*+)([^<>]*)>")


def looks_marked(text: str) -> bool:
    return _MARKUP.search(text) is not None


def words(html: str, line: int) -> str:
    """Lines of text. Raised and lowered digits stay so: 10² is not 102.

    Raises QuestionInvalid where something that is no text would be lost (picture), or one cannot say what is text (bank).
    """
    found, level = list[str](), list[str]()
    for closing, tag, data in _pieces(html, line):
        if not tag:
            found.append(_placed(data, level[-1], line) if level else data)
        elif tag in _NOT_WORDS:
            raise QuestionInvalid(why="picture", line=line)
        elif tag in _BLOCKS:
            found.append("\n")
        elif tag in ("sup", "sub") and not closing:
            level.append(tag)
        elif tag in ("sup", "sub") and level:
            level.pop()
        elif tag not in _INLINE and not tag.startswith("o:"):  # Word's own paragraphs
            raise QuestionInvalid(why="bank", line=line)
    lines = (" ".join(part.split()) for part in "".join(found).split("\n"))
    return "\n".join(part for part in lines if part)


def _pieces(html: str, line: int) -> Iterator[tuple[bool, str, str]]:
    """(whether it closes, tag, "") of each tag, and (False, "", data) of what stands between. Raises QuestionInvalid (bank)."""
    at = 0
    while (mark := _MARK.search(html, at)) is not None:
        yield False, "", _data(html[at : mark.start()])
        at = mark.end()
        if mark[0] == "<!--":
            end = html.find("-->", mark.start() + 2)
            if end < 0:
                raise QuestionInvalid(why="bank", line=line)
            at = end + 3
        elif mark[2]:
            # A bracket within quotes ended the tag too early.
            if mark[3].count('"') % 2:
                raise QuestionInvalid(why="bank", line=line)
            yield bool(mark[1]), mark[2].lower(), ""
    yield False, "", _data(html[at:])


def _data(text: str) -> str:
    return " ".join(re.split(r"\s+", unescape(text)))


def _placed(data: str, level: str, line: int) -> str:
    """Raises QuestionInvalid (picture) for what cannot be raised or lowered."""
    if not data.strip():
        return data
    placed = data.strip().translate(_RAISED if level == "sup" else _LOWERED)
    if any(c.isascii() for c in placed):
        raise QuestionInvalid(why="picture", line=line)
    return placed
