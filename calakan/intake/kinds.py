"""What a file is, judged by its content, and who makes it anew."""

from __future__ import annotations

from calakan.intake import pictures
from calakan.intake.unfit import UnfitError
from calakan.paper import Piece, pack

BACKGROUND, SCAN, PORTRAIT = "background", "scan", "portrait"


def made(purpose: str, content: bytes) -> bytes:
    """The file of the piece, or the portrait in base 64. Raises UnfitError."""
    if purpose == PORTRAIT:
        from calakan.intake.portraits import portrait  # late: a file needs one of them

        return portrait(content)
    return pack(_scan(content) if purpose == SCAN else _background(content))


def _scan(content: bytes) -> Piece:
    return pictures.scan(pictures.opened(content))


def _background(content: bytes) -> Piece:
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in content[:1024]:
        from calakan.intake import pdf  # late: heavy, and a file needs one of them

        return pdf.first_page(content)
    if head.startswith((b"<?xml", b"<svg", b"<!DOCTYPE svg", b"<!--")):
        from calakan.intake import svg  # late: heavy, and a file needs one of them

        return pictures.background(svg.painted(content))
    if head.startswith((b"\x89PNG", b"\xff\xd8", b"RIFF")):
        return pictures.background(pictures.opened(content))
    raise UnfitError("kind")
