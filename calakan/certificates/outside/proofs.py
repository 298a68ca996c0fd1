"""What the signature of a file from another installation proves of what its owner typed."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from calakan.certificates import queries
from calakan.certificates.models import CertificateRole
from calakan.certificates.outside import issuers
from calakan.certificates.outside.models import MOST_NUMBER, OutsideJp, OutsideState, Proof
from calakan.certificates.yearly.models import YearPaper
from calakan.kernel import codes, db
from calakan.kernel.text import search_key
from calakan.signing import inspect, token


def prove(row: OutsideJp, content: bytes, name_key: str) -> None:
    """Write into the row what its file proves, and whose signature it is; nothing where it is no paper of this software."""
    row.proof, row.issuer, row.number = None, "", ""
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
    row.number = said.facts.number[:MOST_NUMBER]
    distrusted = key.distrusted_on or said.key.distrusted_on
    row.proof = Proof.DISTRUSTED if distrusted else _agreeing(row, said.facts, name_key)
    if row.proof is Proof.PROVEN and _sent_before(row):
        row.proof = Proof.SENT_BEFORE


def _sent_before(row: OutsideJp) -> bool:
    """Whether the same paper stands for something already, of this person or another: one paper is earned once."""
    others = sa.exists().where(_same(row), OutsideJp.state != OutsideState.REFUSED)
    if row.id is not None:
        others = others.where(OutsideJp.id < row.id)
    return bool(db.session().scalar(sa.select(others)))


def _same(row: OutsideJp) -> sa.ColumnElement[bool]:
    """The same bytes; or the same number of one installation: there are bytes in a PDF that no signature covers, and a
    corrected paper is another file with the number of the first.
    """
    numbered = sa.and_(OutsideJp.number != "", OutsideJp.number == row.number, OutsideJp.issuer == row.issuer)
    return sa.or_(OutsideJp.sha256 == row.sha256, numbered)


def first_again(gone: OutsideJp) -> None:
    """After one that stood for this paper is gone: whoever is the first now has no other before him."""
    standing = sa.select(OutsideJp).where(_same(gone), OutsideJp.state != OutsideState.REFUSED)
    row = db.session().scalar(standing.order_by(OutsideJp.id).limit(1))
    if row is not None and row.proof is Proof.SENT_BEFORE:
        row.proof = Proof.PROVEN


def is_ours(sha256: str, content: bytes, suffix: str) -> bool:
    """Whether this installation made the file, or the paper of which it is another copy."""
    qr = inspect.qr_text(content) if suffix == "pdf" else None
    code = codes.normal_code(qr.partition("#")[0].rpartition("/")[2]) if qr is not None else ""
    summed = sa.select(sa.exists().where(sa.or_(YearPaper.sha256 == sha256, YearPaper.code == code)))
    return (
        queries.by_sha256(sha256) is not None or queries.by_code(code) is not None or bool(db.session().scalar(summed))
    )


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
