"""Question banks in plain text: GIFT (as Moodle writes it) and Aiken. Only questions with one right option are taken."""

from __future__ import annotations

import re

from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item
from calakan.kernel.text import tidy

_ANSWER = re.compile(r"^\s*(?:ANSWER|JAWABAN|KUNCI)\s*:\s*([A-Ea-e])\s*\.?\s*$", re.IGNORECASE)
_OPTION = re.compile(r"^\s*([A-Ea-e])\s*[.)]\s+(.+)$")
_WEIGHT = re.compile(r"^%-?[0-9.]+%")
_ESCAPED = re.compile(r"\\([~=#{}:\\])")
_TRUE, _FALSE = {"t", "true", "benar"}, {"f", "false", "salah"}


def read(text: str) -> list[Item]:
    """Empty when the text is no question bank. Raises QuestionInvalid with the line it is about."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(_ANSWER.match(line) for line in text.split("\n")):
        return _aiken(text)
    if re.search(r"(?<!\\)\{[^{}]*[=~#TF][^{}]*\}", text) and re.search(r"(?<!\\)\{\s*(?:[=~#]|T|F|\})", text):
        return _gift(text)
    return []


def _aiken(text: str) -> list[Item]:
    items: list[Item] = []
    asked: list[str] = []
    options: dict[str, str] = {}
    begun = 1
    for number, line in enumerate(text.split("\n"), start=1):
        answer, option = _ANSWER.match(line), _OPTION.match(line)
        if answer is not None:
            letters = list(options)
            if answer[1].upper() not in letters:
                raise QuestionInvalid(why="key", line=number)
            items.append(_item(" ".join(asked), list(options.values()), letters.index(answer[1].upper()), begun))
            asked, options = [], {}
        elif option is not None and asked and option[1].upper() == chr(65 + len(options)):
            options[option[1].upper()] = option[2]
        elif line.strip():
            if options:
                raise QuestionInvalid(why="bank", line=number)
            begun = begun if asked else number
            asked.append(line.strip())
    if asked or options:
        raise QuestionInvalid(why="bank", line=begun)
    return items


def _gift(text: str) -> list[Item]:
    """Comments, titles, feedback and categories are left out."""
    lines = ["" if line.lstrip().startswith(("//", "$CATEGORY")) else line for line in text.split("\n")]
    items, block, begun = [], list[str](), 1
    for number, line in enumerate([*lines, ""], start=1):
        inside = len(re.findall(r"(?<!\\)\{", "\n".join(block))) > len(re.findall(r"(?<!\\)\}", "\n".join(block)))
        if line.strip() or inside:
            begun = begun if block else number
            block.append(line)
        elif block:
            items.append(_gift_item("\n".join(block), begun))
            block = []
    if block:
        raise QuestionInvalid(why="bank", line=begun)
    return items


def _gift_item(block: str, line: int) -> Item:
    whole = re.fullmatch(r"\s*(?:::.*?(?<!\\)::)?(.*?)(?<!\\)\{(.*)(?<!\\)\}(.*)", block, re.DOTALL)
    if whole is None:
        raise QuestionInvalid(why="bank", line=line)
    before, body, after = whole[1], whole[2].split("####")[0].strip(), whole[3].strip()
    asked = re.sub(r"^\s*\[(?:html|plain|moodle|markdown)\]", "", before).strip()
    asked = f"{asked} _____ {after}" if after else asked
    said = re.split(r"(?<!\\)#", body)[0].strip().casefold()
    if said in _TRUE | _FALSE:
        return _item(_plain(asked), ["Benar", "Salah"], 0 if said in _TRUE else 1, line)
    answers = re.findall(r"(?<!\\)([=~])((?:\\.|[^=~\\])*)", body)
    right = [at for at, (mark, _) in enumerate(answers) if mark == "="]
    if body.startswith("#") or len(right) != 1 or len(answers) < 2 or any("->" in text for _, text in answers):
        raise QuestionInvalid(why="kind", line=line)
    options = []
    for _, answer in answers:
        weight = _WEIGHT.match(answer.strip())
        if weight is not None and weight[0] not in ("%100%", "%0%"):
            raise QuestionInvalid(why="kind", line=line)
        options.append(_plain(_WEIGHT.sub("", re.split(r"(?<!\\)#", answer)[0].strip())))
    return _item(_plain(asked), options, right[0], line)


def _plain(text: str) -> str:
    return " ".join(_ESCAPED.sub(r"\1", text).split())


def _item(text: str, options: list[str], answer: int, line: int) -> Item:
    try:
        return Item(text=tidy(text), options=tuple(tidy(option) for option in options), answer=answer, line=line)
    except ValueError:
        raise QuestionInvalid(why="marks", line=line) from None
