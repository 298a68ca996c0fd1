"""The pictures of a house: its logo, square on nothing, and the head of its letters, a strip as wide as a page."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageOps

from calakan.intake.pictures import flattened, transparent
from calakan.intake.unfit import UnfitError
from calakan.paper import Piece

SIDE, LEAST_SIDE = 512, 96
SQUARISH = 1.5
"""How much longer one side of a logo may be than the other."""

WIDE, LEAST_WIDE = 1654, 600
"""A head of letters at 200 points per inch on A4."""

STRIP = 2.5
"""How much wider than high a head of letters is at least."""

COLOURS = 255


def logo(picture: Image.Image) -> Piece:
    """Cut to what is drawn, centred in a square. Raises UnfitError."""
    drawn = _trimmed(picture)
    if max(drawn.size) > SQUARISH * min(drawn.size):
        raise UnfitError("square")
    if max(drawn.size) < LEAST_SIDE:
        raise UnfitError("coarse", least=LEAST_SIDE)
    fitted = ImageOps.contain(drawn, (SIDE, SIDE), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (SIDE, SIDE), (255, 255, 255, 0))
    square.paste(fitted, ((SIDE - fitted.width) // 2, (SIDE - fitted.height) // 2))
    return transparent(square, colours=COLOURS)


def letterhead(picture: Image.Image) -> bytes:
    """A PNG on white, in base 64. Raises UnfitError."""
    plain = flattened(_trimmed(picture))
    if plain.width < STRIP * plain.height:
        raise UnfitError("strip")
    if plain.width < LEAST_WIDE:
        raise UnfitError("coarse", least=LEAST_WIDE)
    if plain.width > WIDE:
        plain = plain.resize((WIDE, round(WIDE * plain.height / plain.width)), Image.Resampling.LANCZOS)
    drawn = io.BytesIO()
    plain.quantize(COLOURS + 1, dither=Image.Dither.NONE).save(drawn, "PNG", optimize=True)
    return base64.b64encode(drawn.getvalue())


def _trimmed(picture: Image.Image) -> Image.Image:
    """Without the transparent margin."""
    box = picture.getchannel("A").getbbox()
    if box is None:
        raise UnfitError("empty")
    return picture.crop(box)
