"""Templates are laid out for whoever reads them; what is sent has no white space that only the source needs.

One rule, applied when a template is compiled: **white space with a line break in it is layout**. Beside a tag, a statement
or a comment it is not sent at all; between words and values, and between the attributes of a tag, it is one space.
A space that is meant beside a tag stands on the line of both, `<b>12</b> <span>JP</span>`, or is a value, `{{ ' ' }}`.
What stands between `<pre>` or `<textarea>` and its end is sent as it is written. Text templates keep all they have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

_BREAK = re.compile(r"\s*\n\s*")
_ENDS, _BEGINS = {">", "block_end", "data", ""}, {"<", "block_begin", "data", ""}
"""A tag or a statement ends, or begins; two pieces of text in a row have a comment between them."""
_RAW = re.compile(r"<(pre|textarea)\b", re.I)


class Squeezing:
    """Reads the pieces of one template in their order, and knows whether it stands within a tag, or within raw text."""

    def __init__(self) -> None:
        self._in_tag = False
        self._quote = ""
        self._raw = ""  # the element whose content is sent as it is written
        self._name = ""

    def squeezed(self, data: str, before: str, after: str) -> str:
        """`data` without its layout; `before` and `after` are the types of the neighbouring tokens, empty for none."""
        out: list[str] = []
        at = 0
        while at < len(data):
            if self._raw:
                at = self._copy_raw(data, at, out)
                continue
            found = _BREAK.match(data, at)
            if found is None:
                out.append(data[at])
                self._step(data, at)
                at += 1
                continue
            out.append(self._instead(data, at, found.end(), before, after))
            at = found.end()
        return "".join(out)

    def _copy_raw(self, data: str, at: int, out: list[str]) -> int:
        end = data.lower().find(f"</{self._raw}", at)
        if end >= 0:
            self._raw = ""
        end = len(data) if end < 0 else end
        out.append(data[at:end])
        return end

    def _step(self, data: str, at: int) -> None:
        """Over one character that is no layout."""
        char = data[at]
        if self._quote:
            self._quote = "" if char == self._quote else self._quote
        elif self._in_tag:
            if char in "\"'":
                self._quote = char
            elif char == ">":
                self._in_tag, self._raw, self._name = False, self._name, ""
        elif char == "<":
            self._in_tag = True
            raw = _RAW.match(data, at)
            self._name = raw[1].lower() if raw else ""

    def _instead(self, data: str, start: int, end: int, before: str, after: str) -> str:
        """What is sent for the layout from `start` to `end`."""
        left = data[start - 1] if start else before
        right = data[end] if end < len(data) else after
        if self._in_tag and not self._quote:
            return "" if right == ">" else " "
        return "" if left in _ENDS or right in _BEGINS else " "


def _is_space(tokens: list[Token]) -> bool:
    """Whether these are `{{ ' ' }}`, after which a line break is layout."""
    return len(tokens) == 3 and tokens[0].type == "variable_begin" and tokens[1].value == " "


class LayoutRemoved(Extension):
    """Applies the rule to every template that ends in `.html`."""

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterable[Token]:
        return self._pages(stream) if (stream.name or "").endswith(".html") else stream

    def _pages(self, stream: TokenStream) -> Iterator[Token]:
        tokens = list(stream)
        squeezing = Squeezing()
        for at, token in enumerate(tokens):
            if token.type != "data":
                yield token
                continue
            before = "block_end" if _is_space(tokens[max(at - 3, 0) : at]) else tokens[at - 1].type if at else ""
            after = tokens[at + 1].type if at + 1 < len(tokens) else ""
            text = squeezing.squeezed(token.value, before, after)
            if text:
                yield Token(token.lineno, "data", text)
