"""Tables with a bar in each row, and quotes."""

from __future__ import annotations

from collections.abc import Sequence

from calakan.paper.shapes import filled, path, rounded, stroked
from calakan.paper.structure import Element
from calakan.reports.documents.dossier import drawings, styles
from calakan.reports.documents.dossier.drawings import shown
from calakan.reports.documents.dossier.sheet import END, MARGIN, START, WIDE, WIDTH, Sheets, Style
from calakan.reports.documents.evidence import Section, Shape, Value

BARRED = {Shape.BARS, Shape.MAP, Shape.SCALE}
SCALE = 4.0
"""The best answer of an angket."""
PAD, GAP = 5.0, 14.0
Row = Sequence[Value]


class Drawn:
    """A table whose head can be drawn anew on each page; `tall` tells what a row takes."""

    def __init__(self, sheets: Sheets, section: Section) -> None:
        self.sheets, self.section = sheets, section
        self.rows = [row for row in section.rows if not (section.shape is Shape.GAIN and drawings.is_mean(row))]
        self.element: Element | None = None
        count = len(section.columns)
        barred = section.shape in BARRED
        self.bar = WIDE * 0.34 if barred else 0.0
        first = WIDE * (0.32 if barred else 0.62 if count == 2 else 0.3 if count < 5 else 0.12)
        rest = (WIDE - first - self.bar) / (count - 1)
        self.widths = [first, *[rest] * (count - 1)]
        lefts = [MARGIN, MARGIN + first + self.bar]
        self.right = [any(not isinstance(row[n], str) for row in section.rows) for n in range(count)]
        lefts += [lefts[1] + rest * n for n in range(1, count - 1)]
        # A text that follows a number keeps clear of it.
        self.lefts = [
            left + (GAP if n and self.right[n - 1] and not self.right[n] else 0) for n, left in enumerate(lefts)
        ]
        self.widths = [width - (left - old) for width, left, old in zip(self.widths, self.lefts, lefts, strict=True)]
        amounts = [row[1] for row in section.rows if not isinstance(row[1], str)]
        self.most = SCALE if section.shape is Shape.SCALE else max(amounts, default=0) or 1

    def head(self, y: float) -> float:
        self.element = self.element or self.sheets.tags.add("Table")
        y = self._cells(y, self.section.columns, styles.CELL_HEAD, styles.CELL_HEAD, "TH")
        self.sheets.decorate(stroked(path(f"M{MARGIN} {y:.1f}H{WIDTH - MARGIN}"), styles.GREEN, 1))
        return y

    def tall(self, row: Row) -> float:
        cells = zip(row, self.widths, strict=True)
        return (
            max(len(styles.CELL.lines(shown(cell), width - PAD)) for cell, width in cells) * styles.CELL.step + 2 * PAD
        )

    def row(self, y: float, row: Row) -> float:
        if self.bar and not isinstance(row[1], str):
            left, wide = MARGIN + self.widths[0] + 6, (self.bar - 22) * row[1] / self.most
            bar = filled(rounded(left, y + PAD + 1, max(wide, 1), 9, min(2, wide / 2)), styles.STEPS[3])
            self.sheets.decorate(bar)
        below = self._cells(y, row, styles.CELL, styles.NUMBER, "TD")
        self.sheets.decorate(stroked(path(f"M{MARGIN} {below:.1f}H{WIDTH - MARGIN}"), styles.LINE, 0.4))
        return below

    def _cells(self, y: float, cells: Row, style: Style, number: Style, tag: str) -> float:
        line, below = self.sheets.tags.add("TR", self.element), y
        for n, cell in enumerate(cells):
            scope = {("TH", 0): "Column", ("TD", 0): "Row"}.get((tag, n), "Column")
            kind = "TH" if tag == "TH" or n == 0 else "TD"
            attributes = f" /A <</O /Table /Scope /{scope}>>" if kind == "TH" else ""
            right = self.right[n] and n > 0
            x = self.lefts[n] + (self.widths[n] if right else 0)
            below = max(
                below,
                self.sheets.say(
                    kind,
                    y + PAD,
                    shown(cell),
                    number if right else style,
                    x=x,
                    width=self.widths[n] - PAD,
                    anchor=END if right else START,
                    parent=line,
                    attributes=attributes,
                ),
            )
        return below + PAD


def quote(sheets: Sheets, y: float, row: Row) -> float:
    """What somebody said, and who."""
    said, who = map(str, row)
    with sheets.art():
        sheets.write(MARGIN, y + 34, "“", styles.MARK)
    block = sheets.tags.add("BlockQuote")
    y = sheets.say("P", y, said, styles.QUOTE, x=MARGIN + 34, width=WIDE - 34, parent=block)
    return sheets.say("P", y + 2, who, styles.NOTE, x=MARGIN + 34, width=WIDE - 34, parent=block) + 18


def quote_tall(row: Row) -> float:
    said, who = map(str, row)
    lines = len(styles.QUOTE.lines(said, WIDE - 34)) * styles.QUOTE.step
    return lines + len(styles.NOTE.lines(who, WIDE - 34)) * styles.NOTE.step + 20
