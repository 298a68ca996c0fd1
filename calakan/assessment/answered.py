"""What a participant's form says, in the order in which this person sees the questions. Pure.

`soal-3` is the third question: the number of an option, those of several beside a 0, or words; `soal-3-2` is where the
second step shown belongs. What is no answer is left out, so that one kept before stays.
"""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import MultiDict

from calakan.assessment.kinds import LONGEST_SAID, Given
from calakan.assessment.models import QuestionKind
from calakan.assessment.queries.exams import Asked


def read(form: MultiDict[str, str], asked: Sequence[Asked]) -> dict[int, Given]:
    """Question -> what was answered; questions that the form does not speak of are left out."""
    found: dict[int, Given] = {}
    for number, row in enumerate(asked, start=1):
        given = _one(form, f"soal-{number}", row)
        if given is not None:
            found[row.question.id] = given
    return found


def _one(form: MultiDict[str, str], name: str, row: Asked) -> Given | None:
    match row.question.kind:
        case QuestionKind.SINGLE:
            picked = _numbers([form.get(name, "")], len(row.options))
            return row.options[picked[0] - 1][0] if picked else None
        case QuestionKind.MULTIPLE:
            picked = _numbers(form.getlist(name), len(row.options))
            return tuple(sorted({row.options[number - 1][0] for number in picked})) if name in form else None
        case QuestionKind.SHORT:
            return _words(form[name]) if name in form else None
        case QuestionKind.ORDER:
            return _placed(form, name, row)


def _placed(form: MultiDict[str, str], name: str, row: Asked) -> Given | None:
    names = [f"{name}-{at}" for at in range(1, len(row.options) + 1)]
    if not any(each in form for each in names):
        return None
    placed = [-1] * len(names)
    for each, (place, _) in zip(names, row.options, strict=True):
        for number in _numbers([form.get(each, "")], len(names)):
            placed[place] = number - 1
    return tuple(placed)


def _numbers(texts: Sequence[str], most: int) -> list[int]:
    return [
        int(text) for text in texts if text.isascii() and text.isdigit() and len(text) == 1 and 1 <= int(text) <= most
    ]


def _words(text: str) -> str:
    """One line; a mark that no keyboard types is left out, and the end of what is longer than any answer."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_SAID].strip()
