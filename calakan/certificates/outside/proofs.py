"""What the signature of a file from another installation proves of what its owner typed."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from calakan.certificates import queries
from calakan.certificates.models import CertificateRole
from calakan.certificates.outside import issuers
from calakan.certificates.outside.models import OutsideJp, OutsideState, Proof
from calakan.kernel import db
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
    if row.proof is Proof.PROVEN and _sent_before(row):
        row.proof = Proof.SENT_BEFORE


def _sent_before(row: OutsideJp) -> bool:
    """Whether the same file stands for something already, of this person or another: one paper is earned once."""
    others = sa.exists().where(OutsideJp.sha256 == row.sha256, OutsideJp.state != OutsideState.REFUSED)
    if row.id is not None:
        others = others.where(OutsideJp.id < row.id)
    return bool(db.session().scalar(sa.select(others)))


def first_again(sha256: str) -> None:
    """After one that stood for this file is gone: whoever is the first now has no other before him."""
    standing = sa.select(OutsideJp).where(OutsideJp.sha256 == sha256, OutsideJp.state != OutsideState.REFUSED)
    row = db.session().scalar(standing.order_by(OutsideJp.id).limit(1))
    if row is not None and row.proof is Proof.SENT_BEFORE:
        row.proof = Proof.PROVEN


def _agreeing(row: OutsideJp, facts: token.Facts, name_key: str) -> Proof:
    """What is typed is what was signed, or the first thing that is not."""
    if facts.specimen:
        return Proof.SPECIMEN
    if _is_summary(facts):
        return Proof.SUMMARY
    if search_key(queries.without_titles(facts.name)) != name_key:
        return Proof.OTHER_NAME
    if facts.role != CertificateRole.PARTICIPANT.value:
        return Proof.OTHER_ROLE
    if facts.jp != row.jp:
        return Proof.OTHER_JP
    return Proof.PROVEN if facts.last_on == row.held_on else Proof.OTHER_DAY


def _is_summary(facts: token.Facts) -> bool:
    """The paper over a year, whose JP stand on the certificates that it lists."""
    year = facts.last_on.year
    whole = (facts.first_on, facts.last_on) == (date(year, 1, 1), date(year, 12, 31))
    return whole and facts.number.startswith(f"REKAP/{year}/")
