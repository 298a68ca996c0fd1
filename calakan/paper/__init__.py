"""The certificate paper: facts in, a PDF out. Pure: no clock, no database, no other part of the program."""

from __future__ import annotations

from calakan.paper.cleaning import undrawable
from calakan.paper.design import ALIGNS, VOICES, Design, Place
from calakan.paper.facts import EventFacts, HolderFacts, ProgrammeRow, Signer, Wording
from calakan.paper.paper import Template
from calakan.paper.pieces import Piece, PieceObject, bare_page, pack, unpack
from calakan.paper.placed import Extent
from calakan.paper.sealing import Sealer, SignatureTooLargeError
from calakan.paper.texts import CERTIFICATE, LOAD, STATEMENT
from calakan.paper.typeset import UndrawableError, name_width

__all__ = [
    "ALIGNS",
    "CERTIFICATE",
    "LOAD",
    "STATEMENT",
    "VOICES",
    "Design",
    "EventFacts",
    "Extent",
    "HolderFacts",
    "Piece",
    "PieceObject",
    "Place",
    "ProgrammeRow",
    "Sealer",
    "SignatureTooLargeError",
    "Signer",
    "Template",
    "UndrawableError",
    "Wording",
    "bare_page",
    "name_width",
    "pack",
    "undrawable",
    "unpack",
]
