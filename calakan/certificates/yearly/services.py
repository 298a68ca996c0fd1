"""A paper over the year: found or made, drawn and signed like a certificate, and checked against the papers it sums up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from calakan.audit import services as audit
from calakan.certificates.errors import NothingThatYear
from calakan.certificates.models import Certificate, Status
from calakan.certificates.outside import services as outside
from calakan.certificates.seals import Seals
from calakan.certificates.yearly import drawing, facts
from calakan.certificates.yearly.facts import Facts
from calakan.certificates.yearly.models import YearPaper
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.files import Store
from calakan.people.models import Person

CODE_LENGTH = 26


def make(
    person_id: int, year: int, *, store: Store, seals: Seals, base_url: str, actor: Actor, now: datetime
) -> YearPaper:
    """The paper of what is valid now; one that says the same is found again, and what changed makes the next revision.

    Drawn before anything is locked, since a time stamp may come from far away. Two taps at once make one paper.
    Raises NothingThatYear, paper.UndrawableError, ValueError, and OSError while a key or the storage is away.
    """
    told = _facts(person_id, year)
    held = latest(person_id, year)
    if held is not None and held.facts == told:
        return held
    made = YearPaper(
        code=codes.code(CODE_LENGTH), person_id=person_id, year=year, revision=held.revision + 1 if held else 0,
        facts=told, made_at=now,
    )  # fmt: skip
    made.sha256 = store.put(drawing.draw(made, store, seals, base_url=base_url))
    db.lock(Person, person_id)
    other = db.session().scalar(_of(person_id, year).where(YearPaper.revision == made.revision))
    if other is not None:
        return other
    db.session().add(made)
    db.session().flush()
    audit.record("certificates.sum_up_year", made, actor=actor, now=now, name=made.number, year=year, jp=made.jp)
    return made


def _facts(person_id: int, year: int) -> Facts:
    """Raises NothingThatYear."""
    found = facts.of([person_id], year).get(person_id)
    if found is None:
        raise NothingThatYear()
    return found


def _of(person_id: int, year: int) -> sa.Select[YearPaper]:
    return sa.select(YearPaper).where(YearPaper.person_id == person_id, YearPaper.year == year)


def latest(person_id: int, year: int) -> YearPaper | None:
    """The newest revision of the year."""
    return db.session().scalar(_of(person_id, year).order_by(YearPaper.revision.desc()).limit(1))


def by_code(code: str) -> YearPaper | None:
    """By the code in its QR; misread letters are mended."""
    if len(code) > 60:
        return None
    return db.session().scalar(sa.select(YearPaper).where(YearPaper.code == codes.normal_code(code)))


def by_sha256(sha256: str) -> YearPaper | None:
    """The paper whose file, as it was made, has this hash."""
    if len(sha256) != 64:
        return None
    return db.session().scalar(sa.select(YearPaper).where(YearPaper.sha256 == sha256.lower()).limit(1))


@dataclass(frozen=True)
class Standing:
    """How a paper of the year stands today; `newer` replaced it, `gone` is what stands on it and is valid no more: numbers, and
    titles of what was earned elsewhere; `gone_codes` are the codes of all those.
    """

    newer: YearPaper | None
    gone: Sequence[str]
    gone_codes: frozenset[str] = frozenset()

    @property
    def status(self) -> Status:
        """What a check says: nothing that lists a withdrawn certificate holds."""
        if self.newer is not None or self.gone:
            return Status.REPLACED
        return Status.VALID


def standing(held: YearPaper) -> Standing:
    """Asked anew at each check, so that no withdrawn certificate lives on in a sum."""
    newest = latest(held.person_id, held.year)
    listed = {line["code"]: line["number"] for line in held.facts["papers"]}
    valid = set(
        db.session().scalars(
            sa.select(Certificate.code).where(Certificate.code.in_(listed), Certificate.status == Status.VALID)
        )
    )
    elsewhere = {line["code"]: line["title"] for line in held.facts.get("outside", ())}
    confirmed = outside.standing(elsewhere)
    return Standing(
        newer=newest if newest is not None and newest.revision > held.revision else None,
        gone=[
            *(number for code, number in listed.items() if code not in valid),
            *(title for code, title in elsewhere.items() if code not in confirmed),
        ],
        gone_codes=frozenset(code for code in (*listed, *elsewhere) if code not in valid and code not in confirmed),
    )
