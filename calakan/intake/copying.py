"""Objects of a PDF page written out anew: only what draws, every stream unpacked, cleaned and packed again."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pikepdf

from calakan.intake.unfit import UnfitError
from calakan.paper import PieceObject

MOST_OBJECTS, MOST_NESTING = 1_500, 30
MOST_OPERATORS, MOST_UNPACKED = 150_000, 60_000_000
MARKS = frozenset({"BMC", "BDC", "EMC", "MP", "DP", "BX", "EX"})
"""Structure that the paper has of its own; hidden layers are found by comparing pictures."""

SHOWING = frozenset({"Tj", "TJ", "'", '"'})
LEFT_OUT = frozenset(
    [
        "/Metadata",
        "/PieceInfo",
        "/StructParents",
        "/StructParent",
        "/OC",
        "/AF",
        "/OPI",
        "/Ref",
        "/LastModified",
        "/Properties",
        "/ProcSet",
        "/A",
        "/Parent",
        "/P",
        "/Measure",
        "/PtData",
        "/Name",
    ]
)
STREAM_KEYS = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL", "/F", "/FFilter", "/FDecodeParms"})
FOREIGN = frozenset(
    [
        "/Page",
        "/Pages",
        "/Catalog",
        "/Annot",
        "/Action",
        "/Filespec",
        "/EmbeddedFile",
        "/ObjStm",
        "/XRef",
        "/Sig",
        "/Outlines",
        "/StructTreeRoot",
    ]
)
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


class NotCopiedError(Exception):
    """A rare kind of picture or structure: the page is better taken as a picture."""


class Copier:
    """Copies what is asked for and everything that it refers to."""

    def __init__(self) -> None:
        self._objects: list[PieceObject | None] = []
        self._numbers: dict[tuple[int, int], int] = {}
        self._waiting: list[tuple[int, pikepdf.Object]] = []
        self._unpacked = self._operators = 0

    def form(self, head: str, page: pikepdf.Object, group: Any, resources: Any) -> tuple[PieceObject, ...]:
        """The page as object 0, and all that it needs. Raises UnfitError, NotCopiedError."""
        self._objects.append(None)
        content, fonts = self._content(page)
        entries = f"{head} /Resources {self._resources(resources, fonts)}"
        if group is not None:
            entries += f" /Group {self._text(group, 0)}"
        self._objects[0] = self._packed(entries, content)
        while self._waiting:
            number, item = self._waiting.pop()
            self._objects[number] = self._object(item)
        return tuple(item for item in self._objects if item is not None)

    def _object(self, item: pikepdf.Object) -> PieceObject:
        if isinstance(item, pikepdf.Stream):
            return self._stream(item)
        return PieceObject(self._text(item, 0, inside=True))

    def _text(self, item: Any, depth: int, *, inside: bool = False) -> str:
        """PDF syntax of a value; `inside` is the object itself and not a reference to it."""
        if depth > MOST_NESTING:
            raise UnfitError("heavy")
        if isinstance(item, pikepdf.Object) and item.is_indirect and not inside:
            return self._reference(item)
        if isinstance(item, pikepdf.Dictionary):
            return f"<<{self._entries(item, depth)}>>"
        if isinstance(item, pikepdf.Array):
            return f"[{' '.join(self._text(child, depth + 1) for child in item)}]"
        return _plain(item)

    def _reference(self, item: pikepdf.Object) -> str:
        number = self._numbers.get(item.objgen)
        if number is None:
            if len(self._objects) >= MOST_OBJECTS:
                raise UnfitError("heavy")
            number = self._numbers[item.objgen] = len(self._objects)
            self._objects.append(None)
            self._waiting.append((number, item))
        return f"{{{number}}}"

    def _entries(self, item: pikepdf.Object, depth: int, skipped: frozenset[str] = frozenset()) -> str:
        kind = str(item.get("/Type", ""))
        if kind in FOREIGN:
            raise UnfitError("active")
        if kind == "/Font":
            _check_font(item)
        keys = sorted(set(item.keys()) - LEFT_OUT - skipped)
        return " ".join(f"{_name(key)} {self._text(item[key], depth + 1)}" for key in keys)

    def _stream(self, item: pikepdf.Stream) -> PieceObject:
        subtype, filters = str(item.get("/Subtype", "")), _filters(item)
        if "/F" in item:
            raise UnfitError("external")
        if subtype == "/PS":
            raise UnfitError("active")
        if subtype == "/Form" or int(item.get("/PatternType", 0)) == 1:
            return self._drawing(item)
        entries = self._entries(item, 0, STREAM_KEYS)
        if subtype == "/Image" and filters == ["/DCTDecode"]:
            return PieceObject(f"{entries} /Filter /DCTDecode", self._counted(item.read_raw_bytes()))
        if {"/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode", "/DCTDecode"} & set(filters):
            raise NotCopiedError
        try:
            return self._packed(entries, self._counted(item.read_bytes()))
        except pikepdf.PdfError:
            raise UnfitError("broken") from None

    def _drawing(self, item: pikepdf.Stream) -> PieceObject:
        if "/Resources" not in item:
            raise NotCopiedError
        content, fonts = self._content(item)
        entries = self._entries(item, 0, STREAM_KEYS | {"/Resources"})
        return self._packed(f"{entries} /Resources {self._resources(item['/Resources'], fonts)}", content)

    def _resources(self, item: pikepdf.Object, fonts: set[str]) -> str:
        """Without the fonts that nothing is written in: some programs name fonts in every file."""
        held: Any = item.get("/Font", {})
        used = " ".join(f"{_name(key)} {self._text(held[key], 1)}" for key in sorted(fonts & set(held.keys())))
        return f"<<{self._entries(item, 0, frozenset({'/Font'}))} /Font <<{used}>>>>"

    def _content(self, item: pikepdf.Object) -> tuple[bytes, set[str]]:
        """Operators without marks and without anything that is none; and the names of the fonts they use."""
        try:
            steps = pikepdf.parse_content_stream(item)
        except (pikepdf.PdfError, pikepdf.PdfParsingError, TypeError, ValueError):
            raise UnfitError("broken") from None
        self._operators += len(steps)
        if self._operators > MOST_OPERATORS:
            raise UnfitError("heavy")
        kept = [step for step in steps if str(step.operator) not in MARKS]
        if any(str(step.operator) == "Tf" and len(step.operands) != 2 for step in kept):
            raise UnfitError("broken")
        fonts = _written_in(kept)
        kept = [step for step in kept if str(step.operator) != "Tf" or str(step.operands[0]) in fonts]
        return self._counted(pikepdf.unparse_content_stream(kept)), fonts

    def _counted(self, data: bytes) -> bytes:
        self._unpacked += len(data)
        if self._unpacked > MOST_UNPACKED:
            raise UnfitError("heavy")
        return data

    def _packed(self, entries: str, data: bytes) -> PieceObject:
        return PieceObject(f"{entries} /Filter /FlateDecode", zlib.compress(data, 9))


def _written_in(steps: Sequence[Any]) -> set[str]:
    """The fonts that something is written in; to be chosen alone is not enough."""
    current, kept, found = "", list[str](), set[str]()
    for step in steps:
        operator = str(step.operator)
        if operator == "q":
            kept.append(current)
        elif operator == "Q" and kept:
            current = kept.pop()
        elif operator == "Tf":
            current = str(step.operands[0])
        elif operator in SHOWING:
            found.add(current)
    return found


def _plain(item: Any) -> str:
    if item is None:
        return "null"
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, (int, Decimal, float)):
        return format(item, "f") if isinstance(item, (Decimal, float)) else str(item)
    if isinstance(item, pikepdf.Name):
        return _name(str(item))
    if isinstance(item, pikepdf.String):
        return f"<{bytes(item).hex()}>"
    raise UnfitError("broken")


def _name(name: str) -> str:
    """With every unusual letter escaped, so that nothing of it is taken for syntax."""
    letters = name.removeprefix("/").encode("utf-8", "surrogateescape")
    return "/" + "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"#{byte:02X}" for byte in letters)


def _filters(item: pikepdf.Stream) -> list[str]:
    found: Any = item.get("/Filter", [])
    return [str(name) for name in found] if isinstance(found, (pikepdf.Array, list)) else [str(found)]


def _check_font(font: pikepdf.Object) -> None:
    """A font that is not in the file would look different everywhere."""
    kind = str(font.get("/Subtype", ""))
    if kind in ("/Type3", "/CIDFontType0", "/CIDFontType2"):
        holder: Any = font
    else:
        below = font.get("/DescendantFonts")
        holder = below[0] if kind == "/Type0" and below is not None and len(below) else font
    described = holder.get("/FontDescriptor", {})
    if kind != "/Type3" and not any(name in described for name in FONT_FILES):
        raise UnfitError("font", name=str(font.get("/BaseFont", ""))[1:61].rpartition("+")[2])
