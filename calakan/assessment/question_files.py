"""Questions in a file: a table with one a line, or a bank in GIFT, Aiken or Moodle XML. Pure."""

from __future__ import annotations

import re

from calakan.assessment.banks import aiken, gift, moodle, parts
from calakan.assessment.banks.parts import Read
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.models import QuestionKind
from calakan.assessment.services.questions import Item, multiple, order, short
from calakan.tables import csvs
from calakan.tables.cells import LONGEST_CELL, DateText
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import MOST_BYTES, Column, Line, table

# More than a question may have, so that one with too many is told and not cut.
LETTERS = tuple("abcdefgh")
COLUMNS = (
    Column("soal", ("pertanyaan", "butir soal", "question", "question text", "teks soal"), required=True, lines=True),
    *(
        Column(
            letter,
            tuple(
                f"{word} {sign}"
                for word in ("opsi", "pilihan", "jawaban", "option", "answer")
                for sign in (letter, number)
            ),
            number < 3,
        )
        for number, letter in enumerate(LETTERS, start=1)
    ),
    Column(
        "kunci",
        ("kunci jawaban", "jawaban", "jawaban benar", "answer", "correct answer", "correct answers"),
        required=True,
    ),
    Column("gambar", ("image", "foto", "media", "gambar soal", "link gambar", "image link")),
    Column("jenis", ("jenis soal", "tipe", "tipe soal", "type", "question type")),
)
_SINGLE, _MULTIPLE, _SHORT, _ORDER = QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.SHORT, QuestionKind.ORDER
KINDS = {
    _SINGLE: (
        "", "pg", "pilihan ganda", "multiple choice", "multichoice", "pilgan", "benar salah", "benar/salah", "true/false",
    ),
    _MULTIPLE: (
        "beberapa jawaban", "pilihan ganda kompleks", "pgk", "pg kompleks", "kotak centang", "checkbox", "checkboxes",
        "multiple response", "multiple answer", "multiple select",
    ),
    _SHORT: ("isian", "isian singkat", "jawaban singkat", "short answer", "shortanswer", "fill in the blank"),
    _ORDER: ("mengurutkan", "urutan", "ordering", "order", "reorder"),
}  # fmt: skip
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}


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
    kind = _KIND_OF.get(line["jenis"].casefold())
    if kind is None:
        raise QuestionInvalid(why="kind", line=line.number)
    for column in ("soal", *LETTERS):
        if len(line[column]) >= LONGEST_CELL:
            raise QuestionInvalid(why="long", line=line.number)
        if isinstance(line[column], DateText) and "-" in line[column]:
            raise QuestionInvalid(why="date", line=line.number)
    filled = [letter for letter in LETTERS if line[letter]]
    options = [line[letter] for letter in filled]
    return parts.checked(_of_kind(kind, line, filled, options))


def _of_kind(kind: QuestionKind, line: Line, filled: list[str], options: list[str]) -> Item:
    """A question in words has a key or spellings in the columns; steps stand in order, and have no key. Raises QuestionInvalid."""
    key = line["kunci"]
    match kind:
        case QuestionKind.SINGLE:
            return Item(line["soal"], tuple(options), _answer(line, filled, options), line.number)
        case QuestionKind.MULTIPLE:
            return multiple(
                line["soal"], options, [filled.index(each) for each in _letters(line, filled, options)], line.number
            )
        case QuestionKind.SHORT:
            # Both: a key beside options that may be the wrong ones.
            if bool(key) == bool(options):
                raise QuestionInvalid(why="short_key", line=line.number)
            return short(line["soal"], options or [key], line.number)
        case QuestionKind.ORDER:
            if key:
                raise QuestionInvalid(why="order_key", line=line.number)
            return order(line["soal"], options, line.number)


def _letters(line: Line, filled: list[str], options: list[str]) -> list[str]:
    """Raises QuestionInvalid where the key is no list of letters of this line."""
    letters = [
        _letter(each, filled, options)
        for each in re.split(r"\s*(?:[,;&/+]|\bdan\b|\band\b)\s*|\s+", line["kunci"].strip(" .)").casefold())
        if each
    ]
    if not letters or len(set(letters)) < len(letters) or not set(letters) <= set(filled):
        raise QuestionInvalid(why="key", line=line.number)
    return letters


def _letter(key: str, filled: list[str], options: list[str]) -> str:
    """Programs that number their options name them so; beside options that are numbers, or another that speaks of this
    number (`1 jam;2 jam`), it may mean one of those.
    """
    place = int(key) - 1 if re.fullmatch("[1-8]", key) else len(LETTERS)
    letter = LETTERS[place] if place < len(LETTERS) else ""
    spoken = re.compile(rf"[0-9.,% ]+|.*(?<![0-9]){re.escape(key)}(?![0-9]).*", re.DOTALL)
    own = options[filled.index(letter)] if letter in filled else ""
    others = [option for option in options if option != own]
    meant_so = letter in filled and not re.fullmatch(r"[0-9.,% ]+", own) and not any(map(spoken.fullmatch, others))
    return letter if meant_so else key


def _answer(line: Line, filled: list[str], options: list[str]) -> int:
    """The key is a letter, or the text of exactly one option, and never one of each. Raises QuestionInvalid."""
    key = _letter(line["kunci"].strip(" .()").casefold(), filled, options)
    meant = {at for at, option in enumerate(options) if option.casefold() == line["kunci"].casefold()}
    meant |= {filled.index(key)} if key in filled else set()
    if not meant and re.fullmatch(r"[a-h](?:\s*(?:[,;&/+]|dan|and)\s*[a-h])+", key):
        raise QuestionInvalid(why="several", line=line.number)
    if len(meant) != 1 or not key:
        raise QuestionInvalid(why="key", line=line.number)
    return meant.pop()
