"""What the signature of a file from another installation proves of what its owner typed."""

from __future__ import annotations

from calakan.certificates import queries
from calakan.certificates.models import CertificateRole
from calakan.certificates.outside import issuers
from calakan.certificates.outside.models import OutsideJp, Proof
from calakan.kernel.text import search_key
from calakan.signing import inspect, token


def prove(row: OutsideJp, content: bytes, name_key: str) -> None:
    """Write into the row what its file proves, and whose signature it is; nothing where it is no paper of this software."""
    row.proof, row.issuer = None, ""
    qr = inspect.qr_text(content) if row.suffix == "pdf" else None
    if qr is None:
        return
    try:
        signer = inspect.whole_file_signature(content).signer
    except (inspect.UnsignedError, inspect.ChangedError):
        row.proof = Proof.CHANGED
        return
    known = issuers.signer_of(signer)
    if known is None:
        row.proof = Proof.UNKNOWN_KEY
        return
    issuer, key, keys = known
    row.issuer = issuer.name
    try:
        said = token.check(qr, keys)
    except token.ForgedError:
        row.proof = Proof.CHANGED
        return
    distrusted = key.distrusted_on or said.key.distrusted_on
    row.proof = Proof.DISTRUSTED if distrusted else _agreeing(row, said.facts, name_key)


def _agreeing(row: OutsideJp, facts: token.Facts, name_key: str) -> Proof:
    """What is typed is what was signed, or the first thing that is not."""
    if facts.specimen:
        return Proof.SPECIMEN
    if search_key(queries.without_titles(facts.name)) != name_key:
        return Proof.OTHER_NAME
    if facts.role != CertificateRole.PARTICIPANT.value:
        return Proof.OTHER_ROLE
    if facts.jp != row.jp:
        return Proof.OTHER_JP
    return Proof.PROVEN if facts.last_on == row.held_on else Proof.OTHER_DAY
