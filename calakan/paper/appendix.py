"""Page 2 and following: struktur program and attendance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from calakan.paper import texts
from calakan.paper.artwork import DEEP, GREEN, INK, QUIET, appendix
from calakan.paper.facts import EventFacts, HolderFacts
from calakan.paper.linebreak import Fit, fit, wrapped
from calakan.paper.shapes import filled, num, path, rect, stroked, tint
from calakan.paper.structure import Element, Mark, Tags, artifact, reading_as
from calakan.paper.table import (
    BOTTOM,
    GAP,
    LEADING,
    LEFT,
    NOTE_LEAD,
    NOTE_SIZE,
    RIGHT,
    TOP,
    Column,
    Line,
    cell_voice,
    spread,
)
from calakan.paper.typeset import END, EXTRA, MEDIUM, MIDDLE, REGULAR, START, FontBank, Style, show

RULE = "#c9d4cf"
HEADER_WIDTH = 222.0
NUMBER_Y, HEADING_Y, TITLE_Y, NAME_Y = 18.0, 26.4, 33.6, 39.8
FOOT_Y = 204.2
FOOT = Style(REGULAR, 2.8, INK)


class Appendix:
    """All pages after the first of one diklat."""

    def __init__(self, facts: EventFacts) -> None:
        self.facts = facts
        self.notes = [line for note in facts.notes for line in wrapped(note, REGULAR, NOTE_SIZE, RIGHT - LEFT)]
        wanted = facts.design is None or facts.design.appendix
        self.pages = spread(facts.programme, len(self.notes)) if wanted else ()

    def compose(self, bank: FontBank, tags: Tags) -> list[AppendixPage]:
        """Set the fixed texts of every page."""
        return [AppendixPage(self, place, bank, tags) for place in range(len(self.pages))]


class AppendixPage:
    """One page of the appendix."""

    def __init__(self, whole: Appendix, place: int, bank: FontBank, tags: Tags) -> None:
        self._whole, self._bank, self._tags = whole, bank, tags
        self._table = whole.pages[place]
        self._page = place + 1
        design = whole.facts.design
        self._fixed = (
            [artifact(appendix(own_logo=whole.facts.logo is not None))]
            if design is None or design.appendix_artwork
            else []
        )
        self._number = tags.mark(self._page, "P")
        table = whole.facts.wording.table
        heading = table if place == 0 else texts.APPENDIX_MORE.format(table=table)
        self._say("H2", heading, Style(EXTRA, 6.35, DEEP), HEADING_Y)
        self._title()
        self._name = tags.mark(self._page, "P")
        self._attendance: list[tuple[int, float, Mark]] = []
        self._draw_table(tags.add("Table"))
        self._foot()

    def fixed(self) -> Sequence[str]:
        """The content that all holders share, the artwork first."""
        return self._fixed

    def holder(self, holder: HolderFacts, bank: FontBank) -> str:
        """The content of one holder."""
        revision = texts.REVISION.format(revision=holder.revision) if holder.revision else ""
        number = texts.APPENDIX_OF.format(heading=self._whole.facts.heading.lower(), number=holder.number) + revision
        out = [self._number(_line(bank, number, Style(REGULAR, 3.88, QUIET), NUMBER_Y))]
        out.append(self._name(_line(bank, holder.name, Style(MEDIUM, 3.88, INK), NAME_Y)))
        size, column = self._table.size, self._table.columns[-1]
        for row, y, mark in self._attendance:
            text = holder.attendance[row] if holder.attendance else ""
            out.append(mark(_attendance(bank, text, size, column, y) if text else ""))
        return "\n".join(out)

    def _say(self, tag: str, text: str, style: Style, y: float, x: float = LEFT, anchor: float = START) -> None:
        content = show(self._bank, [(text, style)], x, y, anchor)
        content = reading_as(text, content) if style.spacing else content
        self._fixed.append(self._tags.mark(self._page, tag)(content))

    def _title(self) -> None:
        fitted = fit(self._whole.facts.title, MEDIUM, Fit(HEADER_WIDTH, ((4.2, 3.5), (3.3, 0))))
        style = Style(MEDIUM, fitted.size, GREEN)
        first = TITLE_Y - (2.0 if len(fitted.lines) > 1 else 0.0)
        lines = (
            show(self._bank, [(line, style)], LEFT, first + fitted.size * 1.22 * place)
            for place, line in enumerate(fitted.lines)
        )
        self._fixed.append(self._tags.mark(self._page, "P")(" ".join(lines)))

    def _draw_table(self, table: Element) -> None:
        page, tags = self._table, self._tags
        row = tags.add("TR", table)
        base = TOP + page.pad + page.size
        wording = self._whole.facts.wording
        called = {"title": wording.title, "speaker": wording.speaker}
        for column in self._table.columns:
            mark = tags.mark(self._page, "TH", row, " /A <</O /Table /Scope /Column>>")
            style = Style(MEDIUM, page.size * 0.9, QUIET)
            self._fixed.append(
                mark(_cell_text(self._bank, column, [called.get(column.key, column.heading)], style, base))
            )
        first = page.lines[0].top if page.lines else page.end
        self._fixed.append(artifact(_rule(first, DEEP, 0.6)))
        for line in page.lines:
            if line.row is None:
                self._group(line, tags.add("TR", table))
            else:
                self._row(line, line.row, tags.add("TR", table))
        if page.last:
            self._total(tags.add("TR", table))
            self._notes()

    def _group(self, line: Line, row: Element) -> None:
        band = filled(rect(LEFT, line.top + 0.15, RIGHT - LEFT, line.height - 0.3), tint(GREEN, 0.06))
        style = Style(EXTRA, self._table.size * 0.86, GREEN, 0.12)
        span = f" /A <</O /Table /ColSpan {len(self._table.columns)}>>"
        y = line.top + line.height / 2 + style.size * 0.36
        text = show(self._bank, [(line.group, style)], LEFT + GAP / 2, y)
        self._fixed += [artifact(band), self._tags.mark(self._page, "TH", row, span)(text)]
        self._fixed.append(artifact(_rule(line.top + line.height, RULE, 0.3)))

    def _row(self, line: Line, number: int, row: Element) -> None:
        size = self._table.size
        base = line.top + self._table.pad + size * 0.98
        for column, (key, lines) in zip(self._table.columns, line.cells, strict=True):
            tag, scope = ("TH", " /A <</O /Table /Scope /Row>>") if key == "title" else ("TD", "")
            mark = self._tags.mark(self._page, tag, row, scope)
            if key == "attendance":
                self._attendance.append((number, base, mark))
                continue
            style = Style(cell_voice(key), size, QUIET if key == "number" else INK)
            self._fixed.append(mark(_cell_text(self._bank, column, lines, style, base)))
        self._fixed.append(artifact(_rule(line.top + line.height, RULE, 0.3)))

    def _total(self, row: Element) -> None:
        style = Style(EXTRA, self._table.size, INK)
        base = self._table.end + self._table.pad + self._table.size * 0.98
        place = next(n for n, column in enumerate(self._table.columns) if column.key == "jp")
        span = f" /A <</O /Table /ColSpan {place}>>"
        text = show(self._bank, [(texts.TOTAL, style)], LEFT + GAP / 2, base)
        self._fixed.append(self._tags.mark(self._page, "TH", row, span)(text))
        amount = _cell_text(self._bank, self._table.columns[place], [str(self._whole.facts.jp)], style, base)
        self._fixed.append(self._tags.mark(self._page, "TD", row)(amount))

    def _notes(self) -> None:
        y = self._table.end + self._table.size * LEADING + 2 * self._table.pad + 6
        y = min(y, BOTTOM + 1 - NOTE_LEAD * (len(self._whole.notes) - 1))
        for place, line in enumerate(self._whole.notes):
            self._say("P", line, Style(REGULAR, min(NOTE_SIZE, self._table.size), QUIET), y + NOTE_LEAD * place)

    def _foot(self) -> None:
        pages = texts.PAGE_OF.format(page=self._page + 1, pages=len(self._whole.pages) + 1)
        organisation = self._whole.facts.organisation
        if organisation:
            fitted = fit(organisation[0], FOOT.voice, Fit(100, ((FOOT.size, 0),)))
            self._say("P", organisation[0], Style(EXTRA, fitted.size, DEEP, 0.3), FOOT_Y)
        self._say("P", self._whole.facts.check_host, FOOT, FOOT_Y, (LEFT + RIGHT) / 2, MIDDLE)
        self._say("P", pages, FOOT, FOOT_Y, RIGHT, END)


def _line(bank: FontBank, text: str, style: Style, y: float) -> str:
    size = fit(text, style.voice, Fit(HEADER_WIDTH, ((style.size, 0),))).size
    return show(bank, [(text, Style(style.voice, size, style.colour))], LEFT, y)


def _cell_text(bank: FontBank, column: Column, lines: list[str] | tuple[str, ...], style: Style, base: float) -> str:
    x, anchor = (column.left + column.width, END) if column.right_aligned else (column.left, START)
    lead = style.size * LEADING
    return " ".join(show(bank, [(line, style)], x, base + lead * n, anchor) for n, line in enumerate(lines) if line)


@lru_cache(maxsize=512)
def _attendance_size(text: str, size: float, width: float) -> float:
    return fit(text, REGULAR, Fit(width, ((size, 0),))).size


def _attendance(bank: FontBank, text: str, size: float, column: Column, y: float) -> str:
    style = Style(REGULAR, _attendance_size(text, size, column.width), INK)
    return show(bank, [(text, style)], column.left, y)


def _rule(y: float, colour: str, width: float) -> str:
    return stroked(path(f"M{LEFT} {num(y)}H{RIGHT}"), colour, width)
