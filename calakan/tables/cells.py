"""One cell as text: what a person sees in it, and what a spreadsheet may have done to it."""

from __future__ import annotations

import re

from calakan.kernel import text

LONGEST_CELL = 500
# Excel is kept from spoiling a long number with an apostrophe before it, or by a formula that is a text.
_GUARDED = re.compile(r"^['’‘`´]\s*(?=[+(]?[0-9Pp][0-9\s.,()/+\-]*['’]?$)|(?<=[0-9])['’]$")
# What a formula shows that has no value, in English and Indonesian (ECMA-376 part 1, 18.17.3).
_FAILED = re.compile(r"#(?:N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|ERROR!|GETTING_DATA)")
_FORMULA = re.compile(r'^="([^"]*)"$')


class DateText(str):
    """A cell that holds a date or a time, in ISO 8601."""

    __slots__ = ()


class RoundedText(str):
    """A number of more than 15 digits: the spreadsheet has lost the last ones."""

    __slots__ = ()


class MarkedText(str):
    """Holds direction or control marks, left out here, so what it shows is not what it is; or says of a formula that it failed."""

    __slots__ = ()


def cell(raw: str) -> str:
    """Tidy, without what protects a number, at most LONGEST_CELL characters."""
    if isinstance(raw, DateText | RoundedText | MarkedText):
        return raw
    if raw[:1] == "#" and _FAILED.fullmatch(raw.strip()):
        return MarkedText(raw.strip())
    if raw.isascii() and raw.isprintable():
        return unguarded(raw.strip())[:LONGEST_CELL]
    try:
        return unguarded(text.tidy(raw))[:LONGEST_CELL]
    except ValueError:
        return MarkedText(unguarded(text.tidy(text.without_marks(raw)))[:LONGEST_CELL])


def one_line(value: str) -> str:
    """Of what kind the cell is stays known."""
    return type(value)(text.one_line(value)) if not value.isprintable() else value


def unguarded(value: str) -> str:
    """`'1985…` and `="1985…"` -> `1985…`; a name such as `'Aini` keeps its apostrophe."""
    if value[:2] == '="' and (formula := _FORMULA.match(value)):
        value = formula[1].strip()
    return _GUARDED.sub("", value)
