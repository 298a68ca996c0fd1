"""What the paper is told: one set of facts per diklat, one per holder. Every text arrives ready to print."""

from __future__ import annotations

from dataclasses import dataclass

from calakan.paper import texts
from calakan.paper.design import Design
from calakan.paper.pieces import Piece


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """One row of the struktur program; rows of one group stand together under its heading."""

    title: str
    group: str
    speaker: str | None
    when: str | None
    jp: int


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature block; `scan` is the scanned signature."""

    post: str
    name: str
    rank: str | None = None
    nip: str | None = None
    scan: Piece | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """What the table of the pages behind is called: struktur program, if nothing else is said."""

    table: str = texts.APPENDIX_TITLE
    title: str = texts.COLUMN_TITLE
    speaker: str = texts.COLUMN_SPEAKER
    details: str = texts.DETAILS


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Everything that is the same on all papers of one diklat; without a design, and without a logo, they look as shipped."""

    organisation: tuple[str, ...]
    organiser: str
    title: str
    held_on: str
    jp: int
    jp_in_words: str
    issued: str
    programme: tuple[ProgrammeRow, ...]
    signers: tuple[Signer, ...]
    check_host: str
    notes: tuple[str, ...] = ()
    held_at: str | None = None
    heading: str = "SERTIFIKAT"
    specimen: bool = False
    design: Design | None = None
    logo: Piece | None = None
    wording: Wording = Wording()
    load: str = texts.LOAD


@dataclass(frozen=True, slots=True)
class HolderFacts:
    """What differs from holder to holder; `attendance` has one text per programme row, or is empty."""

    name: str
    unit: str
    role: str
    sentence: str
    number: str
    check_url: str
    attendance: tuple[str, ...] = ()
    revision: int = 0
