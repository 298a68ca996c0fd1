"""What each kind of question takes for an answer, and when that is right. Pure.

All or nothing: one option too many, one step out of place or a spelling that is not in the list is wrong. Whoever set
the question adds a spelling later, and every attempt is scored anew.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from calakan.assessment.models import GivenAnswer, Question, QuestionKind

LONGEST_SAID = 200
TRUE_FALSE = ("Benar", "Salah")
# The place of one option; those of several, or where each step was put (-1: nowhere yet); words.
Given = int | tuple[int, ...] | str


class Asking(Protocol):
    @property
    def kind(self) -> QuestionKind: ...
    @property
    def options(self) -> Sequence[str]: ...
    @property
    def answers(self) -> Sequence[int] | None: ...


def folded(text: str) -> str:
    """Words that are one whatever their case, blanks, and the marks around them."""
    text = " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
    return text.strip(" .,;:!?\"'“”‘’")


def is_true_false(question: Asking) -> bool:
    return question.kind is QuestionKind.SINGLE and tuple(question.options) == TRUE_FALSE


def ordered(question: Asking) -> list[str]:
    """The steps from the first to the last."""
    belongs = question.answers or range(len(question.options))
    return [step for _, step in sorted(zip(belongs, question.options, strict=True))]


def right_places(question: Question) -> set[int]:
    """Of the options that are chosen."""
    return {question.answer} if question.kind is QuestionKind.SINGLE else set(question.answers or ())


def takes(question: Asking, given: Given) -> bool:
    """Whether this may be kept as an answer, whole or not."""
    places = range(len(question.options))
    match question.kind:
        case QuestionKind.SINGLE:
            return isinstance(given, int) and given in places
        case QuestionKind.MULTIPLE:
            return isinstance(given, tuple) and set(given) <= set(places)
        case QuestionKind.ORDER:
            return isinstance(given, tuple) and len(given) == len(places) and set(given) <= {-1, *places}
        case QuestionKind.SHORT:
            return isinstance(given, str) and len(given) <= LONGEST_SAID


def is_whole(question: Asking, given: Given | None) -> bool:
    """Whether nothing is left to be answered."""
    if question.kind is QuestionKind.ORDER:
        return isinstance(given, tuple) and sorted(given) == [*range(len(question.options))]
    return given is not None and (isinstance(given, int) or bool(given))


def is_right(question: Question, given: Given | None) -> bool:
    """What was not answered, or not wholly, is wrong."""
    match question.kind:
        case QuestionKind.SINGLE:
            return isinstance(given, int) and given == question.answer
        case QuestionKind.MULTIPLE:
            return isinstance(given, tuple) and set(given) == set(question.answers or ())
        case QuestionKind.ORDER:
            return isinstance(given, tuple) and list(given) == question.answers
        case QuestionKind.SHORT:
            return isinstance(given, str) and folded(given) in set(map(folded, question.options))


def stored(given: Given) -> tuple[int, str]:
    """As a row keeps it: the same answer is always the same."""
    if isinstance(given, int):
        return given, ""
    return -1, given if isinstance(given, str) else ",".join(map(str, given))


def restored(kind: QuestionKind, choice: int, said: str) -> Given:
    if kind is QuestionKind.SINGLE:
        return choice
    if kind is QuestionKind.SHORT:
        return said
    return tuple(int(place) for place in said.split(",") if place)


def by_question(questions: Iterable[Question], rows: Iterable[GivenAnswer]) -> dict[int, Given]:
    """What was answered to these questions."""
    kinds = {question.id: question.kind for question in questions}
    return {
        row.question_id: restored(kinds[row.question_id], row.choice, row.said)
        for row in rows
        if row.question_id in kinds
    }


def shown(question: Question, given: Given | None) -> str:
    """An answer in words, for a page; empty where nothing was answered."""
    if isinstance(given, str) or given is None:
        return given or ""
    if isinstance(given, int):
        return question.options[given]
    if question.kind is QuestionKind.MULTIPLE:
        return "; ".join(question.options[place] for place in given)
    placed = sorted((at, step) for at, step in zip(given, question.options, strict=True) if at >= 0)
    return "; ".join(f"{at + 1}. {step}" for at, step in placed)


def shown_key(question: Question) -> str:
    match question.kind:
        case QuestionKind.SINGLE:
            return question.options[question.answer]
        case QuestionKind.MULTIPLE | QuestionKind.ORDER:
            return shown(question, tuple(question.answers or ()))
        case QuestionKind.SHORT:
            return " / ".join(question.options)
