"""Questions as files of other programs. What a form could not give back as it is, is refused rather than changed."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape

from calakan.assessment import question_files
from calakan.assessment.documents import XLSX
from calakan.assessment.errors import QuestionInvalid, QuestionUnwritable
from calakan.assessment.services.questions import Item
from calakan.tables import books
from calakan.tables.errors import TableUnreadable

NAMES = {"xlsx": "Tabel (XLSX)", "gift": "GIFT", "xml": "Moodle XML", "aiken": "Aiken"}
SUFFIXES = {"xlsx": "xlsx", "gift": "gift.txt", "xml": "xml", "aiken": "aiken.txt"}
MIME_TYPES = {
    "xlsx": XLSX,
    "gift": "text/plain; charset=utf-8",
    "xml": "application/xml",
    "aiken": "text/plain; charset=utf-8",
}
LETTERS = "ABCDE"
HEADINGS = ("Pertanyaan", *(f"Opsi {letter}" for letter in LETTERS), "Kunci Jawaban")
_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\:#=~{}"} | {"\n": "\\n"})


def bank(form: str, items: Sequence[Item]) -> bytes:
    """All of them, as `form` (a key of NAMES) has them. Raises QuestionUnwritable with the first that would not come back."""
    write = _WRITERS[form]
    content = write(items)
    if items and not _comes_back(content, items):
        whole = (at for at, item in enumerate(items, start=1) if not _comes_back(write([item]), [item]))
        raise QuestionUnwritable(position=next(whole, 1))
    return content


def _comes_back(content: bytes, items: Sequence[Item]) -> bool:
    try:
        read = question_files.read(content)
    except (QuestionInvalid, TableUnreadable):
        return False
    return not read.refused and [replace(item, line=None) for item in read.items] == list(items)


def _xlsx(items: Sequence[Item]) -> bytes:
    import xlsxwriter  # only for this download

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Soal")
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
    for row, item in enumerate(items, start=1):
        empty = [""] * (len(LETTERS) - len(item.options))
        for column, text in enumerate((item.text, *item.options, *empty, LETTERS[item.answer])):
            sheet.write_string(row, column, text, wrapped)
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, len(LETTERS), 24)
    sheet.freeze_panes(1, 0)
    books.finish(book)
    return out.getvalue()


def _gift(items: Sequence[Item]) -> bytes:
    """`[plain]` and a whole weight before an option that begins like one keep what is written from being understood."""
    blocks = []
    for item in items:
        lines = [f"[plain]{item.text.translate(_ESCAPES)} {{"]
        for at, option in enumerate(item.options):
            right = at == item.answer
            weight = ("%100%" if right else "%0%") if option.startswith("%") else ""
            way = "[plain]" if option.startswith("[") else ""
            lines.append(f"\t{'=' if right else '~'}{weight}{way}{option.translate(_ESCAPES)}")
        blocks.append("\n".join((*lines, "}", "")))
    return "\n".join(blocks).encode()


def _aiken(items: Sequence[Item]) -> bytes:
    blocks = []
    for item in items:
        options = (f"{letter}. {text}" for letter, text in zip(LETTERS, item.options, strict=False))
        blocks.append("\n".join((item.text, *options, f"ANSWER: {LETTERS[item.answer]}", "")))
    return "\n".join(blocks).encode()


def _xml(items: Sequence[Item]) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    for number, item in enumerate(items, start=1):
        lines += [
            '<question type="multichoice">',
            f"<name><text>Soal {number}</text></name>",
            f'<questiontext format="plain_text"><text>{escape(item.text)}</text></questiontext>',
            "<defaultgrade>1</defaultgrade>",
            "<single>true</single>",
            "<shuffleanswers>true</shuffleanswers>",
            "<answernumbering>abc</answernumbering>",
        ]
        for at, option in enumerate(item.options):
            fraction = 100 if at == item.answer else 0
            lines.append(f'<answer fraction="{fraction}" format="plain_text"><text>{escape(option)}</text></answer>')
        lines.append("</question>")
    return "\n".join((*lines, "</quiz>", "")).encode()


_WRITERS: dict[str, Callable[[Sequence[Item]], bytes]] = {"xlsx": _xlsx, "gift": _gift, "aiken": _aiken, "xml": _xml}
