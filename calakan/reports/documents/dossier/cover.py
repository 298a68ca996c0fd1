"""The first page: what this is, of whom, and of when; and the second, with the figures that stand for it all."""

from __future__ import annotations

from calakan.office.house import house
from calakan.paper import artwork
from calakan.paper.shapes import filled, path, placed, rect, stroked
from calakan.reports.documents.dossier import styles
from calakan.reports.documents.dossier.sheet import HEIGHT, MARGIN, WIDE, WIDTH, Sheets
from calakan.reports.documents.evidence import TITLE, Evidence
from calakan.reports.documents.headlines import Headline
from calakan.reports.documents.writing.letterhead import draw_letterhead

BAND = 560.0
"""Where the coloured part of the cover ends."""
MILLIMETRE = 72 / 25.4


def draw_cover(sheets: Sheets, made: Evidence) -> None:
    sheets.outline("Sampul")
    leaf = artwork.leaf(0, 0, 24, 11, None, "#0f6b62", 0.35)
    sheets.decorate(
        " ".join(
            (
                filled(rect(0, 0, WIDTH, BAND), styles.DEEP),
                f"q {rect(0, 0, WIDTH, BAND)} W n {placed(WIDTH - 130, 220, 1, leaf)} Q",
                placed(0, BAND, MILLIMETRE, artwork.poleng(0, 0, WIDTH / MILLIMETRE, 1.6)),
                filled(rect(0, BAND + 3.2 * MILLIMETRE, WIDTH, 3), styles.TURMERIC),
                placed(MARGIN + 32, 118, 2, artwork.logo(0, 0, 1)),
            )
        )
    )
    y = sheets.say("P", 250, "INOVASI PELAYANAN PUBLIK", styles.COVER_EYEBROW)
    y = sheets.say("H1", y + 6, f"{TITLE} {house().name}", styles.COVER, width=WIDE - 60)
    y = sheets.say("P", y + 10, house().tagline, styles.COVER_LEAD, width=WIDE - 60)
    sheets.say("P", y + 14, f"Periode: {made.period}", styles.COVER_LEAD, width=WIDE - 60)
    with sheets.element("P"):
        sheets.canvas.setFillColorRGB(0, 0, 0)
        foot = draw_letterhead(sheets.canvas, MARGIN, WIDTH - MARGIN, HEIGHT - BAND - 60)
    sheets.say(
        "P", HEIGHT - foot, f"Dibuat {made.made}. Angka dihitung oleh aplikasi dari catatan program.", styles.NOTE
    )


def draw_headlines(sheets: Sheets, y: float, headlines: list[Headline]) -> float:
    """One under the other: the figure on the left, what it means on the right."""
    for number, headline in enumerate(headlines):
        if number:
            sheets.decorate(stroked(path(f"M{MARGIN} {y:.1f}H{WIDTH - MARGIN}"), styles.LINE, 0.6))
        y += 28
        group = sheets.tags.add("Sect")
        sheets.say("P", y, headline.value, styles.FIGURE, parent=group, width=WIDE * 0.36)
        x, width = MARGIN + WIDE * 0.38, WIDE * 0.62
        below = sheets.say("P", y + 2, headline.noun, styles.FIGURE_NOUN, x=x, width=width, parent=group)
        below = sheets.say("P", below, headline.told, styles.BODY, x=x, width=width, parent=group)
        if headline.before:
            below = sheets.say("P", below, headline.before, styles.NOTE, x=x, width=width, parent=group)
        y = max(below, y + styles.FIGURE.step) + 26
    return y
