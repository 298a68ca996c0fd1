"""What a file is, by what it holds and never by its name. Pure."""

from __future__ import annotations

from calakan.kernel import zips
from calakan.materials.errors import FileRefused

MOST_BYTES = 20 * 1024 * 1024
MEDIA: dict[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OPEN = {media: suffix for suffix, media in MEDIA.items() if suffix.startswith("od")}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def suffix_of(content: bytes) -> str:
    """`pdf`, `pptx`, … Raises FileRefused."""
    if not content:
        raise FileRefused(why="empty")
    if len(content) > MOST_BYTES:
        raise FileRefused(why="large")
    if content.startswith(b"%PDF-"):
        return _ends("pdf", b"%%EOF" in content[-2048:])
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _ends("png", b"IEND" in content[-16:])
    if content.startswith(b"\xff\xd8\xff"):
        return _ends("jpg", b"\xff\xd9" in content[-64:])
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _ends("webp", int.from_bytes(content[4:8], "little") + 8 <= len(content) + 1)
    if content.startswith(_OLD_OFFICE):
        raise FileRefused(why="old")
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    raise FileRefused(why="kind")


def _ends(suffix: str, whole: bool) -> str:
    if not whole:
        raise FileRefused(why="broken")
    return suffix


def _packed(content: bytes) -> str:
    """Office files are ZIP archives; only their list of parts is read, so a bomb has nothing to unpack."""
    try:
        with zips.opened(content) as archive:
            names = {info.filename for info in archive.infolist()}
            first = archive.infolist()[0] if names else None
            kind = b""
            if first is not None and first.filename == "mimetype" and first.file_size < 100:
                kind = archive.read(first)
    except zips.DAMAGE:
        raise FileRefused(why="broken") from None
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
        raise FileRefused(why="macros")
    if "[Content_Types].xml" in names:
        for part, suffix in _OFFICE.items():
            if part in names:
                return suffix
    found = _OPEN.get(kind.decode("ascii", "replace").strip())
    if found is None:
        raise FileRefused(why="kind")
    return found
