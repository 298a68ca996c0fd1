"""Questions in a file: a table with one a line, or a bank in GIFT, Aiken or Moodle XML. Pure."""

from __future__ import annotations

import re

from calakan.assessment.banks import aiken, gift, moodle, parts
from calakan.assessment.banks.parts import Read
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.services.questions import Item
from calakan.tables import csvs
from calakan.tables.cells import LONGEST_CELL, DateText
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import MOST_BYTES, Column, Line, table

# More than a question may have, so that one with too many is told and not cut.
LETTERS = tuple("abcdefgh")
COLUMNS = (
    Column("soal", ("pertanyaan", "butir soal", "question", "teks soal"), required=True, lines=True),
    *(
        Column(letter, tuple(f"{word} {letter}" for word in ("opsi", "pilihan", "jawaban", "option")), letter in "ab")
        for letter in LETTERS
    ),
    Column("kunci", ("kunci jawaban", "jawaban", "jawaban benar", "answer", "correct answer"), required=True),
    Column("gambar", ("image", "foto", "media", "gambar soal", "link gambar", "image link")),
    Column("jenis", ("jenis soal", "tipe", "tipe soal", "type", "question type")),
)
_ONE_RIGHT = {
    "", "pg", "pilihan ganda", "multiple choice", "multichoice", "pilgan", "benar salah", "benar/salah", "true/false",
}  # fmt: skip


def read(content: bytes) -> Read:
    """Raises TableUnreadable, and QuestionInvalid for a bank that is unreadable as a whole."""
    if len(content) <= MOST_BYTES and moodle.looks_like(content):
        return moodle.read(content)
    try:
        found = table(content, COLUMNS)
    except TableUnreadable:
        if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0" or len(content) > MOST_BYTES:
            raise
        bank = _bank(content)
        if bank is None:
            raise
        return bank
    if not found.lines:
        raise TableUnreadable(why="empty")
    return _of_table(found.lines, found.sheet.hidden)


def _bank(content: bytes) -> Read | None:
    """None for text that is no bank. Raises TableUnreadable."""
    text = csvs.decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    if aiken.looks_like(text):
        return aiken.read(text)
    return gift.read(text) if gift.looks_like(text) else None


def _of_table(lines: list[Line], hidden: int) -> Read:
    found = Read(hidden=hidden)
    for line in lines:
        try:
            found.items.append(_item(line))
        except QuestionInvalid as error:
            found.refused.append(parts.refusal(error, line["soal"]))
    return found


def _item(line: Line) -> Item:
    if line.marked:
        raise QuestionInvalid(why="marks", line=line.number)
    if line["gambar"]:
        raise QuestionInvalid(why="picture", line=line.number)
    if line["jenis"].casefold() not in _ONE_RIGHT:
        raise QuestionInvalid(why="kind", line=line.number)
    for column in ("soal", *LETTERS):
        if len(line[column]) >= LONGEST_CELL:
            raise QuestionInvalid(why="long", line=line.number)
        if isinstance(line[column], DateText) and "-" in line[column]:
            raise QuestionInvalid(why="date", line=line.number)
    filled = [letter for letter in LETTERS if line[letter]]
    options = [line[letter] for letter in filled]
    return parts.item(line["soal"], options, _answer(line, filled, options), line.number)


def _answer(line: Line, filled: list[str], options: list[str]) -> int:
    """The key is a letter, or the text of exactly one option, and never one of each. Raises QuestionInvalid."""
    key = line["kunci"].strip(" .)").casefold()
    meant = {at for at, option in enumerate(options) if option.casefold() == line["kunci"].casefold()}
    meant |= {filled.index(key)} if key in filled else set()
    if not meant and re.fullmatch(r"[a-h](?:\s*(?:[,;&/+]|dan|and)\s*[a-h])+", key):
        raise QuestionInvalid(why="several", line=line.number)
    if len(meant) != 1 or not key:
        raise QuestionInvalid(why="key", line=line.number)
    return meant.pop()
