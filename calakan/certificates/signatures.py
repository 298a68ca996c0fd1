"""Files in bundles; those for an official to sign, and matching the signed ones with their papers: file first, row last."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calakan.certificates import queries, rendering
from calakan.certificates.errors import SignedFileOther, SignedFileUnknown, SignedFileUnsigned
from calakan.certificates.models import Certificate
from calakan.kernel import zips
from calakan.kernel.codes import slug
from calakan.kernel.files import Store
from calakan.signing import inspect

MOST_FILES = 500
LARGEST = 5 * 1024 * 1024


@dataclass(frozen=True)
class Matched:
    """A signed file that belongs to a waiting paper."""

    code: str
    original_sha256: str


def bundle(papers: Sequence[Certificate], store: Store) -> bytes:
    """The unsigned files in a ZIP, each named by its code."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for paper in papers:
            archive.writestr(f"{paper.code}.pdf", rendering.read(paper, store))
    return out.getvalue()


def year_bundle(papers: Sequence[Certificate], store: Store) -> bytes:
    """Issued files in a ZIP, each named by number and event."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for paper in papers:
            number = (paper.number or paper.code).replace("/", "-")
            archive.writestr(f"{number} {slug(paper.facts['event']['title'])}.pdf", rendering.read(paper, store))
    return out.getvalue()


def original(paper: Certificate, store: Store) -> bytes:
    """The unsigned file of a waiting paper."""
    return rendering.read(paper, store)


def unpack(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, content) of an uploaded PDF, or of each PDF in an uploaded ZIP; what is too large is left out.

    One by one: a small ZIP may hold gigabytes.
    """
    if not content.startswith(b"PK"):
        yield name, content
        return
    try:
        with zips.opened(content) as archive:
            wanted = [item for item in archive.infolist() if item.filename.lower().endswith(".pdf")]
            for item in wanted[:MOST_FILES]:
                if item.file_size <= LARGEST:
                    yield item.filename.rpartition("/")[2], archive.read(item)
    except zips.DAMAGE:
        yield name, b""


def match(content: bytes, store: Store) -> Matched:
    """Whose signed paper is this? Raises SignedFileUnknown, SignedFileUnsigned, SignedFileOther.

    A signing service appends to a file. Where it wrote the file anew, the code in it must still be readable.
    """
    text = inspect.qr_text(content)
    paper = queries.waiting_for_signature(text.partition("#")[0].rpartition("/")[2]) if text else None
    if paper is None or paper.sha256 is None:
        raise SignedFileUnknown()
    try:
        inspect.first_signature(content)
    except ValueError:
        raise SignedFileUnsigned() from None
    original = rendering.read(paper, store)
    if not content.startswith(original) and inspect.qr_text(original) != text:
        raise SignedFileOther()
    return Matched(paper.code, paper.sha256)
