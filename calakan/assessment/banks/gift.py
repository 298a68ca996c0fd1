"""GIFT, as Moodle reads and writes it. Titles, comments, categories and feedback are left out; every question counts alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from calakan.assessment.banks import markup, parts
from calakan.assessment.banks.parts import Read
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item

# What is escaped stands aside while the text is cut up; these are no characters, so no text has them.
_ASIDE = {sign: chr(0xFDD0 + at) for at, sign in enumerate("\\:#=~{}n")}
_BACK = str.maketrans({aside: "\n" if sign == "n" else sign for sign, aside in _ASIDE.items()})
_ESCAPED = re.compile(r"\\([\\:#=~{}n])")
_BODY = re.compile(r"\{\s*(?:[=~#}]|(?:T|F|TRUE|FALSE|BENAR|SALAH)\s*[#}])", re.IGNORECASE)
_TITLE = re.compile(r"\s*::.*?::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|plain|moodle|markdown)\]")
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:\.\d+)?)%")
_TRUE, _FALSE = {"t", "true", "benar"}, {"f", "false", "salah"}


def looks_like(text: str) -> bool:
    return _BODY.search(_ESCAPED.sub("", text)) is not None


def read(text: str) -> Read:
    found = Read()
    for block, line in _blocks(_ESCAPED.sub(lambda match: _ASIDE[match[1]], text)):
        try:
            found.items.append(_item(block, line))
        except QuestionInvalid as error:
            asked = _TITLE.sub("", block, count=1) if _TITLE.match(block) else block
            found.refused.append(parts.refusal(error, asked.translate(_BACK)))
    return found


def _blocks(text: str) -> Iterator[tuple[str, int]]:
    """Questions stand apart by an empty line outside of braces; a title begins one, whatever was left open before it."""
    block, begun, braces = list[str](), 1, 0  # those that are open
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.lstrip().startswith(("//", "$CATEGORY:")):
            continue
        if block and ((not line.strip() and braces <= 0) or (braces > 0 and line.startswith("::"))):
            yield "\n".join(block), begun
            block, braces = [], 0
        if line.strip() or block:
            begun = begun if block else number
            block.append(line)
            braces += line.count("{") - line.count("}")
    if any(line.strip() for line in block):
        yield "\n".join(block), begun


def _item(block: str, line: int) -> Item:
    asked = _TITLE.sub("", block, count=1) if _TITLE.match(block) else block
    whole = re.fullmatch(r"([^{}]*)\{([^{}]*)\}([^{}]*)", asked)
    if whole is None:
        raise QuestionInvalid(why="bank" if "{" in asked or "}" in asked else "unanswered", line=line)
    marked = _FORMAT.match(whole[1])
    before, way = (whole[1][marked.end() :], marked[1]) if marked else (whole[1], "moodle")
    after = whole[3].strip()
    text = _plain(f"{before.strip()} _____ {after}" if after else before, way, line)
    body = whole[2].split("####")[0].strip()
    said = body.split("#")[0].strip().casefold()
    if said in _TRUE | _FALSE:
        return parts.item(text, ("Benar", "Salah"), 0 if said in _TRUE else 1, line)
    options, right = _options(body, way, line)
    return parts.item(text, options, right, line)


def _options(body: str, way: str, line: int) -> tuple[list[str], int]:
    if not body:
        raise QuestionInvalid(why="essay", line=line)
    if body.startswith("#"):
        raise QuestionInvalid(why="number", line=line)
    first, *answers = re.split(r"([=~])", body)
    if first.strip():
        raise QuestionInvalid(why="bank", line=line)
    options, right = list[str](), list[int]()
    for mark, answer in zip(answers[::2], answers[1::2], strict=True):
        if "->" in answer:
            raise QuestionInvalid(why="match", line=line)
        weight = _WEIGHT.match(answer)
        if _is_right(mark, float(weight[1]) if weight else None, line):
            right.append(len(options))
        said = (answer[weight.end() :] if weight else answer).split("#")[0]
        marked = _FORMAT.match(said)
        options.append(_plain(said[marked.end() :] if marked else said, marked[1] if marked else way, line))
    if "~" not in answers[::2]:
        raise QuestionInvalid(why="short", line=line)
    if len(right) != 1:
        raise QuestionInvalid(why="several" if right else "keyless", line=line)
    return options, right[0]


def _is_right(mark: str, weight: float | None, line: int) -> bool:
    """A share of the points, or points taken away, is a rule of counting that tests here do not have."""
    if weight is None or weight == (100 if mark == "=" else 0):
        return mark == "="
    if mark == "~" and weight == 100:
        return True
    raise QuestionInvalid(why="weight", line=line)


def _plain(text: str, way: str, line: int) -> str:
    text = text.translate(_BACK)
    return markup.words(text, line) if way == "html" or (way == "moodle" and markup.looks_marked(text)) else text
