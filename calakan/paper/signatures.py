"""The signature blocks at the right foot of page 1: one, two or three side by side."""

from __future__ import annotations

from typing import NamedTuple

from calakan.paper import texts
from calakan.paper.artwork import HEIGHT, INK
from calakan.paper.facts import EventFacts, Signer
from calakan.paper.linebreak import Fit, fit
from calakan.paper.pieces import drawn
from calakan.paper.shapes import path, stroked
from calakan.paper.structure import Tags, artifact, figure
from calakan.paper.typeset import EXTRA, MIDDLE, REGULAR, FontBank, Style, Voice, show

PAGE = 0
ISSUED_Y, POST_Y, NAME_Y = 151.6, 156.4, 177.4
LINE_Y = NAME_Y + 1.4
ISSUED_WIDTH = 54.0
MOST = 3
SCAN_HEIGHT, SCAN_SHARE, SCAN_GAP = 15.0, 0.8, 2.2
"""The most a scanned signature may take, in mm and of the width of its block; and its distance from the name."""


class Column(NamedTuple):
    """Centre and width of a block; the room between post and name stays empty for a signature."""

    centre: float
    width: float


COLUMNS = {
    0: (),
    1: (Column(232, 56),),
    2: (Column(190, 43), Column(237, 46)),
    3: (Column(160.5, 37), Column(199.5, 37), Column(239.5, 39)),
}


def columns(count: int) -> tuple[Column, ...]:
    """Where the blocks of so many signers stand."""
    if count > MOST:
        raise ValueError("at most three people sign a certificate")
    return COLUMNS[count]


def draw(bank: FontBank, tags: Tags, facts: EventFacts, places: tuple[Column, ...]) -> str:
    """All signature blocks, with place and date of issue above the last one."""
    if not places:
        return ""
    out = []
    for number, (signer, column) in enumerate(zip(facts.signers, places, strict=True)):
        if column is places[-1]:
            content = _text(bank, facts.issued, REGULAR, Fit(ISSUED_WIDTH, ((3.5, 0),)), column.centre, ISSUED_Y)
            out.append(tags.mark(PAGE, "P")(content))
        out += block(bank, tags, signer, column, number)
    return "\n".join(out)


def scan_name(number: int) -> str:
    """Resource name of the scanned signature of a signer."""
    return f"S{number}"


def block(bank: FontBank, tags: Tags, signer: Signer, column: Column, number: int, post_y: float = POST_Y) -> list[str]:
    """Post, scanned signature, name, rank and NIP; `post_y` is the first baseline."""
    x, width = column
    name_y, line_y = post_y + NAME_Y - POST_Y, post_y + LINE_Y - POST_Y
    post = _text(bank, signer.post, REGULAR, Fit(width, ((3.5, 3.1), (3.4, 2.7), (2.8, 0))), x, post_y)
    named = fit(signer.name, EXTRA, Fit(width, ((3.9, 3.2), (3.6, 0))), person=True)
    style = Style(EXTRA, named.size, INK)
    lead, last = named.size * 1.18, len(named.lines) - 1
    name = " ".join(
        show(bank, [(line, style)], x, name_y - lead * (last - place), MIDDLE) for place, line in enumerate(named.lines)
    )
    half = max(min(27.0, width / 2), max(style.width(line) for line in named.lines) / 2)
    rule = stroked(path(f"M{x - half:.2f} {line_y}H{x + half:.2f}"), INK, 0.25)
    out = [tags.mark(PAGE, "P")(post), *_scan(tags, signer, column, number, name_y)]
    out += [tags.mark(PAGE, "P")(name), artifact(rule)]
    details = [signer.rank] if signer.rank else []
    details += [texts.NIP.format(nip=signer.nip)] if signer.nip else []
    for place, detail in enumerate(details):
        content = _text(bank, detail, REGULAR, Fit(width, ((2.9, 0),)), x, line_y + 3.7 + 3.7 * place)
        out.append(tags.mark(PAGE, "P")(content))
    return out


def _scan(tags: Tags, signer: Signer, column: Column, number: int, name_y: float) -> list[str]:
    """The scanned signature between post and name, as large as its room allows."""
    piece = signer.scan
    if piece is None:
        return []
    scale = min(column.width * SCAN_SHARE / piece.width, SCAN_HEIGHT / piece.height)
    width, height = piece.width * scale, piece.height * scale
    box = (column.centre - width / 2, name_y - SCAN_GAP - height, width, height)
    mark = tags.mark(PAGE, "Figure", None, figure(texts.ALT_SCAN.format(name=signer.name), box, HEIGHT))
    return [mark(drawn(scan_name(number), *box))]


def _text(bank: FontBank, text: str, voice: Voice, rule: Fit, x: float, y: float) -> str:
    """Fitted lines that hang from their first baseline."""
    fitted = fit(text, voice, rule)
    style, lead = Style(voice, fitted.size, INK), fitted.size * 1.22
    return " ".join(show(bank, [(line, style)], x, y + lead * n, MIDDLE) for n, line in enumerate(fitted.lines))
