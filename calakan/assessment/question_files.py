"""Questions in a file: a table with one a line, or a bank in GIFT or Aiken. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from calakan.assessment import question_texts
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item
from calakan.tables import csvs
from calakan.tables.cells import LONGEST_CELL, DateText
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import Column, Line, table

LETTERS = ("a", "b", "c", "d", "e")
COLUMNS = (
    Column("soal", ("pertanyaan", "butir soal", "question"), required=True, lines=True),
    *(
        Column(letter, tuple(f"{word} {letter}" for word in ("opsi", "pilihan", "jawaban", "option")), letter in "ab")
        for letter in LETTERS
    ),
    Column("kunci", ("kunci jawaban", "jawaban", "jawaban benar", "answer", "correct answer"), required=True),
)


@dataclass(frozen=True)
class Read:
    """`hidden` rows of the sheet were left out."""

    items: list[Item]
    hidden: int = 0


def read(content: bytes) -> Read:
    """Raises TableUnreadable, and QuestionInvalid with the line that it is about."""
    if content[:2] != b"PK" and content[:4] != b"\xd0\xcf\x11\xe0" and content.strip():
        items = question_texts.read(csvs.decoded(content))
        if items:
            return Read(items)
    found = table(content, COLUMNS)
    if not found.lines:
        raise TableUnreadable(why="empty")
    return Read([_item(line) for line in found.lines], found.sheet.hidden)


def _item(line: Line) -> Item:
    if line.marked:
        raise QuestionInvalid(why="marks", line=line.number)
    for column in ("soal", *LETTERS):
        if len(line[column]) >= LONGEST_CELL:
            raise QuestionInvalid(why="long", line=line.number)
        if isinstance(line[column], DateText) and "-" in line[column]:
            raise QuestionInvalid(why="date", line=line.number)
    filled = [letter for letter in LETTERS if line[letter]]
    options = tuple(line[letter] for letter in filled)
    return Item(text=line["soal"], options=options, answer=_answer(line, filled, options), line=line.number)


def _answer(line: Line, filled: list[str], options: tuple[str, ...]) -> int:
    """The key is a letter, or the text of exactly one option. Raises QuestionInvalid."""
    key = line["kunci"].strip(" .)").casefold()
    if key in filled:
        return filled.index(key)
    same = [at for at, option in enumerate(options) if option.casefold() == line["kunci"].casefold()]
    if len(same) != 1 or not key:
        raise QuestionInvalid(why="key", line=line.number)
    return same[0]
