"""Questions in a table: one a line, with the columns soal, a, b, up to e, and kunci. Pure."""

from __future__ import annotations

from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item
from calakan.kernel import tabular

LETTERS = ("a", "b", "c", "d", "e")


def read(content: bytes) -> list[Item]:
    """Raises TableUnreadable, and QuestionInvalid with the line that it is about."""
    lines = tabular.table(content, ["soal", "a", "b", "kunci"], LETTERS[2:])
    if not lines:
        raise tabular.TableUnreadable(why="empty")
    return [_item(line) for line in lines]


def _item(line: tabular.Line) -> Item:
    if any(len(line[column]) >= tabular.LONGEST_CELL for column in ("soal", *LETTERS)):
        raise QuestionInvalid(why="long", line=line.number)
    key = line["kunci"].strip(" .)").casefold()
    filled = [letter for letter in LETTERS if line[letter]]
    if key not in filled:
        raise QuestionInvalid(why="key", line=line.number)
    return Item(
        text=line["soal"],
        options=tuple(line[letter] for letter in filled),
        answer=filled.index(key),
        line=line.number,
    )
