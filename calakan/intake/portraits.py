"""A photo as it is shown: cut square, made small, drawn anew, so that nothing of the uploaded file survives."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageOps

from calakan.intake.unfit import UnfitError

SIDE, MOST_BYTES = 320, 16 * 1024
# Side and quality, coarser until it is small enough; the last one always is.
STEPS = ((SIDE, 80), (SIDE, 60), (SIDE, 40), (224, 35), (128, 30))
MOST_PIXELS = 12_500_000
"""What is held in memory. Phones take more than that as JPEG, which is decoded small to begin with."""


def portrait(content: bytes) -> bytes:
    """A small WebP of a JPEG, PNG or WebP, in base 64. Raises UnfitError."""
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            picture.draft("RGB", (SIDE * 2, SIDE * 2))
            if picture.width * picture.height > MOST_PIXELS:
                raise UnfitError("pixels")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        raise UnfitError("kind") from None
    for side, quality in STEPS:
        drawn = io.BytesIO()
        ImageOps.fit(upright, (side, side)).save(drawn, "WEBP", quality=quality)
        if drawn.tell() <= MOST_BYTES:
            break
    return base64.b64encode(drawn.getvalue())
