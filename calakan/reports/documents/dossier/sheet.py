"""Pages of A4 whose content is tagged as it is drawn, measured in points from the top left corner.

What is said belongs to an element of the tag tree, and what only looks well is an artifact, so that a reader's voice skips it
(PDF 2.0, 14.7 and 14.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from calakan.paper import artwork, shapes
from calakan.paper.pdfsyntax import text_string
from calakan.paper.structure import Element, Tags
from calakan.reports.documents.dossier import tree
from calakan.reports.documents.writing.fonts import register_fonts, wrapped

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.28, 841.89
MARGIN = 56.0
WIDE = WIDTH - 2 * MARGIN
START, MIDDLE, END = 0.0, 0.5, 1.0


@dataclass(frozen=True)
class Style:
    font: str
    size: float
    colour: str = artwork.INK
    lead: float = 1.4

    @property
    def step(self) -> float:
        """From one line to the next, in points."""
        return self.size * self.lead

    def lines(self, text: str, width: float) -> list[str]:
        return wrapped(text, self.font, self.size, width)


class Sheets:
    """The pages of one document. `turn` begins the next; `save` writes the file. Raises OSError when the disk is full."""

    def __init__(self, path: Path, *, title: str, author: str) -> None:
        from reportlab.pdfgen.canvas import Canvas  # late: only workers and the command line need it

        register_fonts()
        self._path = path
        self._canvas: Canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT), pageCompression=1, lang="id")
        self._canvas.setTitle(title)
        self._canvas.setAuthor(author)
        self.tags = Tags()
        self.number = 1

    @property
    def canvas(self) -> Canvas:
        """For what draws itself, within `art` or `figure`."""
        return self._canvas

    def turn(self) -> None:
        self._canvas.showPage()
        self.number += 1

    def save(self) -> None:
        self._canvas.showPage()
        self._canvas.save()
        tree.hang(self._path, self.tags)

    def outline(self, text: str) -> None:
        """A bookmark to this page."""
        key = f"h{self.number}-{text}"
        self._canvas.bookmarkPage(key)
        self._canvas.addOutlineEntry(text, key)

    @contextmanager
    def element(self, tag: str, parent: Element | None = None, attributes: str = "") -> Iterator[None]:
        mark = self.tags.mark(self.number - 1, tag, parent, attributes)
        self._canvas.addLiteral(f"/{tag} <</MCID {mark.number}>> BDC")
        yield
        self._canvas.addLiteral("EMC")

    @contextmanager
    def figure(self, told: str) -> Iterator[None]:
        """A drawing, and what it shows in words."""
        with self.element("Figure", attributes=f" /Alt {text_string(told)}"):
            yield

    @contextmanager
    def art(self) -> Iterator[None]:
        self._canvas.addLiteral("/Artifact BMC")
        yield
        self._canvas.addLiteral("EMC")

    def draw(self, content: str) -> None:
        """Operators with y downwards, within `art` or `figure`."""
        self._canvas.addLiteral(f"q 1 0 0 -1 0 {HEIGHT} cm {content} Q")

    def decorate(self, content: str) -> None:
        with self.art():
            self.draw(content)

    def write(self, x: float, y: float, text: str, style: Style, anchor: float = START) -> None:
        """One line with its baseline at y, within an element."""
        red, green, blue = shapes.rgb(style.colour).split()
        self._canvas.setFillColorRGB(float(red), float(green), float(blue))
        self._canvas.setFont(style.font, style.size)
        draw = {
            START: self._canvas.drawString,
            MIDDLE: self._canvas.drawCentredString,
            END: self._canvas.drawRightString,
        }
        draw[anchor](x, HEIGHT - y, text)

    def say(
        self,
        tag: str,
        y: float,
        text: str | Sequence[str],
        style: Style,
        *,
        x: float = MARGIN,
        width: float = WIDE,
        anchor: float = START,
        parent: Element | None = None,
        attributes: str = "",
    ) -> float:
        """A text in as many lines as it takes, below y; returns where the next may begin. `x` is where `anchor` says."""
        lines = style.lines(text, width) if isinstance(text, str) else text
        with self.element(tag, parent, attributes):
            for line in lines:
                y += style.step
                self.write(x, y - style.step + style.size, line, style, anchor)
        return y
