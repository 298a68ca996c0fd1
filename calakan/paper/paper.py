"""The certificate paper: a constant beginning per diklat and a small ending per holder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import ClassVar, Protocol

from calakan.paper import fonts, metadata, pieces, sealing, texts
from calakan.paper.appendix import Appendix
from calakan.paper.artwork import ALPHAS, BROWN, HEIGHT, LOGO, WIDTH, alpha_name
from calakan.paper.cleaning import clean_event, clean_holder
from calakan.paper.embed import Packer, embed
from calakan.paper.facts import EventFacts, HolderFacts
from calakan.paper.front import Front
from calakan.paper.pdfsyntax import plain_stream, quick_stream, stream, stream_after
from calakan.paper.placed import BACKGROUND, Extent, Placed
from calakan.paper.shapes import placed
from calakan.paper.signatures import scan_name
from calakan.paper.structure import POINTS, Tags
from calakan.paper.typeset import EXTRA, MIDDLE, FontBank, Style, show
from calakan.paper.version import paper_version
from calakan.paper.writer import ENTRY, FREE, HEADER, ObjectWriter

SPACE = f"{POINTS:.6f} 0 0 {-POINTS:.6f} 0 {HEIGHT * POINTS:.4f} cm 4 M\n"
BASIC = "".join(map(chr, range(0x20, 0x7F))) + "·–’‘ʼ"
CAPITALS = " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-"
CATALOG, PAGES, INFO, XMP, FIRST_PAGE = 1, 2, 3, 4, 5


class Sheet(Protocol):
    """One page: what all holders share, and what one holder adds."""

    def fixed(self) -> Sequence[str]:
        """The content that all holders share, the artwork first: it is the same in the papers of many diklat."""

    def holder(self, holder: HolderFacts, bank: FontBank) -> str:
        """The content of one holder."""


class Template:
    """All certificates of one diklat share `prefix`; `tail` adds what belongs to one holder."""

    version: ClassVar[str] = paper_version()

    def __init__(self, facts: EventFacts) -> None:
        self.facts = clean_event(facts)
        appendix = Appendix(self.facts)
        self.page_count = 1 + len(appendix.pages)
        self._bank, tags = basic_bank().another(), Tags()
        self._sheets: list[Sheet] = [self._front(tags), *appendix.compose(self._bank, tags)]
        self._writer = ObjectWriter(first_number=FIRST_PAGE + 2 * self.page_count)
        self._writer.data += HEADER
        self._structure = self._write_structure(tags)
        self._contents = [self._write_fixed(sheet.fixed()) for sheet in self._sheets]
        self._fonts = _embed_all(self._writer, self._bank, stream)
        self._pieces = _pieces(self.facts)
        self._drawings = {name: pieces.embed(self._writer, piece) for name, piece in self._pieces.items()}
        self._states = " ".join(f"/{alpha_name(a)} <</ca {a} /CA {a}>>" for a in ALPHAS)
        self._intent = self._write_intent()
        self.prefix = bytes(self._writer.data)
        self._digest = hashlib.sha256(self.prefix)
        numbers = range(FIRST_PAGE + 2 * self.page_count, self._writer.next_number)
        self._table = b"".join(self._writer.entries[number] for number in numbers)

    def render(self, holder: HolderFacts, *, created_at: datetime, sealer: sealing.Sealer | None = None) -> bytes:
        """The complete PDF of one holder; the same input gives the same bytes."""
        return self.prefix + self.tail(holder, created_at=created_at, sealer=sealer)

    def fingerprint(self, tail: bytes) -> str:
        """The SHA-256 of the whole file, without going through the prefix again."""
        digest = self._digest.copy()
        digest.update(tail)
        return digest.hexdigest()

    def tail(self, holder: HolderFacts, *, created_at: datetime, sealer: sealing.Sealer | None = None) -> bytes:
        """What follows the prefix in the PDF of one holder; signed when there is a sealer."""
        if created_at.utcoffset() is None:
            raise ValueError("created_at needs a time zone")
        holder = clean_holder(holder, len(self.facts.programme))
        bank = FontBank(self._bank)
        writer = ObjectWriter(len(self.prefix), self._writer.next_number)
        bodies = [sheet.holder(holder, bank).encode("ascii") for sheet in self._sheets]
        for place, body in enumerate(bodies):
            writer.put(FIRST_PAGE + self.page_count + place, quick_stream("", body))
        own = _embed_all(writer, bank, quick_stream)
        field = writer.reserve(2) if sealer else 0
        self._write_pages(writer, self._fonts | own, field)
        writer.put(CATALOG, self._catalog(field))
        writer.put(INFO, metadata.information(self.facts, holder, created_at))
        writer.put(XMP, plain_stream("/Type /Metadata /Subtype /XML", metadata.packet(self.facts, holder, created_at)))
        if sealer:
            writer.put(field, sealing.field(field + 1, FIRST_PAGE))
            city = self.facts.issued.partition(",")[0]
            writer.put(field + 1, sealing.dictionary(sealer, texts.SIGNING_REASON, city, created_at))
        self._finish(writer)
        if sealer:
            sealing.seal(writer.data, len(self.prefix), self._digest.copy, sealer)
        return bytes(writer.data)

    def picture(self, holder: HolderFacts) -> str:
        """The first page of one holder as an SVG."""
        from calakan.paper import picture  # a pen for outlines, which papers themselves do without

        holder, bank = clean_holder(holder, len(self.facts.programme)), FontBank(self._bank)
        contents = ["\n".join(self._sheets[0].fixed()), self._sheets[0].holder(holder, bank)]
        if self.facts.specimen:
            contents.insert(1, _specimen(self._bank))
        pictures = {name: piece.picture for name, piece in self._pieces.items()}
        return picture.svg(contents, bank, self._bank, pictures, width=WIDTH, height=HEIGHT)

    def extents(self, holder: HolderFacts) -> list[Extent]:
        """Where the things of a design come to stand on page 1; nothing for the shipped one."""
        front = self._sheets[0]
        holder = clean_holder(holder, len(self.facts.programme))
        return front.extents(holder) if isinstance(front, Placed) else []

    def _front(self, tags: Tags) -> Sheet:
        if self.facts.design is None:
            return Front(self.facts, self.page_count, self._bank, tags)
        return Placed(self.facts, self.facts.design, self.page_count, self._bank, tags)

    def _write_structure(self, tags: Tags) -> int:
        root = self._writer.reserve(1 + len(tags.elements))
        pages = [FIRST_PAGE + place for place in range(self.page_count)]
        self._writer.pack(tags.objects(root, root + 1, pages))
        return root

    def _write_fixed(self, content: Sequence[str]) -> int:
        mark = [_specimen(self._bank)] if self.facts.specimen else []
        rest = "".join(f"\n{part}" for part in [*content[1:], *mark])
        return self._writer.add(
            stream_after(f"{SPACE}{''.join(content[:1])}".encode("ascii"), f"{rest}\n".encode("ascii"))
        )

    def _write_intent(self) -> int:
        profile = self._writer.add(_profile())
        condition = "/OutputConditionIdentifier (sRGB) /Info (sRGB)"
        return self._writer.add(
            f"<</Type /OutputIntent /S /GTS_PDFA1 {condition} /DestOutputProfile {profile} 0 R>>".encode()
        )

    def _write_pages(self, writer: ObjectWriter, embedded: dict[str, int], field: int) -> None:
        listed = " ".join(f"/{name} {number} 0 R" for name, number in embedded.items())
        drawings = " ".join(f"/{name} {number} 0 R" for name, number in self._drawings.items())
        drawings = f" /XObject <<{drawings}>>" if drawings else ""
        resources = f"<</Font <<{listed}>> /ExtGState <<{self._states}>>{drawings}>>"
        box = f"[0 0 {WIDTH * POINTS:.3f} {HEIGHT * POINTS:.3f}]"
        kids = " ".join(f"{FIRST_PAGE + place} 0 R" for place in range(self.page_count))
        shared = f"/MediaBox {box} /Resources {resources}"
        writer.put(PAGES, f"<</Type /Pages /Count {self.page_count} /Kids [{kids}] {shared}>>".encode())
        for place, fixed in enumerate(self._contents):
            contents = f"[{fixed} 0 R {FIRST_PAGE + self.page_count + place} 0 R]"
            body = f"/Contents {contents} /StructParents {place} /Tabs /S"
            body += f" /Annots [{field} 0 R]" if field and not place else ""
            writer.put(FIRST_PAGE + place, f"<</Type /Page /Parent {PAGES} 0 R {body}>>".encode())

    def _catalog(self, field: int) -> bytes:
        parts = (
            f"/Type /Catalog /Pages {PAGES} 0 R /Metadata {XMP} 0 R /Lang ({texts.LANGUAGE})",
            f"/MarkInfo <</Marked true>> /StructTreeRoot {self._structure} 0 R",
            f"/ViewerPreferences <</DisplayDocTitle true>> /OutputIntents [{self._intent} 0 R]",
            f"/AcroForm <</Fields [{field} 0 R] /SigFlags 3>>" if field else "",
        )
        return f"<<{' '.join(parts)}>>".encode()

    def _finish(self, writer: ObjectWriter) -> None:
        digest = self._digest.copy()
        digest.update(writer.data)
        name = digest.hexdigest()[:32].upper()
        first = [ENTRY.pack(FREE, 0, 65535), *(writer.entries[number] for number in range(1, self._first_shared))]
        own = [writer.entries[number] for number in range(self._writer.next_number, writer.next_number)]
        table = b"".join(first) + self._table + b"".join(own)
        trailer = f"/Root {CATALOG} 0 R /Info {INFO} 0 R /ID [<{name}> <{name}>]"
        writer.finish(table, writer.next_number, trailer)

    @property
    def _first_shared(self) -> int:
        return FIRST_PAGE + 2 * self.page_count


def _embed_all(writer: ObjectWriter, bank: FontBank, pack: Packer) -> dict[str, int]:
    return {bank.resource(key): embed(writer, key, chars, pack) for key, chars in bank.characters.items()}


def _pieces(facts: EventFacts) -> dict[str, pieces.Piece]:
    """What comes from outside, by its name on the page."""
    background = facts.design.background if facts.design else None
    found = {BACKGROUND: background} if background else {}
    if facts.logo is not None and _shows_logo(facts):
        found[LOGO] = facts.logo
    scans = {scan_name(n): signer.scan for n, signer in enumerate(facts.signers) if signer.scan is not None}
    return found | scans


def _shows_logo(facts: EventFacts) -> bool:
    """Whether any page has the shipped artwork, which the logo is part of."""
    design = facts.design
    return design is None or design.appendix_artwork or (design.artwork and design.background is None)


@cache
def basic_bank() -> FontBank:
    """The letters that every paper brings."""
    bank = FontBank()
    for key in (fonts.REGULAR, fonts.MEDIUM, fonts.SERIF):
        bank.preload(key, BASIC)
    bank.preload(fonts.EXTRA, CAPITALS)
    return bank


@cache
def _profile() -> bytes:
    """The stream of the colours, the same in all papers."""
    return stream("/N 3", metadata.srgb_profile())


def _specimen(bank: FontBank) -> str:
    style = Style(EXTRA, 46, BROWN, 4)
    word = show(bank, [(texts.SPECIMEN, style)], 2, 0, MIDDLE)
    turned = placed(WIDTH / 2 + 9, HEIGHT / 2 + 14, 1, f"/{alpha_name(0.12)} gs {word}", -30)
    return f"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC {turned} EMC"
