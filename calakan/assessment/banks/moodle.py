"""Moodle XML: questions in text, of the kinds that are read. A document type is refused before anything that it declares is looked at."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from xml.parsers import expat

from calakan.assessment.banks import markup, parts
from calakan.assessment.banks.parts import Read
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.kinds import TRUE_FALSE
from calakan.assessment.services.questions import Item, check, multiple, order
from calakan.kernel.text import one_line

MOST_ELEMENTS, MOST_DEPTH = 100_000, 30
# A picture in HTML or Markdown; neither part looks beyond its own brackets, nor at anything twice.
_SHOWN = re.compile(r"!\[(?P<alt>[^\[\]\n]*)\]\([^()\s]+\)|<img\b(?P<tag>[^<>]*)>", re.IGNORECASE)
_HELD = "@@PLUGINFILE@@"  # begins the address of a file of the question
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_WHY = {
    "numerical": "number", "calculated": "number", "calculatedmulti": "number",
    "calculatedsimple": "number", "matching": "match", "randomsamatch": "match", "ddwtos": "match",
    "gapselect": "match", "essay": "essay",
}  # fmt: skip


@dataclass
class Element:
    name: str
    line: int
    attributes: Mapping[str, str]
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def named(self, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name)

    def said(self, name: str) -> str:
        return next((child.text.strip() for child in self.named(name)), "")


def looks_like(content: bytes) -> bool:
    head = content[:2000].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<?xml") or re.match(rb"<!DOCTYPE|<!--|<quiz\b", head) is not None


def read(content: bytes) -> Read:
    """Raises QuestionInvalid for the file as a whole: xml with the line, doctype, foreign."""
    # A blank before the declaration is no mistake of whoever saved the file.
    top = _Tree().read(content.lstrip(b" \t\r\n") if content[:1].isspace() else content)
    if top.name != "quiz":
        raise QuestionInvalid(why="foreign", line=None)
    found = Read()
    for question in top.named("question"):
        if question.attributes.get("type") == "category":
            continue
        try:
            found.items.append(_item(question))
        except QuestionInvalid as error:
            asked = next((each.said("text") for each in question.named("questiontext")), "")
            found.refused.append(parts.refusal(error, re.sub(r"<[^<>]*>", " ", asked)))
    return found


def _item(question: Element) -> Item:
    kind, line = question.attributes.get("type", ""), question.line
    if kind not in _READ:
        raise QuestionInvalid(why=_WHY.get(kind, "kind"), line=line)
    asked = next(question.named("questiontext"), None)
    if asked is None:
        raise QuestionInvalid(why="text", line=line)
    files = list(asked.named("file"))
    if not files:
        return _READ[kind](question, _words(asked))
    rest, alt = _without_picture(asked)
    if len(files) > 1:
        raise QuestionInvalid(why="picture", line=line)
    made = replace(_READ[kind](question, _words(rest)), picture=_decoded(files[0]), picture_alt=one_line(alt))
    check(made)
    return made


def _without_picture(asked: Element) -> tuple[Element, str]:
    """The question without the one picture that it shows, and its words for whoever cannot see it. Raises QuestionInvalid (picture)."""
    text = asked.said("text")
    shown = [mark for mark in _SHOWN.finditer(text) if _HELD in mark[0]]
    if len(shown) != 1:
        raise QuestionInvalid(why="picture", line=asked.line)
    said = _ALT.search(shown[0]["tag"] or "")
    alt = unescape(said[1] or said[2] or "") if said else shown[0]["alt"] or ""
    rest = Element("text", asked.line, {}, pieces=[text[: shown[0].start()], text[shown[0].end() :]])
    return Element(asked.name, asked.line, asked.attributes, [rest]), alt


def _decoded(file: Element) -> bytes:
    """Raises QuestionInvalid (picture)."""
    try:
        if file.attributes.get("encoding") == "base64":
            return base64.b64decode("".join(file.text.split()), validate=True)
    except ValueError:
        pass
    raise QuestionInvalid(why="picture", line=file.line)


def _choice(question: Element, text: str) -> Item:
    """One option is right, or several in equal parts, as `single` says."""
    line, answers = question.line, list(question.named("answer"))
    shares = [_share(answer) for answer in answers]
    if question.said("single") in ("", "true", "1"):
        return parts.item(text, [_words(answer) for answer in answers], _right(shares, line), line)
    several = parts.all_right(shares)
    if several is None:
        raise QuestionInvalid(why="weight" if any(shares) else "keyless", line=line)
    return parts.checked(multiple(text, [_words(answer) for answer in answers], several, line))


def _true_false(question: Element, text: str) -> Item:
    answers = list(question.named("answer"))
    said = answers[_right([_share(answer) for answer in answers], question.line)].said("text").casefold()
    if said not in ("true", "false"):
        raise QuestionInvalid(why="key", line=question.line)
    return parts.item(text, TRUE_FALSE, 0 if said == "true" else 1, question.line)


def _right(shares: list[float | None], line: int) -> int:
    """Raises QuestionInvalid where not exactly one answer has all the points."""
    if any(share not in (0, 100) for share in shares):
        raise QuestionInvalid(why="weight", line=line)
    if shares.count(100) != 1:
        raise QuestionInvalid(why="several" if 100 in shares else "keyless", line=line)
    return shares.index(100)


def _short(question: Element, text: str) -> Item:
    """What has no points stands there for its feedback. Case never counts here, so where it does a person decides."""
    answers, line = list(question.named("answer")), question.line
    shares = [_share(answer) for answer in answers]
    if any(share not in (0, 100) for share in shares):
        raise QuestionInvalid(why="weight", line=line)
    if question.said("usecase") not in ("", "0"):
        raise QuestionInvalid(why="case", line=line)
    right = [_words(answer) for answer, share in zip(answers, shares, strict=True) if share == 100]
    if not right:
        raise QuestionInvalid(why="keyless", line=line)
    return parts.in_words(text, right, line)


def _order(question: Element, text: str) -> Item:
    """`fraction` numbers the steps; where only some of them are asked, it is another question."""
    answers, line = list(question.named("answer")), question.line
    placed = [_share(answer) for answer in answers]
    numbered = sorted(place for place in placed if place is not None) == [*range(1, len(answers) + 1)]
    if question.said("selecttype") not in ("", "0", "ALL") or not numbered:
        raise QuestionInvalid(why="order", line=line)
    steps = sorted(zip(placed, map(_words, answers), strict=True))
    return parts.checked(order(text, [step for _, step in steps], line))


_READ: dict[str, Callable[[Element, str], Item]] = {
    "multichoice": _choice, "truefalse": _true_false, "shortanswer": _short, "ordering": _order,
}  # fmt: skip


def _share(answer: Element) -> float | None:
    try:
        return float(answer.attributes.get("fraction", ""))
    except ValueError:
        return None


def _words(holder: Element) -> str:
    """Raises QuestionInvalid (picture)."""
    text = holder.said("text")
    if any(holder.named("file")) or _HELD in text:
        raise QuestionInvalid(why="picture", line=holder.line)
    way = holder.attributes.get("format", "moodle_auto_format")
    if way == "html" or (way == "moodle_auto_format" and markup.looks_marked(text)):
        return markup.words(text, holder.line)
    return text


class _Tree:
    """Elements with their lines."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._top: Element | None = None
        self._count = 0
        self._parser = expat.ParserCreate()

    def read(self, content: bytes) -> Element:
        parser = self._parser
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError):
            raise QuestionInvalid(why="xml", line=parser.ErrorLineNumber) from None
        assert self._top is not None  # a document without an element is no document
        return self._top

    def _doctype(self, *declared: object) -> None:
        raise QuestionInvalid(why="doctype", line=self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) >= MOST_DEPTH:
            raise QuestionInvalid(why="xml", line=self._parser.CurrentLineNumber)
        made = Element(name, self._parser.CurrentLineNumber, attributes)
        if self._open:
            self._open[-1].children.append(made)
        else:
            self._top = made
        self._open.append(made)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].pieces.append(text)
