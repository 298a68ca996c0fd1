"""Page 1: the fixed texts of a diklat and the texts of one holder on the artwork."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calakan.kernel.qr import Symbol, encode
from calakan.paper import artwork, texts
from calakan.paper import signatures as signing
from calakan.paper.artwork import BROWN, DEEP, GREEN, INK, QUIET, WHITE
from calakan.paper.facts import EventFacts, HolderFacts
from calakan.paper.linebreak import Fit, Fitted, fit
from calakan.paper.qrdrawing import draw
from calakan.paper.shapes import filled, path, rounded, stroked
from calakan.paper.structure import Tags, artifact, figure, reading_as
from calakan.paper.typeset import (
    BOLD,
    EXTRA,
    MEDIUM,
    MIDDLE,
    REGULAR,
    SERIF,
    START,
    FontBank,
    Piece,
    Style,
    Voice,
    name_voice,
    show,
)

PAGE = 0
CENTRE = 148.5
SEAL_Y = 165.0
SEAL_ASIDE = 124.0
"""Where the seal moves when three people sign."""

GAPS, GIVES = (9.6, 9.8, 7.8), (1.8, 2.6, 2.0)
"""From the unit to the role, the title and the sentence; and how much each may give way."""

UNIT_Y, BODY_LAST, FOOT_Y = 113.0, 144.4, 195.2
NAME_LINE_Y, NAME_Y, NAME_TWO_Y = 107.4, 103.4, 104.9
NAME_LEADING = 1.08
NAME = Fit(178, ((12.5, 7.4), (7.2, 0)))
UNIT = Fit(196, ((3.9, 3.1), (3.2, 0)))
ROLE = Fit(196, ((3.9, 0),))
NUMBER = Fit(196, ((3.4, 0),))
TITLE = Fit(200, ((7, 5.7), (6.3, 4.4), (4.7, 0)))
TITLE_LEADING = 1.16
HELD = Fit(206, ((3.9, 3.5), (3.7, 0)))
HELD_LEADING = 1.28
HEADING_YS = {1: (48.6,), 2: (47.2, 52.0), 3: (45.4, 49.8, 53.8)}
HEAD = Fit(180, ((4.1, 0),))
SUBHEAD = Fit(180, ((3.0, 0),))
FOOT = Style(REGULAR, 2.7, INK)
CODE_LEFT, CODE_FOOT, CODE_MARGIN = 35.2, 178.5, 2.5
"""The white paper of the code: to the right of the corner ornament, which ends at 35, and how far it reaches around."""
LARGE_QR = 7
"""From this version on the code is printed larger, so that its modules stay big enough for a camera."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Where the lines below the unit stand and how large they are."""

    role_y: float
    title_y: float
    held_y: float
    title: Fitted
    held: Fitted


