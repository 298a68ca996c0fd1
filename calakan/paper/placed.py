"""Page 1 by a design: each thing in its place on the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from calakan.kernel.qr import encode
from calakan.paper import artwork, texts
from calakan.paper import signatures as signing
from calakan.paper.design import ALIGNS, VOICES, Design, Place
from calakan.paper.facts import EventFacts, HolderFacts
from calakan.paper.front import PAGE, held_sentence, seal_texts
from calakan.paper.linebreak import Fit, fit
from calakan.paper.pieces import drawn
from calakan.paper.qrdrawing import draw
from calakan.paper.shapes import filled, path, rect, stroked
from calakan.paper.structure import Mark, Tags, artifact, figure, reading_as
from calakan.paper.typeset import EXTRA, FontBank, Piece, Style, name_voice, show

BACKGROUND = "B"
LEADING, PERSON_LEADING = 1.24, 1.08
ABOVE, BELOW = 0.76, 0.24
"""How far letters reach over and under their baseline, in parts of their size."""

QUIET_ZONE = 2.0
SEAL_RADIUS, BLOCK_HEIGHT, POST_ASCENT = 14.8, 32.0, 2.8
TAGS = {"name": "H2", "heading": "H1", "title": "H3"}
HOLDERS = ("number", "name", "unit", "role")


@dataclass(frozen=True, slots=True)
class Extent:
    """The room that something takes on the page (mm), and the size that its letters came to; 0 for drawings."""

    key: str
    x: float
    y: float
    width: float
    height: float
    size: float = 0.0


class Placed:
    """Page 1 of one diklat, by its design."""

    def __init__(self, facts: EventFacts, design: Design, pages: int, bank: FontBank, tags: Tags) -> None:
        if len(facts.signers) > signing.MOST:
            raise ValueError("at most three people sign a certificate")
        self._facts, self._pages, self._bank, self._tags = facts, pages, bank, tags
        self._fixed = list(_ground(design, own_logo=facts.logo is not None))
        self._own: list[tuple[Place, Mark]] = []
        self._extents: list[Extent] = []
        for place in design.places:
            self._compose(place)

    def fixed(self) -> Sequence[str]:
        """The content that all holders share, the artwork first."""
        return self._fixed

    def holder(self, holder: HolderFacts, bank: FontBank) -> str:
        """The content of one holder."""
        out = []
        for place, mark in self._own:
            if place.key == "qr":
                out += [artifact(_white(place)), mark(_code(place, holder))]
            else:
                out.append(mark(typeset(place, holder_text(place.key, holder), bank)[0]))
        return "\n".join(out)

    def extents(self, holder: HolderFacts) -> list[Extent]:
        """Where everything came to stand on the paper of this holder."""
        bank, found = FontBank(self._bank), list(self._extents)
        for place, _ in self._own:
            text = "" if place.key == "qr" else holder_text(place.key, holder)
            found += [Extent("qr", place.x, place.y, place.width, place.width)] if place.key == "qr" else []
            found += [typeset(place, text, bank)[1]] if text else []
        return found

    def _compose(self, place: Place) -> None:
        if place.key == "qr":
            box = (place.x, place.y, place.width, place.width)
            alt = figure(texts.ALT_QR, box, artwork.HEIGHT)
            self._own.append((place, self._tags.mark(PAGE, "Figure", None, alt)))
        elif place.key in HOLDERS:
            self._own.append((place, self._tags.mark(PAGE, TAGS.get(place.key, "P"))))
        elif place.key.startswith("signer"):
            self._signer(place, int(place.key.removeprefix("signer")) - 1)
        elif place.key == "seal":
            self._seal(place)
        elif place.key == "line":
            rule = stroked(path(f"M{place.x:.2f} {place.y:.2f}H{place.x + place.width:.2f}"), place.colour, place.size)
            self._fixed.append(artifact(rule))
            self._extents.append(Extent("line", place.x, place.y, place.width, place.size))
        elif text := event_text(place, self._facts, self._pages):
            content, extent = typeset(place, text, self._bank)
            self._fixed.append(self._tags.mark(PAGE, TAGS.get(place.key, "P"))(content))
            self._extents.append(extent)

    def _signer(self, place: Place, number: int) -> None:
        if number >= len(self._facts.signers):
            return
        column = signing.Column(place.x + place.width / 2, place.width)
        signer = self._facts.signers[number]
        self._fixed += signing.block(self._bank, self._tags, signer, column, number, place.y)
        self._extents.append(Extent(place.key, place.x, place.y - POST_ASCENT, place.width, BLOCK_HEIGHT))

    def _seal(self, place: Place) -> None:
        x, y, side = place.x + place.width / 2, place.y + SEAL_RADIUS, 2 * SEAL_RADIUS
        amount = texts.JP_AMOUNT.format(jp=self._facts.jp)
        written = reading_as(amount, seal_texts(self._bank, self._facts.jp, x, y))
        self._fixed += [artifact(artwork.seal(x, y)), self._tags.mark(PAGE, "P")(written)]
        self._extents.append(Extent("seal", x - SEAL_RADIUS, place.y, side, side))


def event_text(place: Place, facts: EventFacts, pages: int) -> str:
    """What stands in a place on all papers of a diklat; nothing where the diklat has nothing to say."""
    head = dict(enumerate(facts.organisation))
    return {
        "organisation": head.get(0, ""),
        "tagline": head.get(1, ""),
        "heading": facts.heading,
        "organiser": facts.organiser,
        "title": facts.title,
        "held": held_sentence(facts),
        "dates": facts.held_on,
        "jp": texts.JP_AMOUNT.format(jp=facts.jp),
        "issued": facts.issued,
        "foot": _foot(facts, pages),
    }.get(place.key, place.text)


def holder_text(key: str, holder: HolderFacts) -> str:
    """What stands in a place on the paper of one holder."""
    revision = texts.REVISION.format(revision=holder.revision) if holder.revision else ""
    return {
        "number": texts.NUMBER.format(number=holder.number) + revision,
        "name": holder.name,
        "unit": holder.unit,
        "role": f"{holder.sentence} {holder.role}".strip(),
    }[key]


def _foot(facts: EventFacts, pages: int) -> str:
    text = texts.CHECKABLE.format(host=facts.check_host)
    if pages > 1:
        text += texts.DETAILS_ON.format(pages=texts.PAGES_TWO if pages == 2 else texts.PAGES_MANY.format(last=pages))
    return text


def typeset(place: Place, text: str, bank: FontBank) -> tuple[str, Extent]:
    """A text in its place, fitted, and the room that it takes."""
    if not text:
        return "", Extent(place.key, place.x, place.y, 0, 0)
    person = place.key == "name"
    voice = name_voice(text) if person and place.voice == "serif" else VOICES[place.voice]
    width = max(place.width - place.spacing * len(text) / place.lines, place.width / 4)
    sizes = (*((place.size, place.least) for _ in range(place.lines - 1)), (place.size, 0.0))
    fitted = fit(text, EXTRA if place.key == "role" else voice, Fit(width, sizes), person=person)
    style = Style(voice, fitted.size, place.colour, place.spacing)
    lead = fitted.size * (PERSON_LEADING if person else LEADING)
    # A name stands on the line that the background may have for it, so further lines grow upwards.
    first = place.y - lead * (len(fitted.lines) - 1) if person else place.y
    anchor = ALIGNS[place.align]
    x = place.x + place.width * anchor
    rows = [_pieces(place.key, line, style) for line in fitted.lines]
    content = " ".join(show(bank, row, x, first + lead * n, anchor) for n, row in enumerate(rows))
    widest = max(sum(style.width(part) for part, style in row) for row in rows)
    top, height = first - fitted.size * ABOVE, fitted.size * (ABOVE + BELOW) + lead * (len(rows) - 1)
    extent = Extent(place.key, x - widest * anchor, top, widest, height, fitted.size)
    return (reading_as(text, content) if place.spacing else content), extent


def _pieces(key: str, line: str, style: Style) -> list[Piece]:
    """The role stands out in its line, the rest is in one style."""
    before, blank, role = line.rpartition(" ")
    if key != "role" or not role.isupper():
        return [(line, style)]
    return [(f"{before}{blank}", style), (role, replace(style, voice=EXTRA))]


def _white(place: Place) -> str:
    """Light paper under the code: cameras need it, whatever the background."""
    return filled(rect(place.x, place.y, place.width, place.width), artwork.WHITE)


def _code(place: Place, holder: HolderFacts) -> str:
    side = place.width - 2 * QUIET_ZONE
    return draw(encode(holder.check_url), place.x + QUIET_ZONE, place.y + QUIET_ZONE, side)


def _ground(design: Design, *, own_logo: bool) -> Iterator[str]:
    if design.background is not None:
        yield artifact(drawn(BACKGROUND, 0, 0, artwork.WIDTH, artwork.HEIGHT))
    elif design.artwork:
        yield artifact(artwork.front(own_logo=own_logo))
