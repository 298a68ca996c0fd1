"""Photos as they are shown: drawn anew, so that nothing of the uploaded file survives, where it was taken least of all."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageOps

from calakan.intake.pictures import check_scans, flattened
from calakan.intake.unfit import UnfitError

SIDE, MOST_BYTES = 320, 16 * 1024
# Side and quality, coarser until it is small enough; the last one always is.
STEPS = ((SIDE, 80), (SIDE, 60), (SIDE, 40), (224, 35), (128, 30))
MOST_PIXELS = 12_500_000
"""What is held in memory. Phones take more than that as JPEG, which is decoded small to begin with."""
SNAPSHOT_SIDE = 1600
"""Enough to read what a screen or a list on a wall says."""


def portrait(content: bytes) -> bytes:
    """A small WebP of a JPEG, PNG or WebP, cut square, in base 64. Raises UnfitError."""
    upright = _upright(content, SIDE * 2)
    for side, quality in STEPS:
        drawn = io.BytesIO()
        ImageOps.fit(upright, (side, side)).save(drawn, "WEBP", quality=quality)
        if drawn.tell() <= MOST_BYTES:
            break
    return base64.b64encode(drawn.getvalue())


def snapshot(content: bytes) -> bytes:
    """The whole of it, at most SNAPSHOT_SIDE pixels a side, as WebP in base 64. Raises UnfitError."""
    upright = _upright(content, SNAPSHOT_SIDE)
    upright.thumbnail((SNAPSHOT_SIDE, SNAPSHOT_SIDE))
    drawn = io.BytesIO()
    upright.save(drawn, "WEBP", quality=75)
    return base64.b64encode(drawn.getvalue())


def _upright(content: bytes, side: int) -> Image.Image:
    """Raises UnfitError."""
    check_scans(content)
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            picture.draft("RGB", (side, side))
            if picture.width * picture.height > MOST_PIXELS:
                raise UnfitError("pixels")
            upright = ImageOps.exif_transpose(picture)
            # What is drawn on nothing is read on white.
            return flattened(upright.convert("RGBA")) if upright.has_transparency_data else upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        raise UnfitError("kind") from None
