"""The certificate paper: facts in, a PDF out. Pure: no clock, no database, no other part of the program."""

from __future__ import annotations

from calakan.certificates.paper.cleaning import undrawable
from calakan.certificates.paper.facts import EventFacts, HolderFacts, ProgrammeRow, Signer
from calakan.certificates.paper.paper import Template
from calakan.certificates.paper.sealing import Sealer, SignatureTooLargeError
from calakan.certificates.paper.texts import CERTIFICATE, STATEMENT
from calakan.certificates.paper.typeset import UndrawableError

__all__ = [
    "CERTIFICATE",
    "STATEMENT",
    "EventFacts",
    "HolderFacts",
    "ProgrammeRow",
    "Sealer",
    "SignatureTooLargeError",
    "Signer",
    "Template",
    "UndrawableError",
    "undrawable",
]
