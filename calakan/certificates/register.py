"""The registers of a year: reserved ranges, voids, and all that was given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.certificates import numbering
from calakan.certificates.errors import NotVoidable, RangeTaken
from calakan.certificates.models import Certificate, NumberReserve, Register, RegisterKind
from calakan.diklat.errors import ReasonMissing
from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import NotFound
from calakan.kernel.text import like, search_key
from calakan.people.models import Person

MOST_RESERVED = 5000


def reserve(
    kind: RegisterKind, year: int, first: int, last: int, *, purpose: str, actor: Actor, now: datetime
) -> NumberReserve:
    """Keep numbers for papers issued by hand; what the register gave already cannot be kept any more.

    Raises ReasonMissing, RangeTaken.
    """
    if not purpose.strip():
        raise ReasonMissing()
    register = numbering.register_of(kind, year)
    overlap = kept(kind, year).where(NumberReserve.first <= last, NumberReserve.last >= first)
    wrong = first <= register.last_serial or last < first or last - first >= MOST_RESERVED
    if wrong or db.session().scalar(overlap.limit(1)) is not None:
        raise RangeTaken(last=register.last_serial)
    row = NumberReserve(kind=kind, year=year, first=first, last=last, purpose=purpose.strip()[:200], made_at=now)
    db.session().add(row)
    db.session().flush()
    audit.record("certificates.reserve_numbers", row, actor=actor, now=now, name=f"{kind} {year}: {first}–{last}")
    return row


def void(certificate_id: int, *, reason: str, actor: Actor, now: datetime) -> Certificate:
    """A number whose paper could not be made is documented and never used again. Raises ReasonMissing, NotVoidable."""
    if not reason.strip():
        raise ReasonMissing()
    paper = db.session().get(Certificate, certificate_id)
    if paper is None:
        raise NotFound()
    db.lock(Diklat, paper.diklat_id)
    db.session().refresh(paper)
    if paper.state is not WorkState.FAILED or paper.number is None:
        raise NotVoidable()
    paper.state, paper.status_reason, paper.status_at = WorkState.DROPPED, reason.strip()[:300], now
    audit.record("certificates.void", paper, actor=actor, now=now, name=paper.number, reason=reason)
    return paper


def kept(kind: RegisterKind, year: int) -> sa.Select[NumberReserve]:
    return (
        sa.select(NumberReserve)
        .where(NumberReserve.kind == kind, NumberReserve.year == year)
        .order_by(NumberReserve.first)
    )


def reserved(kind: RegisterKind, year: int) -> Sequence[NumberReserve]:
    return db.session().scalars(kept(kind, year)).all()


def years() -> Sequence[int]:
    """Those of any register, the newest first."""
    return db.session().scalars(sa.select(Register.year).distinct().order_by(Register.year.desc())).all()


def entries(kind: RegisterKind, year: int, words: str = "") -> sa.Select[Certificate]:
    """Every number that was given in a year, in order, with all its revisions; of `words`, those whose number or name fits."""
    wanted = sa.select(Certificate).where(Certificate.register == kind, Certificate.year == year)
    if words.strip():
        wanted = wanted.join(Person, Person.id == Certificate.person_id).where(found_by(words))
    return wanted.order_by(Certificate.serial, Certificate.revision, Certificate.id)


def found_by(words: str) -> sa.ColumnElement[bool]:
    """The condition on a paper and its holder that the number, the printed name or the name of today fits."""
    text = like(words.strip().lower())
    fits = [
        sa.func.lower(Certificate.number).like(text, escape="\\"),
        sa.func.lower(Certificate.facts["name"].as_string()).like(text, escape="\\"),
    ]
    if key := search_key(words):
        fits.append(Person.name_key.like(like(key), escape="\\"))
    return sa.or_(*fits)