class Front:
    """Page 1 of one diklat."""

    def __init__(self, facts: EventFacts, pages: int, bank: FontBank, tags: Tags) -> None:
        self.facts = facts
        self.flow = _flow(facts)
        self._bank = bank
        self.signatures = signing.columns(len(facts.signers))
        self._seal_x = SEAL_ASIDE if len(facts.signers) > 2 else CENTRE
        self._fixed: list[str] = [artifact(artwork.front(own_logo=facts.logo is not None))]
        if len(facts.organisation) > len(HEADING_YS):
            raise ValueError("the head of a certificate has at most three lines")
        self._heading(tags)
        self._number = tags.mark(PAGE, "P")
        self._say(tags, "P", texts.GIVEN_TO, Style(REGULAR, 3.9, INK), 90)
        self._name, self._unit, self._role = (tags.mark(PAGE, tag) for tag in ("H2", "P", "P"))
        self._body(tags)
        self._seal(tags)
        self._code = tags.mark(PAGE, "Figure", None, figure(texts.ALT_QR, _code_box(large=False), artwork.HEIGHT))
        self._checks = tags.mark(PAGE, "P")
        self._fixed.append(signing.draw(bank, tags, facts, self.signatures))
        last = texts.PAGES_TWO if pages == 2 else texts.PAGES_MANY.format(last=pages)
        self._say(
            tags, "P", texts.ISSUED_ELECTRONICALLY.format(details=facts.wording.details, pages=last), FOOT, FOOT_Y
        )
        self._check_blocks = tuple(self._check_block(left) for left in (67.0, 71.0))

    def fixed(self) -> Sequence[str]:
        """The content that all holders share, the artwork first."""
        return self._fixed

    def holder(self, holder: HolderFacts, bank: FontBank) -> str:
        """The content of one holder."""
        revision = texts.REVISION.format(revision=holder.revision) if holder.revision else ""
        number = texts.NUMBER.format(number=holder.number) + revision
        out = [self._number(_lines(bank, number, REGULAR, NUMBER, QUIET, 80.6)), self._name_lines(holder.name, bank)]
        out.append(self._unit(_unit(bank, holder.unit) if holder.unit else ""))
        out.append(self._role(self._role_line(holder, bank)))
        out += self._qr(encode(holder.check_url))
        return "\n".join(out)

    def _say(self, tags: Tags, tag: str, text: str, style: Style, y: float, x: float = CENTRE) -> None:
        content = show(self._bank, [(text, style)], x, y, MIDDLE)
        self._fixed.append(tags.mark(PAGE, tag)(reading_as(text, content) if style.spacing else content))

    def _heading(self, tags: Tags) -> None:
        for place, line in enumerate(self.facts.organisation):
            rule, voice, colour, spacing = (HEAD, EXTRA, DEEP, 1.1) if place == 0 else (SUBHEAD, MEDIUM, QUIET, 0.0)
            room = Fit(rule.width - spacing * len(line), rule.sizes)
            style = Style(voice, fit(line, voice, room).size, colour, spacing)
            y = HEADING_YS[len(self.facts.organisation)][place]
            self._say(tags, "P", line, style, y)
        size, spacing = (14.0, 4.0) if len(self.facts.heading) <= len(texts.CERTIFICATE) else (10.5, 2.4)
        self._say(tags, "H1", self.facts.heading, Style(SERIF, size, DEEP, spacing), 68.6, CENTRE + spacing / 2)

    def _body(self, tags: Tags) -> None:
        flow = self.flow
        title, held = tags.mark(PAGE, "H3"), tags.mark(PAGE, "P")
        style = Style(EXTRA, flow.title.size, GREEN)
        lines: list[list[Piece]] = [[(line, style)] for line in flow.title.lines]
        self._fixed.append(title(_stack(self._bank, lines, flow.title_y, style.size * TITLE_LEADING)))
        lines = [_with_bold(line, self.facts, flow.held.size) for line in flow.held.lines]
        self._fixed.append(held(_stack(self._bank, lines, flow.held_y, flow.held.size * HELD_LEADING)))

    def _seal(self, tags: Tags) -> None:
        self._fixed.append(artifact(artwork.seal(self._seal_x, SEAL_Y)))
        content = seal_texts(self._bank, self.facts.jp, self._seal_x, SEAL_Y)
        self._fixed.append(tags.mark(PAGE, "P")(reading_as(texts.JP_AMOUNT.format(jp=self.facts.jp), content)))

    def _check_block(self, left: float) -> str:
        room = self._seal_x - 16.5 - left
        said = (
            (texts.CHECK[0], BOLD, 3.1, INK),
            (texts.CHECK[1], REGULAR, 3.0, QUIET),
            (self.facts.check_host, BOLD, 3.0, GREEN),
        )
        lines: list[Piece] = [
            (text, Style(voice, fit(text, voice, Fit(room, ((size, 0),))).size, colour))
            for text, voice, size, colour in said
        ]
        ys = (159.0, 163.6, 168.0)
        return " ".join(show(self._bank, [line], left, y, START) for line, y in zip(lines, ys, strict=True))

    def _name_lines(self, name: str, bank: FontBank) -> str:
        voice = name_voice(name)
        fitted = fit(name, voice, NAME, person=True)
        style = Style(voice, fitted.size, INK)
        lead = fitted.size * NAME_LEADING
        last = NAME_Y if len(fitted.lines) == 1 else NAME_TWO_Y
        lines: list[Sequence[Piece]] = [[(line, style)] for line in fitted.lines]
        half = max(64.5, max(style.width(line) for line in fitted.lines) / 2 + 5)
        rule = stroked(path(f"M{CENTRE - half:.2f} {NAME_LINE_Y}H{CENTRE + half:.2f}"), BROWN, 0.3)
        return f"{artifact(rule)} {self._name(_stack(bank, lines, last - lead * (len(lines) - 1), lead))}"

    def _role_line(self, holder: HolderFacts, bank: FontBank) -> str:
        size = fit(f"{holder.sentence} {holder.role}", EXTRA, ROLE).size
        pieces: list[Piece] = [(f"{holder.sentence} ", Style(REGULAR, size, INK))] if holder.sentence else []
        pieces.append((holder.role, Style(EXTRA, size, INK)))
        return show(bank, pieces, CENTRE, self.flow.role_y, MIDDLE)

    def _qr(self, symbol: Symbol) -> list[str]:
        large = symbol.version >= LARGE_QR
        x, y, side, _ = _code_box(large=large)
        whole = side + 2 * CODE_MARGIN
        paper = filled(rounded(x - CODE_MARGIN, y - CODE_MARGIN, whole, whole, 1), WHITE)
        code = draw(symbol, x, y, side)
        return [artifact(paper), self._code(code), self._checks(self._check_blocks[large])]


