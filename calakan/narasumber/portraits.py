"""A photo as it is shown: cut square, made small, drawn anew, so that nothing of the uploaded file survives."""

from __future__ import annotations

import io

from calakan.narasumber.errors import PhotoUnreadable

SIDE, MOST_BYTES = 320, 16 * 1024
# Side and quality, coarser until it is small enough; the last one always is.
STEPS = ((SIDE, 80), (SIDE, 60), (SIDE, 40), (224, 35), (128, 30))
LARGEST_FILE, MOST_PIXELS = 5 * 1024 * 1024, 40_000_000


def portrait(content: bytes) -> bytes:
    """A small WebP of an uploaded JPEG, PNG or WebP. Raises PhotoUnreadable; a file is judged by content, not by name."""
    # Here and not above: 10 MB that only this needs.
    from PIL import Image, ImageOps

    if len(content) > LARGEST_FILE:
        raise PhotoUnreadable(why="large")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PhotoUnreadable(why="pixels")
            picture.draft("RGB", (SIDE * 2, SIDE * 2))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        raise PhotoUnreadable(why="kind") from None
    for side, quality in STEPS:
        drawn = io.BytesIO()
        ImageOps.fit(upright, (side, side)).save(drawn, "WEBP", quality=quality)
        if drawn.tell() <= MOST_BYTES:
            break
    return drawn.getvalue()
