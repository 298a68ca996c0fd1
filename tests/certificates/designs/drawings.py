"""Backgrounds and scans for tests: decent ones, and the beginnings of hostile ones."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from PIL import Image, ImageDraw
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from calakan.paper import Piece, PieceObject

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 297 210">{}</svg>'
)
FRAME = '<rect x="8" y="8" width="281" height="194" fill="none" stroke="#0b5d56" stroke-width="2"/>'


def svg(inside: str = FRAME) -> bytes:
    return SVG.format(inside).encode()


def pdf(draw: Callable[[Canvas], object] | None = None, *, size: tuple[float, float] = landscape(A4)) -> bytes:
    """A page with a green frame, and whatever is drawn on it."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=size, invariant=True)
    canvas.setStrokeColorRGB(0.04, 0.36, 0.34)
    canvas.setLineWidth(6)
    canvas.rect(20, 20, size[0] - 40, size[1] - 40)
    if draw is not None:
        draw(canvas)
    canvas.save()
    return made.getvalue()


def changed(content: bytes, change: Callable[[pikepdf.Pdf], object], **options: object) -> bytes:
    """A PDF after a change to its objects."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        change(document)
        document.save(made, **options)
    return made.getvalue()


def picture(
    width: int = 1754, height: int = 1240, kind: str = "PNG", noise: bool = False, colour: str = "#fdf6e6"
) -> bytes:
    """A sheet with a frame, or a noisy photo."""
    image = (
        Image.effect_noise((width, height), 90).convert("RGB") if noise else Image.new("RGB", (width, height), colour)
    )
    ImageDraw.Draw(image).rectangle((40, 40, width - 40, height - 40), outline="#0b5d56", width=12)
    made = io.BytesIO()
    image.save(made, kind)
    return made.getvalue()


def signature(*, transparent: bool = True) -> bytes:
    """A scribble, on nothing or on a sheet of paper."""
    image = Image.new("RGBA", (700, 300), (0, 0, 0, 0) if transparent else (250, 248, 240, 255))
    points = [(60 + 12 * n, 150 + (90 if n % 2 else -90) * (n % 7) / 7) for n in range(48)]
    ImageDraw.Draw(image).line(points, fill=(20, 30, 120, 255), width=6, joint="curve")
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def plain_piece() -> Piece:
    """A background that needs no process to make it: two colours, two points."""
    image = "/Type /XObject /Subtype /Image /Width 2 /Height 1 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    return Piece(
        (PieceObject(image, bytes((250, 240, 220, 235, 245, 240))),), 297, 210, "data:image/png;base64,iVBORw0KGgo="
    )
