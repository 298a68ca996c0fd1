"""GIFT, as Moodle reads and writes it. Titles, comments, categories and feedback are left out; every question counts alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from calakan.assessment.banks import markup, parts
from calakan.assessment.banks.parts import Read
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item, multiple

# What is escaped stands aside while the text is cut up; these are no characters, so no text has them.
_ASIDE = {sign: chr(0xFDD0 + at) for at, sign in enumerate("\\:#=~{}n")}
_BACK = str.maketrans({aside: "\n" if sign == "n" else sign for sign, aside in _ASIDE.items()})
_ESCAPED = re.compile(r"\\([\\:#=~{}n])")
_BODY = re.compile(r"\{\s*(?:[=~#>}]|(?:T|F|TRUE|FALSE|BENAR|SALAH)\s*[#}])", re.IGNORECASE)
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
    return _answered(text, body, way, line)


def _answered(text: str, body: str, way: str, line: int) -> Item:
    answers = _answers(body, way, line)
    options = [answer.text for answer in answers]
    if all(answer.mark == "=" for answer in answers):
        if any(answer.weight not in (None, 100) for answer in answers):
            raise QuestionInvalid(why="weight", line=line)
        return parts.in_words(text, options, line)
    shares = [answer.share for answer in answers]
    several = parts.all_right(shares)
    if several is not None and len(several) > 1 and all(answer.mark == "~" for answer in answers):
        return parts.checked(multiple(text, options, several, line))
    if any(answer.share not in (0, 100) or (answer.mark == "=" and answer.weight == 0) for answer in answers):
        raise QuestionInvalid(why="weight", line=line)
    if shares.count(100) != 1:
        raise QuestionInvalid(why="several" if 100 in shares else "keyless", line=line)
    return parts.item(text, options, shares.index(100), line)


@dataclass(frozen=True)
class Answer:
    mark: str
    weight: float | None
    text: str

    @property
    def share(self) -> float:
        """Of the points, in percent."""
        return self.weight if self.weight is not None else 100.0 if self.mark == "=" else 0.0


def _answers(body: str, way: str, line: int) -> list[Answer]:
    if not body:
        raise QuestionInvalid(why="essay", line=line)
    if body[0] in "#>":
        raise QuestionInvalid(why="number" if body[0] == "#" else "order", line=line)
    first, *answers = re.split(r"([=~])", body)
    if first.strip():
        raise QuestionInvalid(why="bank", line=line)
    found = []
    for mark, answer in zip(answers[::2], answers[1::2], strict=True):
        if "->" in answer:
            raise QuestionInvalid(why="match", line=line)
        weight = _WEIGHT.match(answer)
        said = (answer[weight.end() :] if weight else answer).split("#")[0]
        marked = _FORMAT.match(said)
        words = _plain(said[marked.end() :] if marked else said, marked[1] if marked else way, line)
        found.append(Answer(mark, float(weight[1]) if weight else None, words))
    return found


def _plain(text: str, way: str, line: int) -> str:
    text = text.translate(_BACK)
    return markup.words(text, line) if way == "html" or (way == "moodle" and markup.looks_marked(text)) else text
