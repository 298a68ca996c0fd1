"""Aiken: the question, its options by letters, and the letter of the right one below them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from calakan.assessment.banks import parts
from calakan.assessment.banks.parts import Read
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item

_ANSWER = re.compile(r"^\s*(?:ANSWER|JAWABAN|KUNCI(?: JAWABAN)?)\s*:\s*(.*)$", re.IGNORECASE)
_LETTER = re.compile(r"([A-Za-z])\s*[.)]?")
_OPTION = re.compile(r"^\s*([A-Za-z])\s*[.)]\s*(\S.*)$")
Lines = list[tuple[int, str]]


def looks_like(text: str) -> bool:
    lines = text.split("\n")
    return any(_ANSWER.match(line) for line in lines) and any(_OPTION.match(line) for line in lines)


def read(text: str) -> Read:
    found = Read()
    for block in _blocks(text):
        try:
            found.items.append(_item(block))
        except QuestionInvalid as error:
            found.refused.append(parts.refusal(error, block[0][1]))
    return found


def _blocks(text: str) -> Iterator[Lines]:
    """Each ends with its answer; one that has none ends where options are over and an empty line follows."""
    block: Lines = []
    empty = with_options = False  # kept along the way: to look through the block with each line would take its square
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            empty = True
            continue
        option, answer = _OPTION.match(line) is not None, _ANSWER.match(line) is not None
        if block and empty and with_options and not option and not answer:
            yield block
            block, with_options = [], False
        empty, with_options = False, with_options or (option and bool(block))
        block.append((number, line.strip()))
        if answer:
            yield block
            block, with_options = [], False
    if block:
        yield block


def _item(block: Lines) -> Item:
    line, (last, said) = block[0][0], block[-1]
    answer = _ANSWER.match(said)
    if answer is None:
        raise QuestionInvalid(why="unanswered", line=line)
    asked, options = list[str](), list[str]()
    for number, text in block[:-1]:
        option = _OPTION.match(text)
        if option is not None and asked and option[1].upper() == chr(65 + len(options)):
            options.append(option[2])
        elif options:
            raise QuestionInvalid(why="bank", line=number)
        else:
            asked.append(text)
    if re.fullmatch(r"[A-Za-z](?:\s*(?:[,;&/+]|dan|and)\s*[A-Za-z])+", answer[1]):
        raise QuestionInvalid(why="several", line=last)
    letter = _LETTER.fullmatch(answer[1])
    right = ord(letter[1].upper()) - 65 if letter else len(options)
    if right >= len(options):
        raise QuestionInvalid(why="key", line=last)
    return parts.item("\n".join(asked), options, right, line)
