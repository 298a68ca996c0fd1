"""Questions as files of other programs. What a form could not give back as it is, is refused rather than changed."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape

from calakan.assessment import question_files
from calakan.assessment.documents import XLSX
from calakan.assessment.errors import QuestionInvalid, QuestionUnwritable
from calakan.assessment.kinds import is_true_false
from calakan.assessment.models import QuestionKind
from calakan.assessment.services.questions import Item
from calakan.tables import books
from calakan.tables.errors import TableUnreadable
from calakan.tables.reading import MOST_BYTES

NAMES = {"xlsx": "Tabel (XLSX)", "gift": "GIFT", "xml": "Moodle XML", "aiken": "Aiken"}
SUFFIXES = {"xlsx": "xlsx", "gift": "gift.txt", "xml": "xml", "aiken": "aiken.txt"}
MIME_TYPES = {
    "xlsx": XLSX,
    "gift": "text/plain; charset=utf-8",
    "xml": "application/xml",
    "aiken": "text/plain; charset=utf-8",
}
PICTURE = "gambar.webp"
LETTERS = "ABCDEFGH"
HEADINGS = ("Pertanyaan", *(f"Opsi {letter}" for letter in LETTERS), "Kunci Jawaban", "Jenis")
_ESCAPES = str.maketrans({sign: f"\\{sign}" for sign in "\\:#=~{}"} | {"\n": "\\n"})


def bank(
    form: str, items: Sequence[Item], pictures: Callable[[str], bytes] | None = None, *, first: int = 1
) -> list[bytes]:
    """All of them, as `form` (a key of NAMES) has them; `pictures` finds one by its hash. Several files where one would be too large to be read.

    Moodle XML alone takes pictures along. Raises QuestionUnwritable with the first that would not come back, counted from `first`.
    """
    write, held = _WRITERS[form], items
    if form == "xml" and pictures is not None:
        held = [replace(item, picture=_found(pictures, item)) for item in items]
    content = write(held)
    if len(content) > MOST_BYTES and len(items) > 1:
        half = len(items) // 2
        return [
            *bank(form, items[:half], pictures, first=first),
            *bank(form, items[half:], pictures, first=first + half),
        ]
    if items and not _comes_back(content, held):
        at = next((at for at, item in enumerate(held) if not _comes_back(write([item]), [item])), 0)
        raise QuestionUnwritable(position=first + at, picture=form != "xml" and held[at].picture_sha256 is not None)
    return [content]


def packed(form: str, contents: Sequence[bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents, start=1):
            archive.writestr(f"soal-bagian-{number}.{SUFFIXES[form]}", content)
    return out.getvalue()


def _comes_back(content: bytes, items: Sequence[Item]) -> bool:
    try:
        read = question_files.read(content)
    except (QuestionInvalid, TableUnreadable):
        return False
    return not read.refused and list(map(_plain, read.items)) == list(map(_plain, items))


def _plain(item: Item) -> Item:
    """Whatever way its picture is known."""
    sha256 = hashlib.sha256(item.picture).hexdigest() if item.picture is not None else item.picture_sha256
    return replace(item, line=None, picture=None, picture_sha256=sha256)


def _found(pictures: Callable[[str], bytes], item: Item) -> bytes | None:
    """One that is not there any more is as none: the question does not come back, which is told."""
    try:
        return pictures(item.picture_sha256) if item.picture_sha256 is not None else None
    except FileNotFoundError:
        return None


def _xlsx(items: Sequence[Item]) -> bytes:
    import xlsxwriter  # only for this download

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Soal")
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
    for row, item in enumerate(items, start=1):
        empty = [""] * (len(LETTERS) - len(item.options))
        kind = question_files.KINDS[item.kind]
        for column, text in enumerate((item.text, *item.options, *empty, _key(item), kind[0] or kind[2])):
            sheet.write_string(row, column, text, wrapped)
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, len(LETTERS), 24)
    sheet.freeze_panes(1, 0)
    books.finish(book)
    return out.getvalue()


def _key(item: Item) -> str:
    """As letters; the spellings of a question in words, and steps, stand in their columns."""
    if item.kind is QuestionKind.SINGLE:
        return LETTERS[item.answer]
    return ", ".join(LETTERS[place] for place in item.answers) if item.kind is QuestionKind.MULTIPLE else ""


def _gift(items: Sequence[Item]) -> bytes:
    """`[plain]` and a whole weight before an option that begins like one keep what is written from being understood."""
    blocks = []
    for item in items:
        lines = [f"[plain]{item.text.translate(_ESCAPES)} {{"]
        if is_true_false(item):
            lines.append(f"\t{'FALSE' if item.answer else 'TRUE'}")
        else:
            lines += [f"\t{_gift_option(item, place)}" for place in range(len(item.options))]
        blocks.append("\n".join((*lines, "}", "")))
    return "\n".join(blocks).encode()


def _gift_option(item: Item, place: int) -> str:
    option = item.options[place]
    right = place in item.answers if item.kind is QuestionKind.MULTIPLE else place == item.answer
    mark = "=" if item.kind is QuestionKind.SHORT or (item.kind is QuestionKind.SINGLE and right) else "~"
    weight = ("%100%" if mark == "=" else "%0%") if option.startswith("%") else ""
    if item.kind is QuestionKind.MULTIPLE:
        weight = f"%{100 / len(item.answers):.5f}%" if right else "%0%"
    way = "[plain]" if option.startswith("[") else ""
    said = option.replace("*", "\\*") if item.kind is QuestionKind.SHORT else option
    return f"{mark}{weight}{way}{said.translate(_ESCAPES)}"


def _aiken(items: Sequence[Item]) -> bytes:
    blocks = []
    for item in items:
        options = (f"{letter}. {text}" for letter, text in zip(LETTERS, item.options, strict=False))
        blocks.append("\n".join((item.text, *options, f"ANSWER: {LETTERS[item.answer]}", "")))
    return "\n".join(blocks).encode()


def _xml(items: Sequence[Item]) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    for number, item in enumerate(items, start=1):
        kind, more = _moodle_kind(item)
        lines += [
            f'<question type="{kind}">',
            f"<name><text>Soal {number}</text></name>",
            *_moodle_text(item),
            "<defaultgrade>1</defaultgrade>",
            *more,
        ]
        for at, option in enumerate(("true", "false") if kind == "truefalse" else item.options):
            said = option.replace("*", "\\*") if item.kind is QuestionKind.SHORT else option
            lines.append(
                f'<answer fraction="{_fraction(item, at)}" format="plain_text"><text>{escape(said)}</text></answer>'
            )
        lines.append("</question>")
    return "\n".join((*lines, "</quiz>", "")).encode()


def _moodle_text(item: Item) -> tuple[str, ...]:
    """A picture stands below the words: in Markdown, whose lines stay as they are."""
    if item.picture is None:
        return (f'<questiontext format="plain_text"><text>{escape(item.text)}</text></questiontext>',)
    shown = f"{item.text}\n\n![{item.picture_alt}](@@PLUGINFILE@@/{PICTURE})"
    return (
        f'<questiontext format="markdown"><text>{escape(shown)}</text>',
        f'<file name="{PICTURE}" path="/" encoding="base64">{base64.b64encode(item.picture).decode()}</file>',
        "</questiontext>",
    )


def _moodle_kind(item: Item) -> tuple[str, tuple[str, ...]]:
    """What Moodle calls it, and what it wants to know besides."""
    choices = ("<shuffleanswers>true</shuffleanswers>", "<answernumbering>abc</answernumbering>")
    if is_true_false(item):
        return "truefalse", ()
    match item.kind:
        case QuestionKind.SINGLE:
            return "multichoice", ("<single>true</single>", *choices)
        case QuestionKind.MULTIPLE:
            return "multichoice", ("<single>false</single>", *choices)
        case QuestionKind.SHORT:
            return "shortanswer", ("<usecase>0</usecase>",)
        case QuestionKind.ORDER:
            return "ordering", ("<layouttype>VERTICAL</layouttype>", "<selecttype>ALL</selecttype>")


def _fraction(item: Item, at: int) -> str:
    match item.kind:
        case QuestionKind.SINGLE:
            return "100" if at == item.answer else "0"
        case QuestionKind.MULTIPLE:
            return f"{100 / len(item.answers):.5f}".rstrip("0").rstrip(".") if at in item.answers else "0"
        case QuestionKind.SHORT:
            return "100"
        case QuestionKind.ORDER:
            return str(at + 1)


_WRITERS: dict[str, Callable[[Sequence[Item]], bytes]] = {"xlsx": _xlsx, "gift": _gift, "aiken": _aiken, "xml": _xml}
