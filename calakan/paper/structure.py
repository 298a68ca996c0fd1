"""The tag tree: which marked content is a heading, a paragraph, a table cell, and in which order it is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from calakan.paper.pdfsyntax import text_string

POINTS = 72 / 25.4


@dataclass(slots=True)
class Element:
    """One structure element; `kids` are other elements or marked content numbers on `page`."""

    tag: str
    parent: Element | None
    page: int | None = None
    attributes: str = ""
    kids: list[Element | int] = field(default_factory=list)
    number: int = 0


class Tags:
    """Collects elements in reading order and numbers marked content page by page."""

    def __init__(self) -> None:
        self.root = Element("Document", None)
        self.elements = [self.root]
        self.marked: list[list[Element]] = []

    def add(self, tag: str, parent: Element | None = None, attributes: str = "") -> Element:
        """An element that holds other elements."""
        element = Element(tag, parent or self.root, attributes=attributes)
        (parent or self.root).kids.append(element)
        self.elements.append(element)
        return element

    def mark(self, page: int, tag: str, parent: Element | None = None, attributes: str = "") -> Mark:
        """An element that holds one stretch of marked content on a page (counted from 0)."""
        element = self.add(tag, parent, attributes)
        while len(self.marked) <= page:
            self.marked.append([])
        element.page = page
        element.kids.append(len(self.marked[page]))
        self.marked[page].append(element)
        return Mark(tag, len(self.marked[page]) - 1)

    def objects(self, root: int, first: int, pages: list[int]) -> dict[int, str]:
        """All PDF objects: the tree root under `root`, the elements from `first` on."""
        for number, element in enumerate(self.elements, start=first):
            element.number = number
        out = {element.number: _body(element, root, pages) for element in self.elements}
        nums = " ".join(
            f"{page} [{' '.join(f'{element.number} 0 R' for element in marked)}]"
            for page, marked in enumerate(self.marked)
        )
        tree = f"/ParentTree <</Nums [{nums}]>> /ParentTreeNextKey {len(self.marked)}"
        out[root] = f"<</Type /StructTreeRoot /K {first} 0 R {tree}>>"
        return out


@dataclass(frozen=True, slots=True)
class Mark:
    """Wraps content operators in their marked content sequence."""

    tag: str
    number: int

    def __call__(self, content: str) -> str:
        return f"/{self.tag} <</MCID {self.number}>> BDC {content} EMC"


def artifact(content: str) -> str:
    """Content that readers skip."""
    return f"/Artifact BMC\n{content}\nEMC"


def figure(text: str, box: tuple[float, float, float, float], page_height: float) -> str:
    """Attributes of a picture: what it shows, and its box (x, y, width, height in y-down millimetres)."""
    x, y, width, height = (value * POINTS for value in box)
    bottom = page_height * POINTS - y - height
    corners = f"{x:.1f} {bottom:.1f} {x + width:.1f} {bottom + height:.1f}"
    return f" /Alt {text_string(text)} /A <</O /Layout /Placement /Block /BBox [{corners}]>>"


def reading_as(text: str, content: str) -> str:
    """Content that is read, searched and copied as this text, whatever its letter spacing."""
    return f"/Span <</ActualText {text_string(text)}>> BDC {content} EMC"


# PDF 2.0, 14.7: an element names its parent, its page and its kids, which are elements or numbers of marked content.
def _body(element: Element, root: int, pages: list[int]) -> str:
    parent = root if element.parent is None else element.parent.number
    kids = " ".join(f"{kid.number} 0 R" if isinstance(kid, Element) else str(kid) for kid in element.kids)
    page = "" if element.page is None else f" /Pg {pages[element.page]} 0 R"
    kids = kids if len(element.kids) == 1 else f"[{kids}]"
    return f"<</S /{element.tag} /P {parent} 0 R{page} /K {kids}{element.attributes}>>"
