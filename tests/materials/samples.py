"""Small files of each kind, and files that lie."""

from __future__ import annotations

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40 + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0" + b"\x00" * 40 + b"\xff\xd9"


def packed(*names: str, kind: bytes = b"") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        if kind:
            archive.writestr("mimetype", kind)
        for name in names:
            archive.writestr(name, b"x")
    return held.getvalue()


PPTX = packed("[Content_Types].xml", "ppt/presentation.xml")
ODP = packed("content.xml", kind=b"application/vnd.oasis.opendocument.presentation")
