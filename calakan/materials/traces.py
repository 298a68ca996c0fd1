"""What a camera writes beside a picture: where and when it was taken, with what, by whom. Pure.

Only how it is turned stays, since without it a photo of a phone lies on its side. The picture itself is not touched; a file
whose parts cannot be told apart stays as it is.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

_ORIENTATION = 0x0112
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_OF_PNG = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")
_OF_WEBP = (b"EXIF", b"XMP ")
_WITH_EXIF, _WITH_XMP = (
    0x08,
    0x04,
)  # flags of an extended WebP (https://developers.google.com/speed/webp/docs/riff_container)


def without(content: bytes, suffix: str) -> bytes:
    """The same picture without them; any other file as it is."""
    clean = _CLEANED.get(suffix)
    try:
        return clean(content) if clean is not None else content
    except (struct.error, IndexError, ValueError):
        return content


def _jpeg(content: bytes) -> bytes:
    """Exif and XMP (APP1), IPTC (APP13), comments and what hangs on behind the end (films, a second picture) go; colours
    (APP0, APP2, APP14) stay.
    """
    kept, at = [content[:2]], 2
    while content[at + 1] != 0xDA:
        if content[at + 1] == 0xFF:  # filling
            at += 1
            continue
        mark, size = content[at + 1], struct.unpack_from(">H", content, at + 2)[0]
        if content[at] != 0xFF or not 0xC0 <= mark <= 0xFE or size < 2 or at + 2 + size > len(content):
            raise ValueError
        part = content[at : at + 2 + size]
        if mark == 0xE1 and part[4:10] == b"Exif\0\0":
            kept.append(_turned(part[10:]))
        elif mark not in (0xE1, 0xED, 0xFE) and part[4:8] != b"MPF\0":
            kept.append(part)
        at += 2 + size
    return b"".join([*kept, content[at : content.index(b"\xff\xd9", at) + 2]])


def _turned(tiff: bytes) -> bytes:
    """An Exif part that says how the picture is turned and nothing else; empty when it lies as it is."""
    order = {b"II": "<", b"MM": ">"}[tiff[:2]] if tiff[:2] in (b"II", b"MM") else ""
    if not order:
        return b""
    begin = struct.unpack_from(order + "I", tiff, 4)[0]
    for n in range(struct.unpack_from(order + "H", tiff, begin)[0]):
        tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, begin + 2 + 12 * n)
        if tag == _ORIENTATION and 2 <= value <= 8:
            body = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
            return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return b""


def _png(content: bytes) -> bytes:
    kept, at = [_PNG_HEAD], len(_PNG_HEAD)
    for kind, end in _parts(content, at, lambda place: (content[place + 4 : place + 8], _long(content, place) + 12)):
        if kind not in _OF_PNG:
            kept.append(content[at:end])
        at = end
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    kept, at = list[bytes](), 12

    def read(place: int) -> tuple[bytes, int]:
        size = struct.unpack_from("<I", content, place + 4)[0]
        return content[place : place + 4], 8 + size + size % 2

    for kind, end in _parts(content, at, read):
        part = content[at:end]
        if kind == b"VP8X":
            part = part[:8] + bytes([part[8] & ~(_WITH_EXIF | _WITH_XMP)]) + part[9:]
        if kind not in _OF_WEBP:
            kept.append(part)
        at = end
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _parts(content: bytes, at: int, read: Callable[[int], tuple[bytes, int]]) -> Iterator[tuple[bytes, int]]:
    """(kind, where it ends) of each part. Raises ValueError for one that is longer than the file."""
    while at < len(content):
        kind, size = read(at)
        if len(kind) != 4 or at + size > len(content):
            raise ValueError
        at += size
        yield kind, at


def _long(content: bytes, at: int) -> int:
    return int(struct.unpack_from(">I", content, at)[0])


_CLEANED: dict[str, Callable[[bytes], bytes]] = {"jpg": _jpeg, "png": _png, "webp": _webp}