def _code_box(*, large: bool) -> tuple[float, float, float, float]:
    """Left, top, width and height of the printed code (mm)."""
    side = 28.0 if large else 24.0
    return CODE_LEFT + CODE_MARGIN, CODE_FOOT - CODE_MARGIN - side, side, side


def seal_texts(bank: FontBank, jp: int, x: float, y: float) -> str:
    """The number in the seal, around its centre."""
    amount = str(jp)
    number = Style(EXTRA, 8.2 if len(amount) < 3 else 6.2, WHITE)
    content = show(bank, [(amount, number)], x, y + 1.3, MIDDLE)
    return content + " " + show(bank, [(texts.JP, Style(BOLD, 2.6, "#f5d48a"))], x, y + 5.3, MIDDLE)


def _lines(bank: FontBank, text: str, voice: Voice, rule: Fit, colour: str, y: float) -> str:
    style = Style(voice, fit(text, voice, rule).size, colour)
    return show(bank, [(text, style)], CENTRE, y, MIDDLE)


def _unit(bank: FontBank, unit: str) -> str:
    fitted = fit(unit, MEDIUM, UNIT)
    style = Style(MEDIUM, fitted.size, QUIET)
    lead = fitted.size * 1.25
    first = UNIT_Y if len(fitted.lines) == 1 else UNIT_Y - 1.1
    return _stack(bank, [[(line, style)] for line in fitted.lines], first, lead)


def _stack(bank: FontBank, lines: Sequence[Sequence[Piece]], first: float, lead: float) -> str:
    """Centred lines one below the other."""
    return " ".join(show(bank, line, CENTRE, first + lead * place, MIDDLE) for place, line in enumerate(lines))


def held_sentence(facts: EventFacts) -> str:
    """When and how it was held, and for how many JP."""
    start = texts.HELD_AT if facts.held_at else texts.HELD
    start = start.format(held_on=facts.held_on, held_at=facts.held_at, load=facts.load)
    amount = texts.JP_AMOUNT.format(jp=facts.jp)
    return f"{start} {amount} {texts.JP_IN_WORDS.format(words=facts.jp_in_words)}"


def _with_bold(line: str, facts: EventFacts, size: float) -> list[Piece]:
    """The amount of JP in bold, the rest plain."""
    plain, amount = Style(REGULAR, size, INK), texts.JP_AMOUNT.format(jp=facts.jp)
    before, found, after = line.rpartition(f" {amount} ")
    if not found:
        return [(line, plain)]
    return [(f"{before} ", plain), (amount, Style(BOLD, size, INK)), (f" {after}", plain)]


def _flow(facts: EventFacts) -> Flow:
    """The artwork's positions, drawn closer together where the title or the sentence needs more lines."""
    title, held = fit(facts.title, EXTRA, TITLE), fit(held_sentence(facts), BOLD, HELD)
    role_gap, title_gap, held_gap = GAPS
    room = BODY_LAST - UNIT_Y - sum(GAPS)
    extra = _extra(title, TITLE_LEADING) + _extra(held, HELD_LEADING)
    if extra > room:
        share = min(1.0, (extra - room) / sum(GIVES))
        role_gap, title_gap, held_gap = (gap - give * share for gap, give in zip(GAPS, GIVES, strict=True))
    shrink = min(1.0, (room + sum(GIVES)) / extra) if extra else 1.0
    title, held = Fitted(title.lines, title.size * shrink), Fitted(held.lines, held.size * shrink)
    role_y = UNIT_Y + role_gap
    title_y = role_y + title_gap
    return Flow(role_y, title_y, title_y + _extra(title, TITLE_LEADING) + held_gap, title, held)


def _extra(fitted: Fitted, leading: float) -> float:
    """Height of the lines after the first."""
    return fitted.size * leading * (len(fitted.lines) - 1)
