"""What a file is, judged by its content, and who makes it anew."""

from __future__ import annotations

from PIL import Image

from calakan.intake import pictures
from calakan.intake.unfit import UnfitError
from calakan.paper import Piece, pack

BACKGROUND, SCAN, PORTRAIT, SNAPSHOT = "background", "scan", "portrait", "snapshot"
LOGO, LETTERHEAD = "logo", "letterhead"
_EMBLEM_WIDTH = 1654


def made(purpose: str, content: bytes) -> bytes:
    """The file of the piece; of photos and a head of letters the picture in base 64. Raises UnfitError."""
    if purpose in (PORTRAIT, SNAPSHOT):
        from calakan.intake import portraits  # late: a file needs one of them

        return portraits.portrait(content) if purpose == PORTRAIT else portraits.snapshot(content)
    if purpose in (LOGO, LETTERHEAD):
        from calakan.intake import emblems  # late, as above

        picture = _emblem(content)
        return pack(emblems.logo(picture)) if purpose == LOGO else emblems.letterhead(picture)
    return pack(_scan(content) if purpose == SCAN else _background(content))


def _scan(content: bytes) -> Piece:
    return pictures.scan(pictures.opened(content))


def _emblem(content: bytes) -> Image.Image:
    if _is_svg(content):
        from calakan.intake import svg  # late: heavy, and a file needs one of them

        return svg.painted(content, width=_EMBLEM_WIDTH, fits=_no_tower)
    if _is_picture(content):
        return pictures.opened(content)
    raise UnfitError("emblem")


def _no_tower(width: float, height: float) -> None:
    """What is much higher than wide would be painted far too large; it is no emblem anyway."""
    if not width or not height or height > 2 * width:
        raise UnfitError("square")


def _background(content: bytes) -> Piece:
    if b"%PDF-" in content[:1024]:
        from calakan.intake import pdf  # late: heavy, and a file needs one of them

        return pdf.first_page(content)
    if _is_svg(content):
        from calakan.intake import svg  # late: heavy, and a file needs one of them

        return pictures.background(svg.painted(content))
    if _is_picture(content):
        return pictures.background(pictures.opened(content))
    raise UnfitError("kind")


def _is_svg(content: bytes) -> bool:
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"<?xml", b"<svg", b"<!DOCTYPE svg", b"<!--"))


def _is_picture(content: bytes) -> bool:
    return content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"\x89PNG", b"\xff\xd8", b"RIFF"))
